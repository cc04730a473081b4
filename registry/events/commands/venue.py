"""The venue of an event: its rooms and the tables in them."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import mark_changed, note_change, refuse_older_revision
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.database.types import Localized
from registry.events.commands.life import event_to_change
from registry.events.models import Event, Room, WorkTable
from registry.web.i18n import gettext as _

MOST_ROOMS = 30
MOST_TABLES = 300
LABEL = 40
_BETWEEN = re.compile(r"[\s,、，;；/]+")  # a label is a part of an address, so it holds no slash


class RoomWritten(msgspec.Struct, frozen=True):
    """A room as an organiser wrote it: ``tables`` are its tables' labels in one line. ``id`` is empty for a new one.

    ``row`` is the number that its fields carry.
    """

    row: int
    id: int | None
    name: Localized
    tables: str


async def change_venue(
    session: AsyncSession, *, slug: str, rooms: Sequence[RoomWritten], revision: int, theirs: Mapping[str, str],
    by: Actor, now: datetime,
) -> Event:
    """Set an event's rooms and tables; what is not among ``rooms`` goes. A table keeps whoever has taken it.

    Raises:
        NotFound: there is no such event.
        EditConflict: somebody changed the event since ``revision``; ``theirs`` are the form's fields as they are now.
        BadInput: a label stands twice, or a table that somebody has taken would go. Fields carry their row: tables-2.
    """
    event = await event_to_change(session, slug)
    refuse_older_revision(event, revision, theirs=theirs)
    known = {one.id: one for one in await session.scalars(select(Room).where(Room.event_id == event.id))}
    tables = {
        one.label: one for one in await session.scalars(select(WorkTable).where(WorkTable.event_id == event.id))
    }
    labels = _checked(rooms, tables)
    before = _as_written(known.values(), tables.values())
    for label in tables.keys() - {label for some in labels for label in some}:
        await session.delete(tables.pop(label))
    kept = [known.pop(one.id, None) if one.id is not None else None for one in rooms]
    await session.flush()
    after = []
    for place, (written, room, some) in enumerate(zip(rooms, kept, labels, strict=True)):
        after.append(await _put_room(session, room or Room(event_id=event.id), written, place))
        _put_tables(session, event, after[-1], some, tables)
    for room in known.values():
        await session.delete(room)
    await session.flush()
    changed = [before, _as_written(after, tables.values())]
    if changed[0] != changed[1]:
        mark_changed(event, now=now)
        note_change(
            session, now=now, actor=by.label, action="venue changed", subject=Subject.EVENT, subject_id=event.id,
            changes={"venue": changed},
        )
        await session.flush()
    return event


def labels_in(text: str) -> list[str]:
    """Table labels from a line: parted by spaces or commas of any width, doubles left out."""
    return list(dict.fromkeys(label for label in _BETWEEN.split(text.strip()) if label))


def _checked(rooms: Sequence[RoomWritten], tables: dict[str, WorkTable]) -> list[list[str]]:
    checks = Checks()
    seen: set[str] = set()
    labels = []
    for room in rooms:
        row = room.row
        checks.lines(f"name-{row}", room.name, is_required=True)
        here = labels_in(room.tables)
        for label in here:
            checks.line(f"tables-{row}", label, longest=LABEL)
        if doubled := seen.intersection(here):
            checks.wrong(f"tables-{row}", _("These tables stand in another room too: %(labels)s.") % {
                "labels": ", ".join(sorted(doubled))
            })
        seen.update(here)
        labels.append(here)
    taken = sorted(label for label, table in tables.items() if table.project_id is not None and label not in seen)
    if taken:
        checks.wrong("tables-0", _("Somebody works at these tables, so they stay: %(labels)s.") % {
            "labels": ", ".join(taken)
        })
    if len(rooms) > MOST_ROOMS or len(seen) > MOST_TABLES:
        checks.wrong("tables-0", _("An event has at most %(rooms)s rooms and %(tables)s tables.") % {
            "rooms": MOST_ROOMS, "tables": MOST_TABLES,
        })
    checks.done()
    return labels


async def _put_room(session: AsyncSession, room: Room, written: RoomWritten, place: int) -> Room:
    room.name = {language: " ".join(words.split()) for language, words in written.name.items()}
    room.position = place
    session.add(room)
    await session.flush()
    return room


def _put_tables(
    session: AsyncSession, event: Event, room: Room, labels: Sequence[str], tables: dict[str, WorkTable]
) -> None:
    for place, label in enumerate(labels):
        table = tables.setdefault(label, WorkTable(event_id=event.id, label=label))
        table.room_id, table.position = room.id, place
        session.add(table)


def _as_written(rooms: Any, tables: Any) -> list[dict[str, Any]]:
    placed = sorted(tables, key=lambda one: (one.position, one.label))
    return [
        {"name": room.name, "tables": [table.label for table in placed if table.room_id == room.id]}
        for room in sorted(rooms, key=lambda one: one.position)
    ]
