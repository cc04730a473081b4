"""Events for their pages: one, the ones beside it, a list, a year."""

import re
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    and_,
    extract,
    false,
    func,
    select,
    tuple_,
    union_all,
)
from sqlalchemy import bindparam as given
from sqlalchemy.orm import InstrumentedAttribute, aliased

from registry.activity.queries import ProvenanceRow, provenance_rows
from registry.activity.rules import Subject
from registry.database.aggregate import AnySelect, json_rows
from registry.database.engine import Reader
from registry.database.prepared import prepared
from registry.database.types import Localized, UTCDateTime
from registry.events.agenda import AgendaRow, agenda_rows
from registry.events.models import Event
from registry.events.rules import Attendance, EventKind, EventState, SignUp, event_phase
from registry.events.visibility import event_is_public
from registry.programme.queries import OnStageRow, on_stage_rows
from registry.projects.models import Project
from registry.proposals.models import Proposal
from registry.proposals.visibility import proposal_is_public
from registry.registrations.models import Registration
from registry.registrations.rules import Registering, RegistrationState, registering

_YEAR = re.compile(r"[1-9][0-9]{3}", re.ASCII)


class EventRow(msgspec.Struct, frozen=True):
    """An event in a list; ``pitch_count`` counts its public proposals."""

    slug: str
    number: int | None
    kind: EventKind
    state: EventState
    name: Localized
    subtitle: Localized
    starts_on: date
    starts_at: datetime
    ends_at: datetime
    is_all_day: bool
    timezone: str
    place: Localized
    attendance: Attendance | None
    registration_url: str | None
    registration_opens_at: datetime | None
    registration_closes_at: datetime | None
    pitch_count: int

    def standing(self, now: datetime) -> str:
        """Cancelled, or where it stands on the clock at ``now``: upcoming, running or over."""
        if self.state is EventState.CANCELLED:
            return EventState.CANCELLED.value
        return event_phase(starts_at=self.starts_at, ends_at=self.ends_at, now=now).value

    def registering(self, now: datetime) -> Registering:
        """Whether one can register at ``now``."""
        return registering(
            is_called_off=self.state is EventState.CANCELLED, is_elsewhere=bool(self.registration_url),
            opens_at=self.registration_opens_at, closes_at=self.registration_closes_at, ends_at=self.ends_at, now=now,
        )


class NeighbourRow(msgspec.Struct, frozen=True):
    """The event before or after another."""

    slug: str
    name: Localized
    starts_on: date


class EventPageRow(EventRow, frozen=True):
    """An event on its own page. ``before`` and ``after`` hold at most one event each."""

    id: int
    is_example: bool
    description: Localized
    description_html: Localized
    address: str | None
    pitch_video_url: str | None
    talk_video_url: str | None
    demo_video_url: str | None
    proposals_close_at: datetime | None
    proposals_closed_at: datetime | None
    before: list[NeighbourRow]
    after: list[NeighbourRow]
    provenance: list[ProvenanceRow]
    online_url: str | None
    note_url: str | None
    conduct: list[dict[str, Any]]
    agenda: list[AgendaRow]
    on_stage: list[OnStageRow]
    has_guests: bool

    @property
    def sign_up(self) -> SignUp:
        """What decides whether it takes pitches."""
        return SignUp(self.state, self.ends_at, self.proposals_close_at, self.proposals_closed_at)


def pitch_count() -> ColumnElement[int]:
    """How many public proposals an event has."""
    return (
        select(func.count())
        .select_from(Proposal)
        .join(Project, Project.id == Proposal.project_id)
        .where(Proposal.event_id == Event.id, proposal_is_public())
        .correlate(Event)
        .scalar_subquery()
    )


def event_rows() -> AnySelect:
    """The columns of an ``EventRow`` of all public events."""
    return select(
        Event.slug, Event.number, Event.kind, Event.state, Event.name, Event.subtitle, Event.starts_on,
        Event.starts_at, Event.ends_at, Event.is_all_day, Event.timezone, Event.place, Event.attendance,
        Event.registration_url, Event.registration_opens_at, Event.registration_closes_at,
        pitch_count().label("pitch_count"),
    ).where(event_is_public())


def _neighbour(*, is_later: bool) -> ColumnElement[list[NeighbourRow]]:
    other = aliased(Event)
    place, here = tuple_(other.starts_at, other.id), tuple_(Event.starts_at, Event.id)
    order = (other.starts_at, other.id) if is_later else (other.starts_at.desc(), other.id.desc())
    return json_rows((
        select(other.slug, other.name, other.starts_on)
        .where(event_is_public(other), place > here if is_later else place < here)
        .order_by(*order).limit(1).correlate(Event)
    ), NeighbourRow)


_EVENT_PAGE = prepared(
    event_rows()
    .add_columns(
        Event.id, Event.is_example, Event.description, Event.description_html, Event.address, Event.pitch_video_url,
        Event.talk_video_url, Event.demo_video_url, Event.proposals_close_at, Event.proposals_closed_at,
        _neighbour(is_later=False), _neighbour(is_later=True),
        provenance_rows(Subject.EVENT, Event.id), Event.online_url, Event.note_url, Event.conduct,
        json_rows(agenda_rows(), AgendaRow), json_rows(on_stage_rows(), OnStageRow),
        select(Registration.id).where(
            Registration.event_id == Event.id, Registration.state == RegistrationState.CONFIRMED
        ).correlate(Event).exists(),
    )
    .where(Event.slug == given("slug")),
    EventPageRow,
)


async def event_by_slug(reader: Reader, slug: str) -> EventPageRow | None:
    """The public event at an address (one statement)."""
    return await _EVENT_PAGE.row(reader, slug=slug)


async def slug_of_event(reader: Reader, event_id: int) -> str | None:
    """Where a public event is now (one statement)."""
    return await reader.scalar(select(Event.slug).where(Event.id == event_id, event_is_public()))


def _next_and_last() -> CompoundSelect[*tuple[Any, ...]]:
    # By what it is not: by what it is, SQLite would go through all events of these kinds.
    held = and_(
        Event.state == EventState.PUBLISHED, Event.kind.not_in((EventKind.INFRASTRUCTURE, EventKind.OTHER))
    )
    now = given("now", type_=UTCDateTime)
    coming = event_rows().where(held, Event.ends_at > now).order_by(Event.ends_at, Event.id).limit(1)
    past = event_rows().where(held, Event.ends_at <= now).order_by(Event.ends_at.desc(), Event.id.desc()).limit(1)
    return union_all(select(coming.subquery()), select(past.subquery()))


_NEXT_AND_LAST = prepared(_next_and_last(), EventRow)


async def next_and_last_event(reader: Reader, now: datetime) -> tuple[EventRow | None, EventRow | None]:
    """The large or small hackathon that ends next, running or not yet begun, and the one that ended last.

    One statement.
    """
    events = await _NEXT_AND_LAST.rows(reader, now=now)
    return (
        next((event for event in events if event.ends_at > now), None),
        next((event for event in events if event.ends_at <= now), None),
    )


async def events_of_year(reader: Reader, year: int) -> list[EventRow]:
    """The public events of a calendar year, in order (one statement)."""
    rows = await reader.execute(event_rows().where(_in_year(year)).order_by(Event.starts_at, Event.id))
    return [EventRow(*row) for row in rows]


async def event_years(reader: Reader) -> list[int]:
    """The calendar years that have a public event, in order (one statement)."""
    year = extract("year", Event.starts_on)
    return list((await reader.execute(select(year).where(event_is_public()).distinct().order_by(year))).scalars())


def in_year(year: str, day: ColumnElement[date] | InstrumentedAttribute[date] = Event.starts_on) -> ColumnElement[bool]:
    """That a ``day`` (an event's first) is in a calendar year; a text that is no year finds nothing."""
    return _in_year(int(year), day) if _YEAR.fullmatch(year) else false()


def _in_year(
    year: int, day: ColumnElement[date] | InstrumentedAttribute[date] = Event.starts_on
) -> ColumnElement[bool]:
    return day.between(date(year, 1, 1), date(year, 12, 31))
