"""The jobs that notice what is news: by reading on in the audit log, and by looking at dates."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select

from registry.activity.reading_on import ROWS_AT_ONCE, is_behind, next_entries
from registry.activity.rules import Subject
from registry.announcements.commands import announce, has_told_anything, send_due, tell_changes
from registry.announcements.models import AnnouncedFact, Announcement, AnnouncementRoute
from registry.announcements.rules import (
    CLOSING_SOON,
    RELEASED_LATELY,
    AnnouncementState,
    Fact,
    FactKind,
    facts_of,
)
from registry.database.engine import Reader
from registry.events.models import Event
from registry.events.rules import EventState
from registry.handbook import ladder
from registry.ports import Workplace
from registry.projects.models import Project
from registry.receivers.telling import kinds_heard, tell_receivers, who_hears
from registry.repositories.models import ProjectRepository, RepositoryRelease

NAME: Final = "notice news"


async def notice_news(workplace: Workplace, now: datetime) -> None:
    """Job: turn what was written to the audit log since the last turn into announcements, and send those due."""
    async with workplace.database.reading() as reader:
        is_more = await is_behind(reader, NAME, now)
        is_due = await _is_something_due(reader, now)
    stages = [stage.key for stage in ladder().stage]
    while is_more:
        async with workplace.database.writing() as session:
            entries = await next_entries(session, NAME, now)
            has_told = await has_told_anything(session)  # an import writes thousands of entries
            for one in entries:
                if has_told:
                    await tell_changes(
                        session, subject=one.subject, subject_id=one.subject_id, action=one.action, now=now
                    )
            facts = [fact for one in entries for fact in facts_of(
                one.subject, one.subject_id, one.action, one.changes, at=one.at, stages=stages
            )]
            for fact in facts:
                await announce(session, fact, now=now)
            await tell_receivers(session, facts, now=now)
        is_more = len(entries) == ROWS_AT_ONCE
    if is_due:
        async with workplace.database.writing() as session:
            await send_due(session, now=now)


async def notice_dates(workplace: Workplace, now: datetime) -> None:
    """Job: notice what becomes news by its date: a call that closes soon, a release that was published."""
    async with workplace.database.reading() as reader:
        wanted = set(await reader.scalars(select(AnnouncementRoute.fact).distinct())) | await kinds_heard(reader)
        found = [
            *(await _closing_soon(reader, now) if FactKind.CALL_CLOSING in wanted else ()),
            *(await _released_lately(reader, now) if FactKind.RELEASED in wanted else ()),
        ]
        known = set(await reader.scalars(
            select(AnnouncedFact.key).where(AnnouncedFact.key.in_([fact.key for fact in found]))
        )) if found else set()
        is_heard = bool(await who_hears(reader, found))
    news = [fact for fact in found if fact.key not in known]
    if news or is_heard:
        async with workplace.database.writing() as session:
            for fact in news:
                await announce(session, fact, now=now)
            await tell_receivers(session, found, now=now)


async def _is_something_due(reader: Reader, now: datetime) -> bool:
    return await reader.scalar(
        select(Announcement.id)
        .where(Announcement.state == AnnouncementState.WAITING, Announcement.due_at <= now).limit(1)
    ) is not None


async def _closing_soon(reader: Reader, now: datetime) -> Sequence[Fact]:
    events = await reader.scalars(
        select(Event.id).where(
            Event.state == EventState.PUBLISHED, Event.hidden_at.is_(None), Event.ends_at > now,
            Event.proposals_close_at > now, Event.proposals_close_at <= now + CLOSING_SOON,
            Event.proposals_closed_at.is_(None),
        ).order_by(Event.proposals_close_at, Event.id)
    )
    return [Fact(FactKind.CALL_CLOSING, Subject.EVENT, event_id) for event_id in events]


async def _released_lately(reader: Reader, now: datetime) -> Sequence[Fact]:
    rows = await reader.execute(
        select(ProjectRepository.project_id, RepositoryRelease.tag)
        .join(RepositoryRelease, RepositoryRelease.repository_id == ProjectRepository.repository_id)
        .join(Project, Project.id == ProjectRepository.project_id)
        .where(
            RepositoryRelease.published_at > now - RELEASED_LATELY, RepositoryRelease.published_at <= now,
            Project.hidden_at.is_(None),
        )
        .order_by(RepositoryRelease.published_at, ProjectRepository.project_id, RepositoryRelease.tag).distinct()
    )
    return [Fact(FactKind.RELEASED, Subject.PROJECT, project_id, tag[:150]) for project_id, tag in rows]
