"""The tables of events: the event, its rooms and tables, its agenda, who helps."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.mixins import Dated, Hideable, Numbered, Revised
from registry.database.types import Instant, Line, Prose, Slug, Words, state_column, type_json
from registry.events.rules import AgendaKind, Attendance, EventKind, EventState, HelperTask


class Event(Numbered, Dated, Hideable, Revised, Base):
    """A gathering: a hackathon of any size, or a meeting that belongs to the record.

    ``starts_on`` is the calendar day at the place itself; ``starts_at`` and ``ends_at`` are instants, and for a day
    whose hours are not known they span the whole local day (``is_all_day``). ``meals`` and ``conduct`` (the items of
    its Code of Conduct) are lists of ``{"key": ..., "text": {language: ...}}``. Sign-up of pitches ends at
    ``proposals_close_at`` (at the event's end when not given), or when an organiser closes it
    (``proposals_closed_at``). ``silenced`` are the kinds of message of the day that nobody is to get.
    """

    __tablename__ = "events"

    slug: Mapped[Slug]
    number: Mapped[int | None]
    kind: Mapped[EventKind] = mapped_column(state_column(EventKind), default=EventKind.OTHER)
    state: Mapped[EventState] = mapped_column(state_column(EventState), default=EventState.PUBLISHED)
    is_example: Mapped[bool] = mapped_column(default=False)
    name: Mapped[Words]
    subtitle: Mapped[Words]
    description: Mapped[Words]
    description_html: Mapped[Words]
    starts_on: Mapped[date]
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant] = mapped_column(index=True)
    is_all_day: Mapped[bool] = mapped_column(default=True)
    timezone: Mapped[str] = mapped_column(String(64))
    place: Mapped[Words]
    address: Mapped[Line | None]
    attendance: Mapped[Attendance | None] = mapped_column(state_column(Attendance))
    online_url: Mapped[Prose | None]
    note_url: Mapped[Prose | None]
    capacity: Mapped[int | None]
    registration_opens_at: Mapped[Instant | None]
    registration_closes_at: Mapped[Instant | None]
    meals: Mapped[list[dict[str, Any]]] = mapped_column(type_json, default=list, server_default="[]")
    conduct: Mapped[list[dict[str, Any]]] = mapped_column(type_json, default=list, server_default="[]")
    registration_url: Mapped[Prose | None]
    pitch_video_url: Mapped[Prose | None]
    talk_video_url: Mapped[Prose | None]
    demo_video_url: Mapped[Prose | None]
    proposals_close_at: Mapped[Instant | None]
    proposals_closed_at: Mapped[Instant | None]
    demos_closed_at: Mapped[Instant | None]
    silenced: Mapped[list[str]] = mapped_column(type_json, default=list, server_default="[]")

    __table_args__ = (
        CheckConstraint("ends_at >= starts_at", name="ends_after_start"),
        Index("ix_events_starts_at_id", "starts_at", "id"),
        Index("ix_events_kind_starts_at", "kind", "starts_at"),
        Index("ix_events_number", "number"),
        # All that the choices beside the list count by.
        Index("ix_events_counted", "starts_on", "kind", "state", "hidden_at", "ends_at"),
    )


class Room(Numbered, Base):
    """A room of an event's venue, or a place to meet online."""

    __tablename__ = "rooms"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    name: Mapped[Words]
    position: Mapped[int] = mapped_column(default=0)


class WorkTable(Numbered, Base):
    """A table where people work on the day, and the project whose owner took it."""

    __tablename__ = "work_tables"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id", ondelete="SET NULL"), index=True)
    label: Mapped[str] = mapped_column(String(40))
    seats: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id", ondelete="SET NULL"), index=True)
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    taken_at: Mapped[Instant | None]

    __table_args__ = (UniqueConstraint("event_id", "label"),)


class AgendaEntry(Numbered, Base):
    """One part of an event's day."""

    __tablename__ = "agenda"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    kind: Mapped[AgendaKind] = mapped_column(state_column(AgendaKind), default=AgendaKind.OTHER)
    title: Mapped[Words]
    note: Mapped[Words]
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id", ondelete="SET NULL"), index=True)

    __table_args__ = (
        CheckConstraint("ends_at >= starts_at", name="ends_after_start"),
        Index("ix_agenda_event_id_starts_at", "event_id", "starts_at"),
    )


class EventHelper(Numbered, Base):
    """Someone who helps at an event, and with what; organisers are granted their role instead."""

    __tablename__ = "event_helpers"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    task: Mapped[HelperTask] = mapped_column(state_column(HelperTask))

    __table_args__ = (UniqueConstraint("event_id", "person_id", "task"),)
