"""The agenda of an event, for the pages that show it."""

from datetime import datetime

import msgspec
from sqlalchemy import select

from registry.database.aggregate import AnySelect
from registry.database.types import Localized
from registry.events.models import AgendaEntry, Event, Room
from registry.events.rules import AgendaKind
from registry.events.words import agenda_kind_name


class AgendaRow(msgspec.Struct, frozen=True):
    """A part of the day; the room is where it takes place."""

    kind: AgendaKind
    title: Localized
    starts_at: datetime
    ends_at: datetime
    room_id: int | None
    room_name: Localized | None

    @property
    def kind_name(self) -> str:
        """What the kind of part is called, in the reader's words."""
        return agenda_kind_name(self.kind)


def agenda_rows() -> AnySelect:
    """The agenda of an event, for a column of a select from events."""
    return (
        select(
            AgendaEntry.kind, AgendaEntry.title, AgendaEntry.starts_at, AgendaEntry.ends_at, AgendaEntry.room_id,
            Room.name.label("room_name"),
        )
        .outerjoin(Room, Room.id == AgendaEntry.room_id)
        .where(AgendaEntry.event_id == Event.id)
        .order_by(AgendaEntry.starts_at, AgendaEntry.ends_at, AgendaEntry.id).correlate(Event)
    )
