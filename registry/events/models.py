"""The table of events."""

from datetime import date

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.mixins import Dated, Hideable, Numbered, Revised
from registry.database.types import Instant, Line, Prose, Slug, Words, state_column
from registry.events.rules import Attendance, EventKind, EventState


class Event(Numbered, Dated, Hideable, Revised, Base):
    """A gathering: a hackathon of any size, or a meeting that belongs to the record.

    ``starts_on`` is the calendar day at the place itself; ``starts_at`` and ``ends_at`` are instants, and for a day
    whose hours are not known they span the whole local day (``is_all_day``). Sign-up of pitches ends at
    ``proposals_close_at`` (at the event's end when not given), or when an organiser closes it
    (``proposals_closed_at``).
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
    ends_at: Mapped[Instant]
    is_all_day: Mapped[bool] = mapped_column(default=True)
    timezone: Mapped[str] = mapped_column(String(64))
    place: Mapped[Words]
    address: Mapped[Line | None]
    attendance: Mapped[Attendance | None] = mapped_column(state_column(Attendance))
    registration_url: Mapped[Prose | None]
    pitch_video_url: Mapped[Prose | None]
    talk_video_url: Mapped[Prose | None]
    demo_video_url: Mapped[Prose | None]
    proposals_close_at: Mapped[Instant | None]
    proposals_closed_at: Mapped[Instant | None]

    __table_args__ = (
        CheckConstraint("ends_at >= starts_at", name="ends_after_start"),
        Index("ix_events_starts_at_id", "starts_at", "id"),
        Index("ix_events_kind_starts_at", "kind", "starts_at"),
        Index("ix_events_number", "number"),
    )
