"""The list of events: what its filters mean, its rows, and the counts beside each choice."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Integer, String, and_, case, cast, extract, false, func, select

from registry.database.aggregate import AnySelect
from registry.database.bounded import Choices, without_numbers
from registry.database.engine import Reader
from registry.events.models import Event
from registry.events.queries import EventRow, event_rows, in_year
from registry.events.rules import EventKind, EventState
from registry.events.visibility import event_is_public
from registry.projects.models import Project
from registry.proposals.models import Proposal
from registry.proposals.visibility import proposal_is_public
from registry.search.queries import Hits, holds
from registry.tallies.queries import Occasion, Tallied, Tally

CANCELLED, UPCOMING, PAST = "cancelled", "upcoming", "past"


class EventSort(StrEnum):
    """Orders of the list of events."""

    NEWEST = "newest"
    OLDEST = "oldest"
    PITCHES = "pitches"


class EventFilter(msgspec.Struct, frozen=True):
    """What a reader chose; ``text`` is what ``full_text`` made of their words, or ``hits_of`` for the list that counts.

    A value nothing has finds nothing.
    """

    kind: str | None = None
    year: str | None = None
    state: str | None = None
    text: str | Hits | None = None

    @property
    def is_part(self) -> bool:
        """Whether more events have the words than are looked at."""
        return isinstance(self.text, Hits) and self.text.has_more


class EventCounts(msgspec.Struct, frozen=True):
    """How many events the filter finds, and each facet's values with what choosing one instead would find.

    No numbers where a free text has more hits than were looked at. ``counted_at`` is when numbers of the whole record
    were counted, if they are not of now.
    """

    total: int
    kinds: Choices
    years: Choices
    states: Choices
    counted_at: datetime | None = None


class EventCell(NamedTuple):
    """So many events of a kind and a year, all cancelled or none.

    ``ends_at`` is when they end, if they are not cancelled and that is on the day of the count or later.
    """

    kind: str
    year: str
    is_cancelled: bool
    ends_at: datetime | None
    events: int

    def values(self, now: datetime) -> tuple[str, str, str]:
        """Their kind, their year and their state at ``now``."""
        if self.is_cancelled:
            return self.kind, self.year, CANCELLED
        return self.kind, self.year, UPCOMING if self.ends_at and self.ends_at > now else PAST


class WholeEvents(msgspec.Struct, frozen=True):
    """All public events counted, by what filters ask of them."""

    cells: list[EventCell]


class ByPitches(msgspec.Struct, frozen=True):
    """The row numbers of all public events, those with the most public pitches first."""

    ids: list[int]


async def events_matching(
    reader: Reader, wanted: EventFilter, *, is_oldest_first: bool, now: datetime, offset: int, limit: int
) -> list[EventRow]:
    """A page of the events that a filter finds, by their day (one statement)."""
    order = (Event.starts_at, Event.id) if is_oldest_first else (Event.starts_at.desc(), Event.id.desc())
    # Chosen first, then read: SQLite would count the pitches of every event that it sorts.
    chosen = _found(wanted, now).order_by(*order).offset(offset).limit(limit)
    rows = await reader.execute(event_rows().where(Event.id.in_(chosen.correlate(None))).order_by(*order))
    return [EventRow(*row) for row in rows]


async def events_by_pitches(
    reader: Reader, wanted: EventFilter, ranked: Sequence[int], *, now: datetime, offset: int, limit: int
) -> list[EventRow]:
    """The same with most pitches first, as ``ranked`` has all events (one statement, and one for a filter)."""
    if wanted != EventFilter():
        found = set(await reader.scalars(_found(wanted, now)))
        ranked = [number for number in ranked if number in found]
    shown = ranked[offset : offset + limit]
    rows = (await reader.execute(event_rows().add_columns(Event.id).where(Event.id.in_(shown)))).all()
    by_id = {number: EventRow(*row) for *row, number in rows}
    return [by_id[number] for number in shown if number in by_id]


async def event_counts(
    reader: Reader, wanted: EventFilter, *, now: datetime, whole: Callable[[], Awaitable[Tallied[WholeEvents]]]
) -> EventCounts:
    """The counts beside the choices of the list's filters (one statement, or those of the whole)."""
    if wanted.text:
        return _as_counts(await _cells(reader, EventFilter(text=wanted.text), now), wanted, now)
    everything = await whole()
    return _as_counts(everything.value.cells, wanted, now, everything.counted_at)


async def _count_events(reader: Reader, occasion: Occasion) -> WholeEvents:
    return WholeEvents(await _cells(reader, EventFilter(), occasion.now))


async def _rank_by_pitches(reader: Reader, _occasion: Occasion) -> ByPitches:
    pitches = (
        select(Proposal.event_id, func.count().label("pitches")).select_from(Proposal)
        .join(Event, Event.id == Proposal.event_id).join(Project, Project.id == Proposal.project_id)
        .where(proposal_is_public()).group_by(Proposal.event_id).subquery()
    )
    ranked = (
        select(Event.id).outerjoin(pitches, pitches.c.event_id == Event.id).where(event_is_public())
        .order_by(func.coalesce(pitches.c.pitches, 0).desc(), Event.starts_at.desc(), Event.id.desc())
    )
    return ByPitches(list((await reader.scalars(ranked)).all()))


EVENT_LISTING = Tally("list of events", WholeEvents, _count_events)
EVENTS_BY_PITCHES = Tally("events by pitches", ByPitches, _rank_by_pitches)


async def _cells(reader: Reader, wanted: EventFilter, now: datetime) -> list[EventCell]:
    today = datetime.combine(now.date(), time(), UTC)
    is_ahead = and_(Event.state == EventState.PUBLISHED, Event.ends_at > today)
    rows = await reader.execute(
        select(
            cast(Event.kind, String).label("of_kind"),
            cast(cast(extract("year", Event.starts_on), Integer), String).label("in_year"),
            (Event.state == EventState.CANCELLED).label("is_cancelled"),
            case((is_ahead, Event.ends_at)).label("ends"), func.count(),
        )
        .where(event_is_public(), *event_conditions(wanted, now))
        .group_by("of_kind", "in_year", "is_cancelled", "ends")
    )
    return [EventCell(*row) for row in rows]


def _as_counts(
    cells: Iterable[EventCell], wanted: EventFilter, now: datetime, counted_at: datetime | None = None
) -> EventCounts:
    chosen = (wanted.kind, wanted.year, wanted.state)
    total, facets = 0, [Counter[str](), Counter[str](), Counter[str]()]
    for cell in cells:
        values = cell.values(now)
        misses = [place for place, value in enumerate(chosen) if value and value != values[place]]
        total += cell.events if not misses else 0
        for place, counts in enumerate(facets):
            if misses in ([], [place]):
                counts[values[place]] += cell.events
    kinds, years, states = map(without_numbers, facets) if wanted.is_part else facets
    return EventCounts(total, kinds, years, states, counted_at)


def _found(wanted: EventFilter, now: datetime) -> AnySelect:
    return select(Event.id).where(event_is_public(), *event_conditions(wanted, now))


def event_conditions(wanted: EventFilter, now: datetime) -> list[ColumnElement[bool]]:
    """Each choice of a filter as a condition on events."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.kind:
        is_kind = wanted.kind in set(EventKind)
        conditions.append(Event.kind == EventKind(wanted.kind) if is_kind else false())
    if wanted.year:
        conditions.append(in_year(wanted.year))
    if wanted.state:
        conditions.append(_states(now).get(wanted.state, false()))
    if wanted.text:
        conditions.append(holds(Event.id, wanted.text))
    return conditions


def _states(now: datetime) -> dict[str, ColumnElement[bool]]:
    """Each state on the clock, of public events."""
    return {
        CANCELLED: Event.state == EventState.CANCELLED,
        UPCOMING: and_(Event.state != EventState.CANCELLED, Event.ends_at > now),
        PAST: and_(Event.state != EventState.CANCELLED, Event.ends_at <= now),
    }
