"""The sample's event to come: made with the commands that people use, on a day counted from today."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import VISITOR, Actor
from registry.accounts.rules import Role
from registry.database.engine import Database
from registry.database.types import Localized
from registry.events.commands.agenda import EntryWritten, ItemWritten, change_agenda, change_conduct, change_meals
from registry.events.commands.life import EventDetails, create_event, move_event
from registry.events.commands.team import ORGANISES, add_to_team
from registry.events.commands.venue import RoomWritten, change_venue
from registry.events.models import Event, Room
from registry.events.rules import EventKind, EventMove
from registry.handbook import conduct, meals
from registry.paths import SAMPLE
from registry.people.models import Person
from registry.programme.commands import SlotWritten, add_slot, fill_order
from registry.programme.rules import StageSession
from registry.projects.models import Project
from registry.proposals.commands import begin_draft, submit_pitch
from registry.proposals.form import PitchForm
from registry.registrations.commands.place import RegistrationWritten, register

FEWEST_DAYS = 10
SATURDAY = 5
LANGUAGE = "zh-Hant"
"""In which the made-up guests registered."""


class _Room(msgspec.Struct, frozen=True):
    name: Localized
    tables: str


class _Entry(msgspec.Struct, frozen=True):
    kind: str
    starts: str
    ends: str
    room: int | None = None


class _Pitch(msgspec.Struct, frozen=True):
    by: str
    title: Localized
    summary: Localized
    wanted: dict[str, str]
    project: str = ""


class _Guest(msgspec.Struct, frozen=True):
    badge_name: str
    keywords: list[str]
    is_newcomer: bool


class ComingEvent(msgspec.Struct, frozen=True):
    """What ``coming.json`` holds; people and projects stand there by slug, rooms by their place in the list.

    Hours are those of the clock at the place, such as 09:30.
    """

    slug: str
    name: Localized
    subtitle: Localized
    description: Localized
    place: Localized
    address: str
    attendance: str
    online_url: str
    note_url: str
    timezone: str
    capacity: int
    starts: str
    ends: str
    organiser: str
    helpers: dict[str, str]
    rooms: list[_Room]
    agenda: list[_Entry]
    pitches: list[_Pitch]
    talk: SlotWritten
    guests: list[_Guest]


def day_to_come(today: date) -> date:
    """The first Saturday after a week and a half: registration is open by then, and there is time to pitch."""
    soonest = today + timedelta(days=FEWEST_DAYS)
    return soonest + timedelta(days=(SATURDAY - soonest.weekday()) % 7)


def read_coming_event() -> ComingEvent:
    """What the sample says of its event to come."""
    return msgspec.json.decode((SAMPLE / "coming.json").read_bytes(), type=ComingEvent)


async def add_coming_event(database: Database, *, now: datetime) -> str:
    """Add the sample's event to come to a record that holds its people, in one transaction; gives its slug.

    Registration opened yesterday, pitches are called for, and some have come.
    """
    told = read_coming_event()
    async with database.writing() as session:
        by = await _actor(session, told.organiser, Role.ORGANISER)
        event = await create_event(session, details=_details(told, now=now), like=None, by=by, now=now)
        event.is_example = True
        await _furnish(session, event, told, by=by, now=now)
        await move_event(session, slug=event.slug, move=EventMove.PUBLISH, by=by, now=now)
        for pitch in told.pitches:
            await _pitch(session, event, pitch, now=now)
        await fill_order(session, slug=event.slug, part=StageSession.PITCHES, by=by, now=now)
        await add_slot(session, slug=event.slug, part=StageSession.TALKS, written=told.talk, by=by, now=now)
        for guest in told.guests:
            await register(
                session, slug=event.slug, written=_registration(guest), language=LANGUAGE, by=VISITOR, now=now
            )
        return event.slug


def _details(told: ComingEvent, *, now: datetime) -> EventDetails:
    here = now.astimezone(ZoneInfo(told.timezone))
    day = day_to_come(here.date())
    return EventDetails(
        kind=EventKind.LARGE.value, number="", slug=told.slug, name=told.name, subtitle=told.subtitle,
        description=told.description, starts_at=_clock(day, told.starts), ends_at=_clock(day, told.ends),
        timezone=told.timezone, attendance=told.attendance, place=told.place, address=told.address,
        online_url=told.online_url, note_url=told.note_url, registration_url="", capacity=str(told.capacity),
        registration_opens_at=_clock(here.date() - timedelta(days=1), told.starts), registration_closes_at="",
        proposals_close_at="",
    )


async def _furnish(session: AsyncSession, event: Event, told: ComingEvent, *, by: Actor, now: datetime) -> None:
    """Rooms and tables, agenda, Code of Conduct, meals, and who helps."""
    written = [RoomWritten(row, None, room.name, room.tables) for row, room in enumerate(told.rooms)]
    await change_venue(
        session, slug=event.slug, rooms=written, revision=event.revision, theirs={}, by=by, now=now
    )
    rooms = list(await session.scalars(select(Room.id).where(Room.event_id == event.id).order_by(Room.position)))
    entries = [
        EntryWritten(
            row, one.kind, _clock(event.starts_on, one.starts), _clock(event.starts_on, one.ends), {},
            "" if one.room is None else str(rooms[one.room]),
        )
        for row, one in enumerate(told.agenda)
    ]
    await change_agenda(
        session, slug=event.slug, entries=entries, revision=event.revision, theirs={}, by=by, now=now
    )
    for change, items in ((change_conduct, conduct()), (change_meals, meals())):
        await change(
            session, slug=event.slug, revision=event.revision, theirs={}, by=by, now=now,
            entries=[ItemWritten(row, one.key, one.text) for row, one in enumerate(items)],
        )
    for task, person in [(ORGANISES, told.organiser), *told.helpers.items()]:
        await add_to_team(session, slug=event.slug, person=person, task=task, by=by, now=now)


async def _pitch(session: AsyncSession, event: Event, pitch: _Pitch, *, now: datetime) -> None:
    by = await _actor(session, pitch.by)
    said = PitchForm(
        event=event.slug, texts={"title": pitch.title, "summary": pitch.summary},
        is_open_source="yes", wanted=list(pitch.wanted.items()),
    )
    draft = await begin_draft(session, said=said, by=by, now=now, project=pitch.project, goes_out=True)
    proposal = await submit_pitch(
        session, slug=draft.slug, said=said, revision=draft.revision, by=by, now=now,
        today=now.astimezone(ZoneInfo(event.timezone)).date(),
    )
    (await session.get_one(Project, proposal.project_id)).is_example = True


def _registration(guest: _Guest) -> RegistrationWritten:
    return RegistrationWritten(
        badge_name=guest.badge_name, keywords=guest.keywords, is_newcomer=guest.is_newcomer, photo_consent="yes",
        meal=meals()[0].key, mail_address="", accepted=[one.key for one in conduct()],
    )


async def _actor(session: AsyncSession, slug: str, *roles: Role) -> Actor:
    person = (await session.scalars(select(Person).where(Person.slug == slug))).one()
    return Actor(
        person_id=person.id, slug=person.slug, name=person.display_name, roles=frozenset({Role.MEMBER, *roles})
    )


def _clock(day: date, at: str) -> str:
    return f"{day}T{at}"
