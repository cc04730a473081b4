"""An event as those who run it see it, draft or not."""

from datetime import date, datetime

import msgspec
from sqlalchemy import ScalarSelect, func, literal, select, union_all
from sqlalchemy import bindparam as given

from registry.accounts.models import RoleGrant
from registry.accounts.rules import Role
from registry.database.aggregate import AnySelect, json_rows
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.errors import NotFound
from registry.events.agenda import AgendaRow, agenda_rows
from registry.events.commands.team import ORGANISES
from registry.events.models import Event, EventHelper, Room, WorkTable
from registry.events.queries import pitch_count
from registry.events.rules import Attendance, EventKind, EventState
from registry.people.models import Person
from registry.registrations.models import Registration
from registry.registrations.rules import RegistrationState
from registry.web.i18n import gettext as _

DRAFTS_SHOWN = 50


class RoomRow(msgspec.Struct, frozen=True):
    """A room of the venue."""

    id: int
    name: Localized


class TableRow(msgspec.Struct, frozen=True):
    """A table in a room; ``is_taken`` when somebody works there."""

    label: str
    room_id: int | None
    is_taken: bool


class TeamRow(msgspec.Struct, frozen=True):
    """Someone who runs the event or helps; ``task`` is ``organiser`` or one of the helpers' tasks."""

    slug: str
    name: str
    task: str


class ChoiceItem(msgspec.Struct, frozen=True):
    """An item of the Code of Conduct, or a meal."""

    key: str
    text: Localized


class EventToRun(msgspec.Struct, frozen=True):
    """An event with all that its organisers set."""

    id: int
    slug: str
    number: int | None
    kind: EventKind
    state: EventState
    revision: int
    name: Localized
    subtitle: Localized
    description: Localized
    starts_on: date
    starts_at: datetime
    ends_at: datetime
    is_all_day: bool
    timezone: str
    attendance: Attendance | None
    place: Localized
    address: str | None
    online_url: str | None
    note_url: str | None
    registration_url: str | None
    capacity: int | None
    registration_opens_at: datetime | None
    registration_closes_at: datetime | None
    proposals_close_at: datetime | None
    conduct: list[ChoiceItem]
    meals: list[ChoiceItem]
    pitch_count: int
    registered_count: int
    waiting_count: int
    rooms: list[RoomRow]
    tables: list[TableRow]
    agenda: list[AgendaRow]


class EventInLine(msgspec.Struct, frozen=True):
    """An event in the list of those that can be run."""

    slug: str
    name: Localized
    starts_on: date
    state: EventState


async def event_to_run(reader: Reader, slug: str) -> EventToRun:
    """The event at an address, whatever its state (one statement).

    Raises:
        NotFound: there is none.
    """
    fields = (await reader.execute(_TO_RUN, {"slug": slug})).mappings().one_or_none()
    if fields is None:
        raise NotFound(_("There is no such event. It may have another address, or was taken out of the record."))
    lists = {name: msgspec.convert(fields[name], list[ChoiceItem]) for name in ("conduct", "meals")}
    return EventToRun(**{**fields, **lists})


async def event_team(reader: Reader, event_id: int) -> list[TeamRow]:
    """Everyone who runs an event or helps at it, organisers first (one statement)."""
    people = union_all(
        select(literal(0).label("place"), Person.slug, Person.display_name, literal(ORGANISES).label("task"))
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.event_id == event_id, RoleGrant.role == Role.ORGANISER),
        select(literal(1), Person.slug, Person.display_name, EventHelper.task)
        .join(EventHelper, EventHelper.person_id == Person.id).where(EventHelper.event_id == event_id),
    ).subquery()
    rows = await reader.execute(
        select(people.c.slug, people.c.display_name, people.c.task)
        .order_by(people.c.place, people.c.display_name, people.c.task)
    )
    return [TeamRow(*row) for row in rows]


async def last_event_slug(reader: Reader) -> str | None:
    """The latest hackathon, drafts too: the one from which the next is made (one statement)."""
    return await reader.scalar(
        select(Event.slug)
        .where(Event.hidden_at.is_(None), Event.kind.in_((EventKind.LARGE, EventKind.SMALL)))
        .order_by(Event.starts_at.desc(), Event.id.desc()).limit(1)
    )


async def drafted_events(reader: Reader) -> list[EventInLine]:
    """Events that the public does not see yet, the next first (one statement)."""
    rows = await reader.execute(
        select(Event.slug, Event.name, Event.starts_on, Event.state)
        .where(Event.state == EventState.DRAFT, Event.hidden_at.is_(None))
        .order_by(Event.starts_at, Event.id).limit(DRAFTS_SHOWN)
    )
    return [EventInLine(*row) for row in rows]


def _to_run() -> AnySelect:
    def registered(state: RegistrationState) -> ScalarSelect[int]:
        return (
            select(func.count()).select_from(Registration)
            .where(Registration.event_id == Event.id, Registration.state == state).correlate(Event).scalar_subquery()
        )

    rooms = select(Room.id, Room.name).where(Room.event_id == Event.id).order_by(Room.position, Room.id)
    tables = (
        select(WorkTable.label, WorkTable.room_id, WorkTable.project_id.is_not(None).label("is_taken"))
        .where(WorkTable.event_id == Event.id).order_by(WorkTable.position, WorkTable.id)
    )
    return select(
        Event.id, Event.slug, Event.number, Event.kind, Event.state, Event.revision, Event.name, Event.subtitle,
        Event.description, Event.starts_on, Event.starts_at, Event.ends_at, Event.is_all_day, Event.timezone,
        Event.attendance, Event.place, Event.address, Event.online_url, Event.note_url, Event.registration_url,
        Event.capacity, Event.registration_opens_at, Event.registration_closes_at,
        Event.proposals_close_at, Event.conduct, Event.meals,
        pitch_count().label("pitch_count"),
        registered(RegistrationState.CONFIRMED).label("registered_count"),
        registered(RegistrationState.WAITING).label("waiting_count"),
        json_rows(rooms.correlate(Event), RoomRow).label("rooms"),
        json_rows(tables.correlate(Event), TableRow).label("tables"),
        json_rows(agenda_rows(), AgendaRow).label("agenda"),
    ).where(Event.slug == given("slug"), Event.hidden_at.is_(None))


_TO_RUN = _to_run()
