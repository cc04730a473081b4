"""The agenda of an event, the items of its Code of Conduct, its meals."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import change_fields, mark_changed, note_change, refuse_older_revision
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.database.types import Localized
from registry.events.commands.life import event_to_change
from registry.events.models import AgendaEntry, Event, Room
from registry.events.rules import AgendaKind
from registry.web.i18n import gettext as _

MOST_ENTRIES = 60
MOST_ITEMS = 30


class EntryWritten(msgspec.Struct, frozen=True):
    """A part of the day as an organiser wrote it; times are those of the clocks at the event's place.

    ``row`` is the number that its fields carry.
    """

    row: int
    kind: str
    starts_at: str
    ends_at: str
    title: Localized
    room: str


class ItemWritten(msgspec.Struct, frozen=True):
    """An item of the Code of Conduct, or a meal, as an organiser wrote it; ``key`` is empty for a new one.

    ``row`` is the number that its fields carry.
    """

    row: int
    key: str
    text: Localized


async def change_agenda(
    session: AsyncSession, *, slug: str, entries: Sequence[EntryWritten], revision: int,
    theirs: Mapping[str, str], by: Actor, now: datetime,
) -> Event:
    """Set an event's agenda.

    Raises:
        NotFound: there is no such event.
        EditConflict: somebody changed the event since ``revision``; ``theirs`` are the form's fields as they are now.
        BadInput: a time, a kind or a room cannot be used. Fields carry their row: starts_at-2.
    """
    event = await event_to_change(session, slug)
    refuse_older_revision(event, revision, theirs=theirs)
    rooms = set(await session.scalars(select(Room.id).where(Room.event_id == event.id)))
    after = _checked(entries, event, rooms)
    before = list(await session.scalars(
        select(AgendaEntry).where(AgendaEntry.event_id == event.id).order_by(AgendaEntry.starts_at, AgendaEntry.id)
    ))
    changed = [[_told(one) for one in before], [_told(one) for one in after]]
    if changed[0] != changed[1]:
        await session.execute(delete(AgendaEntry).where(AgendaEntry.event_id == event.id))
        session.add_all(after)
        mark_changed(event, now=now)
        note_change(
            session, now=now, actor=by.label, action="agenda changed", subject=Subject.EVENT, subject_id=event.id,
            changes={"agenda": changed},
        )
        await session.flush()
    return event


async def change_conduct(
    session: AsyncSession, *, slug: str, entries: Sequence[ItemWritten], revision: int,
    theirs: Mapping[str, str], by: Actor, now: datetime,
) -> Event:
    """Set the items of an event's Code of Conduct; those who register accept each by itself.

    Raises:
        NotFound: there is no such event.
        EditConflict: somebody changed the event since ``revision``; ``theirs`` are the form's fields as they are now.
        BadInput: an item is too long, or there are too many. Fields carry their row: text-2.
    """
    return await _change_items(
        session, slug=slug, column="conduct", entries=entries, revision=revision, theirs=theirs, by=by, now=now
    )


async def change_meals(
    session: AsyncSession, *, slug: str, entries: Sequence[ItemWritten], revision: int,
    theirs: Mapping[str, str], by: Actor, now: datetime,
) -> Event:
    """Set the meals of an event; those who register choose one.

    Raises:
        NotFound: there is no such event.
        EditConflict: somebody changed the event since ``revision``; ``theirs`` are the form's fields as they are now.
        BadInput: a meal's name is too long, or there are too many. Fields carry their row: text-2.
    """
    return await _change_items(
        session, slug=slug, column="meals", entries=entries, revision=revision, theirs=theirs, by=by, now=now
    )


async def _change_items(
    session: AsyncSession, *, slug: str, column: str, entries: Sequence[ItemWritten], revision: int,
    theirs: Mapping[str, str], by: Actor, now: datetime,
) -> Event:
    event = await event_to_change(session, slug)
    refuse_older_revision(event, revision, theirs=theirs)
    checks = Checks()
    items: list[dict[str, Any]] = []
    for written in entries:
        row = written.row
        text = checks.texts(f"text-{row}", written.text, longest=1_000, is_required=True)
        key = checks.line(f"key-{row}", written.key, longest=60) or _free_key(items, entries)
        items.append({"key": key, "text": text})
    if len(items) > MOST_ITEMS:
        checks.wrong("text-0", _("There are at most %(count)s items here.") % {"count": MOST_ITEMS})
    checks.done()
    changes = change_fields(event, {column: items}, now=now)
    if changes:
        note_change(
            session, now=now, actor=by.label, action=f"{column} changed", subject=Subject.EVENT, subject_id=event.id,
            changes=changes,
        )
        await session.flush()
    return event


def _free_key(items: Sequence[dict[str, Any]], written: Sequence[ItemWritten]) -> str:
    taken = {one["key"] for one in items} | {one.key for one in written}
    return next(key for number in range(1, len(taken) + 2) if (key := f"item-{number}") not in taken)


def _checked(entries: Sequence[EntryWritten], event: Event, rooms: set[int]) -> list[AgendaEntry]:
    checks = Checks()
    if len(entries) > MOST_ENTRIES:
        checks.wrong("starts_at-0", _("An agenda has at most %(count)s parts.") % {"count": MOST_ENTRIES})
    read = []
    for written in entries:
        row = written.row
        kind = checks.one_of(f"kind-{row}", written.kind, set(AgendaKind), is_required=True)
        title = checks.lines(f"title-{row}", written.title)
        starts_at, ends_at = (
            checks.moment(f"{name}-{row}", text, timezone=event.timezone, is_required=True)
            for name, text in (("starts_at", written.starts_at), ("ends_at", written.ends_at))
        )
        room = checks.one_of(f"room-{row}", written.room, {str(one) for one in rooms})
        if starts_at and ends_at and ends_at < starts_at:
            checks.wrong(f"ends_at-{row}", _("This ends before it starts."))
        read.append((kind, title, starts_at, ends_at, room))
    checks.done()
    return sorted((
        AgendaEntry(
            event_id=event.id, kind=AgendaKind(kind), title=title, note={}, starts_at=starts_at, ends_at=ends_at,
            room_id=int(room) if room else None,
        )
        for kind, title, starts_at, ends_at, room in read
    ), key=lambda one: (one.starts_at, one.ends_at))


def _told(entry: AgendaEntry) -> dict[str, Any]:
    return {
        "kind": entry.kind.value, "title": entry.title, "starts_at": entry.starts_at.isoformat(),
        "ends_at": entry.ends_at.isoformat(), "room_id": entry.room_id,
    }
