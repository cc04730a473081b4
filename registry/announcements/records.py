"""The records that facts are about, as everyone may see them: what is hidden, drafted or taken back is not found.

Nobody's name is among it: a message in a chat outlives its author's wish to be forgotten, and whoever pitches
without a name must not be named by it.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import date, datetime
from textwrap import shorten
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, and_, or_, select

from registry.announcements.rules import FactKind
from registry.cases.models import CaseStudy
from registry.cases.visibility import case_is_public
from registry.database.aggregate import json_rows
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.events.models import Event
from registry.events.rules import EventState, SignUp
from registry.events.visibility import event_is_public
from registry.handbook import ladder
from registry.programme.models import Slot
from registry.programme.rules import StageSession
from registry.projects.models import Need, Project, Update
from registry.projects.rules import NeedState
from registry.proposals.models import Proposal
from registry.proposals.visibility import proposal_is_public
from registry.repositories.models import ProjectRepository, RepositoryRelease

LONGEST_LINE: Final = 400
About = tuple[int, str]
"""Which record, and the detail of it that a fact is about."""


class SlotTitle(msgspec.Struct, frozen=True):
    """A turn of a running order."""

    title: Localized


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What everyone may see of a fact. ``is_over``: it was so, and is no longer (a need that is filled)."""

    name: Localized
    path: str
    line: Localized = {}
    event: Localized | None = None
    day: date | None = None
    moment: datetime | None = None
    timezone: str = "UTC"
    detail: str = ""
    is_over: bool = False
    turns: list[SlotTitle] = []


async def shown_records(
    reader: Reader, kind: FactKind, about: Collection[About], *, now: datetime
) -> dict[About, Shown]:
    """What is to be seen of facts of one kind (one statement); those that nobody may see are left out."""
    return dict(await _LOOKS[kind](reader, about, now)) if about else {}


async def _pitches(reader: Reader, about: Collection[About], _now: datetime) -> Mapping[About, Shown]:
    rows = await reader.execute(
        select(Proposal.id, Proposal.slug, Proposal.title, Proposal.summary, Event.name.label("event_name"))
        .join(Project, Project.id == Proposal.project_id).outerjoin(Event, Event.id == Proposal.event_id)
        .where(Proposal.id.in_([one for one, _ in about]), proposal_is_public())
    )
    return {
        (row.id, ""): Shown(
            name=row.title, path=f"/proposals/{row.slug}", line=row.summary, event=row.event_name,
        ) for row in rows
    }


async def _events(reader: Reader, about: Collection[About], _now: datetime) -> Mapping[About, Shown]:
    rows = await reader.execute(
        select(Event.id, Event.slug, Event.name, Event.subtitle, Event.starts_on, Event.state)
        .where(Event.id.in_([one for one, _ in about]), event_is_public())
    )
    return {
        (row.id, ""): Shown(
            name=row.name, path=f"/events/{row.slug}", line=row.subtitle, day=row.starts_on,
            is_over=row.state is EventState.CANCELLED,
        ) for row in rows
    }


async def _closing_calls(reader: Reader, about: Collection[About], now: datetime) -> Mapping[About, Shown]:
    rows = await reader.execute(
        select(
            Event.id, Event.slug, Event.name, Event.state, Event.ends_at, Event.proposals_close_at,
            Event.proposals_closed_at, Event.timezone,
        ).where(Event.id.in_([one for one, _ in about]), event_is_public())
    )
    return {
        (row.id, ""): Shown(
            name=row.name, path=f"/events/{row.slug}", moment=row.proposals_close_at, timezone=row.timezone,
            is_over=row.proposals_close_at is None or not SignUp(
                row.state, row.ends_at, row.proposals_close_at, row.proposals_closed_at
            ).is_open(now),
        ) for row in rows
    }


async def _running_orders(reader: Reader, about: Collection[About], _now: datetime) -> Mapping[About, Shown]:
    turns = (
        select(Proposal.title.label("title")).select_from(Slot)
        .join(Proposal, Proposal.id == Slot.proposal_id).join(Project, Project.id == Proposal.project_id)
        .where(Slot.event_id == Event.id, Slot.session == StageSession.PITCHES, proposal_is_public())
        .order_by(Slot.position).correlate(Event)
    )
    rows = await reader.execute(
        select(Event.id, Event.slug, Event.name, json_rows(turns, SlotTitle).label("turns"))
        .where(
            Event.id.in_([one for one, _ in about]), event_is_public(), Event.state != EventState.CANCELLED,
        )
    )
    return {
        (row.id, ""): Shown(name=row.name, path=f"/events/{row.slug}", turns=row.turns) for row in rows if row.turns
    }


async def _needs(reader: Reader, about: Collection[About], _now: datetime) -> Mapping[About, Shown]:
    rows = await reader.execute(
        select(Project.id, Project.slug, Project.name, Need.key, Need.line, Need.state)
        .join(Need, Need.project_id == Project.id).where(_shown_project(about))
    )
    return {
        (row.id, row.key): Shown(
            name=row.name, path=f"/projects/{row.slug}", line=row.line, detail=row.key,
            is_over=row.state is not NeedState.OPEN,
        ) for row in rows if (row.id, row.key) in about
    }


async def _stages(reader: Reader, about: Collection[About], _now: datetime) -> Mapping[About, Shown]:
    rows = {row.id: row for row in await reader.execute(
        select(Project.id, Project.slug, Project.name, Project.stage_key).where(_shown_project(about))
    )}
    order = {stage.key: place for place, stage in enumerate(ladder().stage)}
    return {
        (project_id, stage): Shown(name=row.name, path=f"/projects/{row.slug}/stage", detail=stage)
        for project_id, stage in about
        if (row := rows.get(project_id)) and order.get(row.stage_key, 0) >= order.get(stage, len(order))
    }


async def _updates(reader: Reader, about: Collection[About], _now: datetime) -> Mapping[About, Shown]:
    numbers = [int(detail) for _, detail in about if detail.isdecimal()]
    rows = await reader.execute(
        select(Update.id, Project.id.label("project_id"), Project.slug, Project.name, Update.text)
        .join(Project, Project.id == Update.project_id)
        .where(Update.id.in_(numbers), Update.hidden_at.is_(None), _shown_project(about))
    )
    return {
        (row.project_id, str(row.id)): Shown(
            name=row.name, path=f"/projects/{row.slug}/updates",
            line={tag: shorten(words, LONGEST_LINE, placeholder="…") for tag, words in row.text.items()},
        ) for row in rows
    }


async def _releases(reader: Reader, about: Collection[About], _now: datetime) -> Mapping[About, Shown]:
    rows = await reader.execute(
        select(Project.id, Project.slug, Project.name, RepositoryRelease.tag, RepositoryRelease.name.label("title"))
        .join(ProjectRepository, ProjectRepository.project_id == Project.id)
        .join(RepositoryRelease, RepositoryRelease.repository_id == ProjectRepository.repository_id)
        .where(_shown_project(about), or_(*(
            and_(Project.id == project_id, RepositoryRelease.tag == tag) for project_id, tag in about
        )))
    )
    return {
        (row.id, row.tag): Shown(name=row.name, path=f"/projects/{row.slug}", detail=row.tag) for row in rows
    }


async def _cases(reader: Reader, about: Collection[About], _now: datetime) -> Mapping[About, Shown]:
    rows = await reader.execute(
        select(CaseStudy.id, CaseStudy.slug, CaseStudy.title, Project.name)
        .join(Project, Project.id == CaseStudy.project_id)
        .where(CaseStudy.id.in_([one for one, _ in about]), case_is_public())
    )
    return {
        (row.id, ""): Shown(name=row.title or row.name, path=f"/cases/{row.slug}", line=row.name) for row in rows
    }


def _shown_project(about: Collection[About]) -> ColumnElement[bool]:
    return and_(Project.id.in_([one for one, _ in about]), Project.hidden_at.is_(None))


_LOOKS: Mapping[FactKind, Callable[[Reader, Collection[About], datetime], Awaitable[Mapping[About, Shown]]]] = {
    FactKind.PITCHED: _pitches, FactKind.EVENT_PUBLISHED: _events, FactKind.CALL_CLOSING: _closing_calls,
    FactKind.RUNNING_ORDER: _running_orders, FactKind.NEED_OPENED: _needs, FactKind.STAGE_REACHED: _stages,
    FactKind.UPDATE_POSTED: _updates, FactKind.RELEASED: _releases, FactKind.CASE_PUBLISHED: _cases,
}
