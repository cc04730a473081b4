"""The job that tells followers what happened: it reads on in the audit log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from registry.activity.reading_on import ROWS_AT_ONCE, Entry, is_behind, next_entries
from registry.activity.rules import Subject
from registry.cases.models import CaseStudy
from registry.cases.visibility import case_is_public
from registry.database.types import Localized
from registry.events.models import Event
from registry.events.visibility import event_is_public
from registry.inbox.commands import tell
from registry.inbox.models import Follow, Notice
from registry.inbox.rules import HIDDEN, needs_opened, told_of
from registry.people.models import Person
from registry.ports import Workplace
from registry.projects.models import Project, ProjectTag
from registry.proposals.models import Proposal
from registry.proposals.visibility import proposal_is_public

NAME: Final = "tell followers"


class Seen(msgspec.Struct, frozen=True):
    """A public record of which something is told: where it is, its names, and the records whose followers care."""

    path: str
    facts: dict[str, Localized]
    targets: dict[Subject, frozenset[str]]


async def tell_followers(workplace: Workplace, now: datetime) -> None:
    """Job: turn what was written to the audit log since the last turn into notices."""
    async with workplace.database.reading() as reader:
        is_more = await is_behind(reader, NAME, now)
    while is_more:
        async with workplace.database.writing() as session:
            entries = await next_entries(session, NAME, now)
            for entry in entries:
                await _tell_of(session, entry, now)
        is_more = len(entries) == ROWS_AT_ONCE


async def _tell_of(session: AsyncSession, entry: Entry, now: datetime) -> None:
    if entry.action == HIDDEN:
        await _take_back(session, entry)
        return
    told = told_of(entry.subject, entry.action)
    seen = await _seen(session, entry) if told else None
    if told is None or seen is None:
        return
    wanted = [
        (subject, target) for subject, targets in seen.targets.items() if subject in told.reaches for target in targets
    ]
    people = await _followers(session, wanted, besides=entry.actor)
    tell(session, people, kind=told.kind, path=seen.path, now=now, **seen.facts)


async def _followers(
    session: AsyncSession, wanted: Sequence[tuple[Subject, str]], *, besides: str
) -> Sequence[int]:
    """Who follows any of these records, without whoever did it."""
    if not wanted:
        return []
    return (await session.scalars(
        select(Follow.person_id).join(Person, Person.id == Follow.person_id)
        .where(tuple_(Follow.subject, Follow.target).in_(wanted), Person.slug != besides.removeprefix("person:"))
        .order_by(Follow.person_id).distinct()
    )).all()


async def _seen(session: AsyncSession, entry: Entry) -> Seen | None:
    """The record that an entry speaks of; none when the public does not see it."""
    if entry.subject is Subject.EVENT:
        return await _seen_event(session, entry.subject_id)
    if entry.subject is Subject.PROPOSAL:
        return await _seen_pitch(session, entry.subject_id)
    if entry.subject is Subject.CASE:
        return await _seen_case(session, entry.subject_id)
    return await _seen_project(session, entry)


async def _seen_event(session: AsyncSession, event_id: int) -> Seen | None:
    row = (await session.execute(
        select(Event.slug, Event.name).where(Event.id == event_id, event_is_public())
    )).one_or_none()
    if row is None:
        return None
    return Seen(f"/events/{row.slug}", {"event": row.name}, {Subject.EVENT: frozenset({str(event_id)})})


async def _seen_pitch(session: AsyncSession, proposal_id: int) -> Seen | None:
    row = (await session.execute(
        select(Proposal.slug, Proposal.project_id, Proposal.event_id, Project.name, Event.name.label("event_name"))
        .join(Project, Project.id == Proposal.project_id).join(Event, Event.id == Proposal.event_id)
        .where(Proposal.id == proposal_id, proposal_is_public())
    )).one_or_none()
    if row is None:
        return None
    return Seen(f"/proposals/{row.slug}", {"project": row.name, "event": row.event_name}, {
        Subject.PROJECT: frozenset({str(row.project_id)}), Subject.EVENT: frozenset({str(row.event_id)}),
        Subject.TAG: await _tags_of(session, row.project_id),
    })


async def _seen_case(session: AsyncSession, case_id: int) -> Seen | None:
    row = (await session.execute(
        select(CaseStudy.slug, CaseStudy.project_id, Project.name)
        .join(Project, Project.id == CaseStudy.project_id).where(CaseStudy.id == case_id, case_is_public())
    )).one_or_none()
    if row is None:
        return None
    return Seen(f"/cases/{row.slug}", {"project": row.name}, {
        Subject.PROJECT: frozenset({str(row.project_id)}), Subject.TAG: await _tags_of(session, row.project_id),
    })


async def _seen_project(session: AsyncSession, entry: Entry) -> Seen | None:
    row = (await session.execute(
        select(Project.slug, Project.name).where(Project.id == entry.subject_id, Project.hidden_at.is_(None))
    )).one_or_none()
    if row is None:
        return None
    return Seen(f"/projects/{row.slug}", {"project": row.name}, {
        Subject.PROJECT: frozenset({str(entry.subject_id)}), Subject.NEED: needs_opened(entry.changes),
        Subject.TAG: await _tags_of(session, entry.subject_id),
    })


async def _tags_of(session: AsyncSession, project_id: int) -> frozenset[str]:
    tags = await session.scalars(select(ProjectTag.tag_id).where(ProjectTag.project_id == project_id))
    return frozenset(str(tag) for tag in tags)


async def _take_back(session: AsyncSession, entry: Entry) -> None:
    """Take what was told of a record that a moderator hid out of every inbox."""
    paths: dict[Subject, tuple[str, InstrumentedAttribute[str], ColumnElement[bool]]] = {
        Subject.PROJECT: ("/projects/", Project.slug, Project.id == entry.subject_id),
        Subject.PROPOSAL: ("/proposals/", Proposal.slug, Proposal.id == entry.subject_id),
        Subject.EVENT: ("/events/", Event.slug, Event.id == entry.subject_id),
        Subject.CASE: ("/cases/", CaseStudy.slug, CaseStudy.id == entry.subject_id),
    }
    if entry.subject in paths:
        start, slug, is_it = paths[entry.subject]
        await session.execute(delete(Notice).where(Notice.path.in_(select(start + slug).where(is_it))))
