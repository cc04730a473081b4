"""The life of an event: made from the one before, edited, published, called off."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import change_fields, note_change, refuse_older_revision
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.clocks import moved_to_day
from registry.database.slugs import free_slug
from registry.database.types import Localized
from registry.errors import BadInput, Conflict, FieldError, NotFound
from registry.events.models import AgendaEntry, Event, Room, WorkTable
from registry.events.rules import Attendance, EventKind, EventMove, EventState, state_after
from registry.events.words import refused_move
from registry.projects.rules import slug_of
from registry.registrations.commands.waiting import move_up
from registry.search.commands import refresh
from registry.web.i18n import gettext as _
from registry.web.markdown import render_markdown

NAME = 120
MOST_PLACES = 10_000


class EventDetails(msgspec.Struct, frozen=True, kw_only=True):
    """What an organiser fills in, as written. Times are those of the clocks at ``timezone``."""

    kind: str
    number: str
    slug: str
    name: Localized
    subtitle: Localized
    description: Localized
    starts_at: str
    ends_at: str
    timezone: str
    attendance: str
    place: Localized
    address: str
    online_url: str
    note_url: str
    registration_url: str
    capacity: str
    registration_opens_at: str
    registration_closes_at: str
    proposals_close_at: str


async def create_event(
    session: AsyncSession, *, details: EventDetails, like: Event | None, by: Actor, now: datetime
) -> Event:
    """Make a draft of an event. Agenda, rooms, tables, meals and Code of Conduct are taken over from ``like``.

    Raises:
        BadInput: a field cannot be taken as it is.
    """
    fields = _checked(details)
    slug = await free_slug(session, Event.slug, _slug(details, fields), subject=Subject.EVENT)
    event = Event(
        **fields, slug=slug, state=EventState.DRAFT, created_at=now, updated_at=now,
        meals=like.meals if like else [], conduct=like.conduct if like else [],
    )
    session.add(event)
    await session.flush()
    if like:
        await _take_over(session, event, like)
    note_change(
        session, now=now, actor=by.label, action="event created", subject=Subject.EVENT, subject_id=event.id,
        changes={"name": [None, event.name], "starts_at": [None, event.starts_at.isoformat()]},
    )
    await session.flush()
    return event


async def edit_event(
    session: AsyncSession, *, slug: str, details: EventDetails, revision: int, theirs: Mapping[str, str], by: Actor,
    now: datetime,
) -> Event:
    """Change what is written of an event. Where it has more places now, those who wait move up.

    Raises:
        NotFound: there is no such event.
        EditConflict: somebody changed it since ``revision``; ``theirs`` are its fields as they are now.
        BadInput: a field cannot be taken as it is.
    """
    event = await event_to_change(session, slug)
    refuse_older_revision(event, revision, theirs=theirs)
    fields = _checked(details)
    changes = change_fields(event, fields, now=now)
    if changes:
        changes.pop("description_html", None)
        note_change(
            session, now=now, actor=by.label, action="event edited", subject=Subject.EVENT, subject_id=event.id,
            changes=changes,
        )
        await session.flush()
        await refresh(session, Subject.EVENT, [event.id])
    if "capacity" in changes:
        await move_up(session, event, actor=by.label, now=now)
    return event


async def move_event(session: AsyncSession, *, slug: str, move: EventMove, by: Actor, now: datetime) -> Event:
    """Publish an event, make it a draft again, or call it off (``registry.events.rules.state_after``).

    Raises:
        NotFound: there is no such event.
        Conflict: this cannot be done with an event in its state.
    """
    event = await event_to_change(session, slug)
    state = state_after(event.state, move)
    if state is None:
        raise Conflict(refused_move(event.state, move))
    changes = change_fields(event, {"state": state}, now=now)
    note_change(
        session, now=now, actor=by.label, action=f"event {move.value}", subject=Subject.EVENT, subject_id=event.id,
        changes=changes,
    )
    await session.flush()
    await refresh(session, Subject.EVENT, [event.id])
    return event


async def event_to_change(session: AsyncSession, slug: str) -> Event:
    """The event at an address, draft or not, locked until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    event = await session.scalar(select(Event).where(Event.slug == slug).with_for_update())
    if event is None:
        raise NotFound(_("There is no such event. It may have another address, or was taken out of the record."))
    return event


async def event_like(session: AsyncSession, slug: str) -> Event | None:
    """The event that a new one is to be like, locked until the transaction ends; none where nobody wrote which.

    Raises:
        BadInput: there is no such event.
    """
    try:
        return await event_to_change(session, slug) if slug else None
    except NotFound as missing:
        raise BadInput(str(missing), errors=[FieldError(name="like", detail=str(missing))]) from missing


def _checked(details: EventDetails) -> dict[str, Any]:
    """The details as an event's columns.

    Raises:
        BadInput: with everything that is wrong.
    """
    checks = Checks()
    zone = checks.one_of("timezone", details.timezone, available_timezones(), is_required=True)
    zone = zone if zone in available_timezones() else "UTC"
    moments = {
        name: checks.moment(name, getattr(details, name), timezone=zone, is_required=name in {"starts_at", "ends_at"})
        for name in (
            "starts_at", "ends_at", "registration_opens_at", "registration_closes_at", "proposals_close_at",
        )
    }
    starts_at, ends_at = moments["starts_at"], moments["ends_at"]
    if starts_at and ends_at and ends_at <= starts_at:
        checks.wrong("ends_at", _("An event ends after it starts."))
    opens_at, closes_at = moments["registration_opens_at"], moments["registration_closes_at"]
    if opens_at and closes_at and closes_at <= opens_at:
        checks.wrong("registration_closes_at", _("Registration closes after it opens."))
    pitches_until = moments["proposals_close_at"]
    if pitches_until and ends_at and pitches_until > ends_at:
        checks.wrong("proposals_close_at", _("Pitches are taken until the event ends, at the latest."))
    description = checks.texts("description", details.description)
    kind = checks.one_of("kind", details.kind, set(EventKind), is_required=True)
    attendance = checks.one_of("attendance", details.attendance, set(Attendance))
    fields = {
        "number": checks.number("number", details.number),
        "name": checks.lines("name", details.name, longest=NAME, is_required=True),
        "subtitle": checks.lines("subtitle", details.subtitle),
        "description": description,
        "description_html": {language: render_markdown(text) for language, text in description.items()},
        **moments, "timezone": zone, "is_all_day": False,
        "place": checks.lines("place", details.place),
        "address": checks.line("address", details.address, longest=500) or None,
        "capacity": checks.number("capacity", details.capacity, least=1, most=MOST_PLACES),
        **{
            name: checks.web_address(name, getattr(details, name)) or None
            for name in ("online_url", "note_url", "registration_url")
        },
    }
    checks.done()
    assert starts_at is not None  # noqa: S101 — the checks have refused anything else
    return fields | {
        "kind": EventKind(kind), "attendance": Attendance(attendance) if attendance else None,
        "starts_on": starts_at.astimezone(ZoneInfo(zone)).date(),
    }


def _slug(details: EventDetails, fields: Mapping[str, Any]) -> str:
    name: Localized = fields["name"]
    return slug_of(details.slug) or slug_of(name.get("en") or next(iter(name.values()))) or "event"


async def _take_over(session: AsyncSession, event: Event, like: Event) -> None:
    """Copy what stays the same from one event to the next; tables are free again, hours are those of the new day."""
    rooms: dict[int, Room] = {}
    for old in await session.scalars(select(Room).where(Room.event_id == like.id).order_by(Room.position, Room.id)):
        rooms[old.id] = Room(event_id=event.id, name=old.name, position=old.position)
    session.add_all(rooms.values())
    await session.flush()

    def room_like(room_id: int | None) -> int | None:
        return rooms[room_id].id if room_id is not None else None

    for table in await session.scalars(select(WorkTable).where(WorkTable.event_id == like.id)):
        session.add(WorkTable(
            event_id=event.id, room_id=room_like(table.room_id), label=table.label, seats=table.seats,
            position=table.position,
        ))
    for entry in await session.scalars(select(AgendaEntry).where(AgendaEntry.event_id == like.id)):
        starts_at, ends_at = (
            moved_to_day(at, from_day=like.starts_on, to_day=event.starts_on, timezone=event.timezone)
            for at in (entry.starts_at, entry.ends_at)
        )
        session.add(AgendaEntry(
            event_id=event.id, kind=entry.kind, title=entry.title, note=entry.note, starts_at=starts_at,
            ends_at=max(starts_at, ends_at), room_id=room_like(entry.room_id),
        ))
