"""Events for calendars: all of them, one, or those that somebody takes part in."""

from datetime import datetime

import msgspec
from sqlalchemy import CompoundSelect, select, union

from registry.accounts.models import RoleGrant
from registry.database.aggregate import AnySelect
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.events.models import Event, EventHelper
from registry.events.rules import EventState
from registry.events.visibility import event_is_public
from registry.registrations.models import Registration
from registry.registrations.rules import RegistrationState

MOST_IN_A_CALENDAR = 500


class CalendarEntry(msgspec.Struct, frozen=True):
    """A public event as a calendar knows it; ``revision`` counts its changes."""

    id: int
    slug: str
    state: EventState
    name: Localized
    subtitle: Localized
    starts_at: datetime
    ends_at: datetime
    is_all_day: bool
    timezone: str
    place: Localized
    address: str | None
    revision: int
    created_at: datetime
    updated_at: datetime


async def event_in_calendar(reader: Reader, slug: str) -> CalendarEntry | None:
    """The public event at an address (one statement)."""
    row = (await reader.execute(_entries().where(Event.slug == slug))).one_or_none()
    return CalendarEntry(*row) if row else None


async def all_in_calendar(reader: Reader) -> list[CalendarEntry]:
    """The latest public events, those to come among them, the last one first (one statement)."""
    return [CalendarEntry(*row) for row in await reader.execute(_latest(_entries()))]


async def own_in_calendar(reader: Reader, *, person_id: int) -> list[CalendarEntry]:
    """The public events that somebody registered for, helps at or organises, the last one first (one statement)."""
    parts: CompoundSelect[int | None] = union(
        select(Registration.event_id).where(
            Registration.person_id == person_id,
            Registration.state.in_([RegistrationState.CONFIRMED, RegistrationState.WAITING]),
        ),
        select(EventHelper.event_id).where(EventHelper.person_id == person_id),
        select(RoleGrant.event_id).where(RoleGrant.person_id == person_id, RoleGrant.event_id.is_not(None)),
    )
    return [CalendarEntry(*row) for row in await reader.execute(_latest(_entries().where(Event.id.in_(parts))))]


def _entries() -> AnySelect:
    return select(
        Event.id, Event.slug, Event.state, Event.name, Event.subtitle, Event.starts_at, Event.ends_at,
        Event.is_all_day, Event.timezone, Event.place, Event.address, Event.revision, Event.created_at,
        Event.updated_at,
    ).where(event_is_public())


def _latest(entries: AnySelect) -> AnySelect:
    return entries.order_by(Event.starts_at.desc(), Event.id.desc()).limit(MOST_IN_A_CALENDAR)
