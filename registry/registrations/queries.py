"""Registrations for their pages: an event to register for, one registration, an event's list, the door."""

from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, ScalarSelect, and_, case, func, select, tuple_
from sqlalchemy.orm import aliased

from registry.database.aggregate import AnySelect
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.errors import NotFound
from registry.events.models import Event
from registry.events.rules import EventState
from registry.events.visibility import event_is_public
from registry.people.models import Person
from registry.registrations.models import Registration
from registry.registrations.rules import Registering, RegistrationState, can_change, guest_id, registering
from registry.web.i18n import gettext as _


class ChoiceRow(msgspec.Struct, frozen=True):
    """A meal, or an item of the Code of Conduct."""

    key: str
    text: Localized


class EventToRegister(msgspec.Struct, frozen=True):
    """A public event as those who register see it."""

    id: int
    slug: str
    state: EventState
    name: Localized
    starts_at: datetime
    ends_at: datetime
    is_all_day: bool
    timezone: str
    place: Localized
    address: str | None
    capacity: int | None
    registration_url: str | None
    registration_opens_at: datetime | None
    registration_closes_at: datetime | None
    meals: list[ChoiceRow]
    conduct: list[ChoiceRow]
    confirmed_count: int
    waiting_count: int

    @property
    def is_full(self) -> bool:
        """Whether the next one waits."""
        return self.capacity is not None and (self.confirmed_count >= self.capacity or self.waiting_count > 0)

    def window(self, now: datetime) -> Registering:
        """Whether one can register at ``now``."""
        return registering(
            is_called_off=self.state is EventState.CANCELLED, is_elsewhere=bool(self.registration_url),
            opens_at=self.registration_opens_at, closes_at=self.registration_closes_at, ends_at=self.ends_at, now=now,
        )


class RegistrationRow(msgspec.Struct, frozen=True):
    """One registration as whoever holds its link sees it. ``ahead`` is how many wait in front of it."""

    event_slug: str
    code: str
    state: RegistrationState
    revision: int
    badge_name: str
    keywords: list[str]
    is_newcomer: bool | None
    photo_consent: bool | None
    meal: str | None
    accepted_rules: list[str]
    mail_address: str | None
    waiting_since: datetime | None
    checked_in_at: datetime | None
    ahead: int

    def can_change(self, event: EventToRegister, now: datetime) -> bool:
        """Whether it can still be changed or cancelled."""
        return can_change(
            state=self.state, is_in=self.checked_in_at is not None, ends_at=event.ends_at, now=now
        )


class GuestRow(msgspec.Struct, frozen=True):
    """One registration in the organisers' list and on its badge. ``code`` never reaches a page but in a badge's QR."""

    code: str
    state: RegistrationState
    badge_name: str
    keywords: list[str]
    is_newcomer: bool | None
    photo_consent: bool | None
    meal: str | None
    mail_address: str | None
    language: str | None
    created_at: datetime
    waiting_since: datetime | None
    checked_in_at: datetime | None
    account: str | None

    @property
    def guest(self) -> str:
        """What pages call it."""
        return guest_id(self.code)


class DoorGuest(msgspec.Struct, frozen=True):
    """A guest as a device at the door knows them, without anything that they alone should know."""

    guest: str
    name: str
    is_newcomer: bool
    state: RegistrationState
    is_in: bool


class GuestFilter(msgspec.Struct, frozen=True):
    """Which registrations an organiser wants to see; a value that nothing has finds nothing."""

    state: str | None = None
    newcomer: str | None = None
    text: str | None = None


class GuestCounts(msgspec.Struct, frozen=True):
    """An event's registrations in numbers; newcomers, meals and those who are in count who has a place."""

    found: int
    states: dict[str, int]
    newcomers: int
    is_in: int
    meals: dict[str, int]


async def event_to_register(reader: Reader, slug: str) -> EventToRegister:
    """The public event at an address (one statement).

    Raises:
        NotFound: there is none.
    """
    fields = (await reader.execute(_EVENT.where(Event.slug == slug))).mappings().one_or_none()
    if fields is None:
        raise NotFound(_("There is no such event. It may have another address, or was taken out of the record."))
    choices = {name: msgspec.convert(fields[name], list[ChoiceRow]) for name in ("meals", "conduct")}
    return EventToRegister(**{**fields, **choices})


async def registration_with(reader: Reader, code: str) -> RegistrationRow:
    """The registration with a code (one statement).

    Raises:
        NotFound: there is none.
    """
    fields = (await reader.execute(_REGISTRATION.where(Registration.code == code))).mappings().one_or_none()
    if fields is None:
        raise NotFound(_("There is no such registration. Open the link that you were given, whole."))
    return RegistrationRow(**fields)


async def own_code(reader: Reader, *, event_id: int, person_id: int | None) -> str | None:
    """The code of a person's registration that is not cancelled; none for a visitor (at most one statement)."""
    if person_id is None:
        return None
    return await reader.scalar(select(Registration.code).where(
        Registration.event_id == event_id, Registration.person_id == person_id,
        Registration.state != RegistrationState.CANCELLED,
    ))


async def guests_of(
    reader: Reader, event_id: int, wanted: GuestFilter, *, offset: int = 0, limit: int | None = None
) -> list[GuestRow]:
    """An event's registrations that a filter finds, those who wait in their order, others by name (one statement)."""
    order = (
        (Registration.waiting_since, Registration.id) if wanted.state == RegistrationState.WAITING.value
        else (Registration.badge_name, Registration.id)
    )
    rows = await reader.execute(
        _GUESTS.where(*_found(event_id, wanted)).order_by(*order).offset(offset).limit(limit)
    )
    return [GuestRow(*row) for row in rows]


async def guest_with(reader: Reader, event_id: int, code: str) -> GuestRow | None:
    """The registration at an event that a QR code belongs to; none when it is another event's (one statement)."""
    row = (await reader.execute(
        _GUESTS.where(Registration.event_id == event_id, Registration.code == code)
    )).one_or_none()
    return GuestRow(*row) if row else None


async def door_guests(reader: Reader, event_id: int) -> list[DoorGuest]:
    """Everyone who has a place or waits, by name (one statement)."""
    rows = await reader.execute(
        select(
            Registration.code, Registration.badge_name, Registration.is_newcomer, Registration.state,
            Registration.checked_in_at.is_not(None),
        )
        .where(
            Registration.event_id == event_id, Registration.code.is_not(None),
            Registration.state != RegistrationState.CANCELLED,
        )
        .order_by(Registration.badge_name, Registration.id)
    )
    return [
        DoorGuest(guest_id(code), name, bool(is_newcomer), state, bool(is_in))
        for code, name, is_newcomer, state, is_in in rows if code is not None
    ]


async def guest_counts(reader: Reader, event_id: int, wanted: GuestFilter) -> GuestCounts:
    """An event's registrations in numbers (one statement)."""
    is_found = func.sum(case((and_(*_found(event_id, wanted)), 1), else_=0))
    rows = (await reader.execute(
        select(
            Registration.state, Registration.is_newcomer, Registration.meal,
            Registration.checked_in_at.is_not(None).label("is_in"), func.count(), is_found,
        )
        .where(Registration.event_id == event_id)
        .group_by(Registration.state, Registration.is_newcomer, Registration.meal, "is_in")
    )).all()
    states: dict[str, int] = {}
    meals: dict[str, int] = {}
    for state, _newcomer, meal, _is_in, count, _found_here in rows:
        states[state.value] = states.get(state.value, 0) + count
        if state is RegistrationState.CONFIRMED and meal:
            meals[meal] = meals.get(meal, 0) + count
    with_place = [row for row in rows if row[0] is RegistrationState.CONFIRMED]
    return GuestCounts(
        found=sum(row[5] for row in rows), states=states, meals=meals,
        newcomers=sum(row[4] for row in with_place if row[1]), is_in=sum(row[4] for row in with_place if row[3]),
    )


def _found(event_id: int, wanted: GuestFilter) -> list[ColumnElement[bool]]:
    conditions = [Registration.event_id == event_id]
    if wanted.state in {"in", "out"}:
        conditions.append(Registration.state == RegistrationState.CONFIRMED)
        is_in = Registration.checked_in_at.is_not(None)
        conditions.append(is_in if wanted.state == "in" else ~is_in)
    elif wanted.state:
        states = [state for state in RegistrationState if state == wanted.state]
        conditions.append(Registration.state.in_(states))
    if wanted.newcomer:
        conditions.append(Registration.is_newcomer.is_(wanted.newcomer == "yes"))
    if wanted.text:
        conditions.append(Registration.badge_name.icontains(wanted.text, autoescape=True))
    return conditions


def _count(state: RegistrationState) -> ScalarSelect[int]:
    return (
        select(func.count()).select_from(Registration)
        .where(Registration.event_id == Event.id, Registration.state == state).correlate(Event).scalar_subquery()
    )


def _ahead() -> ScalarSelect[int]:
    other = aliased(Registration)
    is_earlier = tuple_(other.waiting_since, other.id) < tuple_(Registration.waiting_since, Registration.id)
    return (
        select(func.count()).select_from(other)
        .where(
            other.event_id == Registration.event_id, other.state == RegistrationState.WAITING,
            Registration.state == RegistrationState.WAITING, is_earlier,
        ).correlate(Registration).scalar_subquery()
    )


_EVENT: AnySelect = select(
    Event.id, Event.slug, Event.state, Event.name, Event.starts_at, Event.ends_at, Event.is_all_day, Event.timezone,
    Event.place, Event.address, Event.capacity, Event.registration_url, Event.registration_opens_at,
    Event.registration_closes_at, Event.meals, Event.conduct,
    _count(RegistrationState.CONFIRMED).label("confirmed_count"),
    _count(RegistrationState.WAITING).label("waiting_count"),
).where(event_is_public())

_REGISTRATION: AnySelect = select(
    Event.slug.label("event_slug"), Registration.code, Registration.state, Registration.revision,
    Registration.badge_name, Registration.keywords, Registration.is_newcomer, Registration.photo_consent,
    Registration.meal, Registration.accepted_rules, Registration.mail_address, Registration.waiting_since,
    Registration.checked_in_at, _ahead().label("ahead"),
).join(Event, Event.id == Registration.event_id)

_GUESTS: AnySelect = (
    select(
        Registration.code, Registration.state, Registration.badge_name, Registration.keywords,
        Registration.is_newcomer, Registration.photo_consent, Registration.meal, Registration.mail_address,
        Registration.language, Registration.created_at, Registration.waiting_since, Registration.checked_in_at,
        Person.slug,
    )
    .outerjoin(Person, Person.id == Registration.person_id)
    .where(Registration.code.is_not(None))
)
