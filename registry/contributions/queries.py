"""Contributions for their pages: one's own, those to confirm, and the calendar of a person."""

from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, case, func, literal, null, select, union_all
from sqlalchemy.orm import aliased

from registry.accounts.models import RoleGrant
from registry.accounts.rules import Role
from registry.activity.rules import Subject
from registry.contributions.rules import SAID, ContributionState, contribution_state
from registry.database.aggregate import AnySelect, json_rows
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.events.models import Event, EventHelper
from registry.events.rules import HelperTask
from registry.events.visibility import event_is_public
from registry.people.models import Contribution, Membership, Person
from registry.projects.models import Project
from registry.registrations.models import Registration

DAYS_SHOWN = 4_000
EVENT_DAYS_SHOWN = 200
PLACES_OFFERED = 12
EVENTS_OFFERED = 24


class PlaceRow(msgspec.Struct, frozen=True):
    """What something was contributed to: a project or an event."""

    subject: Subject
    id: int
    slug: str
    name: Localized

    @property
    def url(self) -> str:
        """The path of its page."""
        return f"/{self.subject.value}s/{self.slug}"

    @property
    def is_project(self) -> bool:
        """Whether it is a project."""
        return self.subject is Subject.PROJECT


class ContributionRow(msgspec.Struct, frozen=True):
    """A contribution in a list, with where it was made and who decided on it (where the public sees them)."""

    id: int
    kind: str
    source: str
    happened_on: date
    minutes: int | None
    note: str | None
    evidence_url: str | None
    is_shown: bool
    revision: int
    confirmed_at: datetime | None
    declined_at: datetime | None
    decline_reason: str | None
    person_id: int | None
    person_name: str | None
    decided_by: str | None
    project_slug: str | None
    project_name: Localized | None
    event_slug: str | None
    event_name: Localized | None

    @property
    def state(self) -> ContributionState:
        """Where it stands with those who can confirm it."""
        return contribution_state(confirmed_at=self.confirmed_at, declined_at=self.declined_at)

    @property
    def is_said(self) -> bool:
        """Whether the person said it themselves."""
        return self.source == SAID

    @property
    def may_change(self) -> bool:
        """Whether the person may still change it or take it back."""
        return self.is_said and self.confirmed_at is None


class DayCount(msgspec.Struct, frozen=True):
    """How many contributions of a kind there were on a day."""

    day: date
    kind: str
    count: int


class EventDay(msgspec.Struct, frozen=True):
    """An event at which somebody was, and as what; ``task`` is a helper's."""

    slug: str
    name: Localized
    starts_on: date
    part: str
    task: HelperTask | None


class CalendarRow(msgspec.Struct, frozen=True):
    """The days on which somebody contributed, and the events at which they were; the last first."""

    days: list[DayCount]
    events: list[EventDay]


def counts() -> ColumnElement[bool]:
    """Contributions that are facts for others: known to the system, or said and confirmed."""
    return Contribution.confirmed_at.is_not(None)


async def place_named(reader: Reader, subject: Subject, slug: str) -> PlaceRow | None:
    """The public project or event with this slug (one statement)."""
    table, is_public = _table(subject)
    row = (await reader.execute(
        select(table.id, table.slug, table.name).where(table.slug == slug, is_public)
    )).one_or_none()
    return PlaceRow(subject, *row) if row else None


async def own_projects(reader: Reader, person_id: int | None) -> list[PlaceRow]:
    """The projects that somebody takes part in, the last active first (one statement)."""
    rows = await reader.execute(
        select(Project.id, Project.slug, Project.name)
        .join(Membership, Membership.project_id == Project.id)
        .where(Membership.person_id == person_id, Membership.left_on.is_(None), Project.hidden_at.is_(None))
        .order_by(Project.last_active_on.desc().nulls_last(), Project.id.desc()).limit(PLACES_OFFERED)
    )
    return [PlaceRow(Subject.PROJECT, *row) for row in rows]


async def latest_events(reader: Reader, *, now: datetime, size: int = EVENTS_OFFERED) -> list[PlaceRow]:
    """The last events that have begun (one statement)."""
    rows = await reader.execute(
        select(Event.id, Event.slug, Event.name).where(event_is_public(), Event.starts_at <= now)
        .order_by(Event.starts_at.desc(), Event.id.desc()).limit(size)
    )
    return [PlaceRow(Subject.EVENT, *row) for row in rows]


async def count_own(reader: Reader, person_id: int) -> int:
    """How many contributions of a person are on record (one statement)."""
    return await reader.scalar(
        select(func.count()).select_from(Contribution).where(Contribution.person_id == person_id)
    ) or 0


async def own_contributions(reader: Reader, person_id: int, *, size: int, offset: int) -> list[ContributionRow]:
    """A person's own contributions, whatever their state, the last first (one statement)."""
    rows = await reader.execute(
        _contributions().where(Contribution.person_id == person_id)
        .order_by(Contribution.happened_on.desc(), Contribution.id.desc()).limit(size).offset(offset)
    )
    return [ContributionRow(*row) for row in rows]


async def own_contribution(reader: Reader, person_id: int, contribution_id: int) -> ContributionRow | None:
    """One of a person's own contributions (one statement)."""
    row = (await reader.execute(
        _contributions().where(Contribution.id == contribution_id, Contribution.person_id == person_id)
    )).one_or_none()
    return ContributionRow(*row) if row else None


async def count_said(reader: Reader, place: PlaceRow) -> dict[ContributionState, int]:
    """How many of the contributions that people said were made at a place stand where (one statement)."""
    state = case(
        (Contribution.confirmed_at.is_not(None), literal("confirmed")),
        (Contribution.declined_at.is_not(None), literal("declined")), else_=literal("waiting"),
    )
    rows = await reader.execute(select(state, func.count()).where(said_at(place.subject, place.id)).group_by(state))
    found = {ContributionState(name): count for name, count in rows}
    return {one: found.get(one, 0) for one in ContributionState}


async def said_contributions(
    reader: Reader, place: PlaceRow, state: ContributionState, *, size: int, offset: int
) -> list[ContributionRow]:
    """What people said they did at a place: those that wait, the oldest first; else the last first (one statement)."""
    is_waiting = state is ContributionState.WAITING
    order = (Contribution.happened_on, Contribution.id) if is_waiting else (
        Contribution.happened_on.desc(), Contribution.id.desc()
    )
    rows = await reader.execute(
        _contributions().where(said_at(place.subject, place.id), _stands(state))
        .order_by(*order).limit(size).offset(offset)
    )
    return [ContributionRow(*row) for row in rows]


async def calendar_of(reader: Reader, person_id: int, *, now: datetime) -> CalendarRow:
    """The days and the events of a person (one statement). Whether others may see it is for who asks to know."""
    days = (
        select(Contribution.happened_on.label("day"), Contribution.kind, func.count().label("count"))
        .where(Contribution.person_id == person_id, counts(), Contribution.is_shown)
        .group_by(Contribution.happened_on, Contribution.kind)
        .order_by(Contribution.happened_on.desc(), Contribution.kind).limit(DAYS_SHOWN)
    )
    at_events = _parts_at_events(person_id).subquery()
    events = (
        select(Event.slug, Event.name, Event.starts_on, at_events.c.part, at_events.c.task)
        .join(at_events, at_events.c.event_id == Event.id)
        .where(event_is_public(), Event.starts_at <= now)
        .order_by(Event.starts_at.desc(), Event.id.desc(), at_events.c.part).limit(EVENT_DAYS_SHOWN)
    )
    row = (await reader.execute(select(json_rows(days, DayCount), json_rows(events, EventDay)))).one()
    return CalendarRow(*row)


async def shows_calendar(reader: Reader, person_id: int) -> bool:
    """Whether a person lets others see their calendar (one statement)."""
    return bool(await reader.scalar(select(Person.shows_calendar).where(Person.id == person_id)))


def said_at(subject: Subject, place_id: int) -> ColumnElement[bool]:
    """What people said and those of a project or event confirm: of both named, the project's people do."""
    if subject is Subject.PROJECT:
        return and_(Contribution.project_id == place_id, Contribution.source == SAID)
    return and_(Contribution.event_id == place_id, Contribution.project_id.is_(None), Contribution.source == SAID)


def _stands(state: ContributionState) -> ColumnElement[bool]:
    if state is ContributionState.CONFIRMED:
        return Contribution.confirmed_at.is_not(None)
    declined_at = Contribution.declined_at
    is_so = declined_at.is_not(None) if state is ContributionState.DECLINED else declined_at.is_(None)
    return and_(Contribution.confirmed_at.is_(None), is_so)


def _table(subject: Subject) -> tuple[Any, ColumnElement[bool]]:
    if subject is Subject.PROJECT:
        return Project, Project.hidden_at.is_(None)
    return Event, event_is_public()


def _parts_at_events(person_id: int) -> Any:
    return union_all(
        select(Registration.event_id, literal("attended").label("part"), null().label("task"))
        .where(Registration.person_id == person_id, Registration.checked_in_at.is_not(None)),
        select(EventHelper.event_id, literal("event_help"), EventHelper.task)
        .where(EventHelper.person_id == person_id),
        select(RoleGrant.event_id, literal("organised"), null())
        .where(RoleGrant.person_id == person_id, RoleGrant.role == Role.ORGANISER, RoleGrant.event_id.is_not(None)),
    )


def _contributions() -> AnySelect:
    who, decider = aliased(Person), aliased(Person)
    is_named = and_(decider.hidden_at.is_(None), decider.is_public)
    return (
        select(
            Contribution.id, Contribution.kind, Contribution.source, Contribution.happened_on, Contribution.minutes,
            Contribution.note, Contribution.evidence_url, Contribution.is_shown, Contribution.revision,
            Contribution.confirmed_at, Contribution.declined_at, Contribution.decline_reason, Contribution.person_id,
            who.display_name, decider.display_name, Project.slug, Project.name, Event.slug, Event.name,
        )
        .outerjoin(who, who.id == Contribution.person_id)
        .outerjoin(decider, and_(decider.id == Contribution.decided_by_id, is_named))
        .outerjoin(Project, Project.id == Contribution.project_id)
        .outerjoin(Event, Event.id == Contribution.event_id)
    )
