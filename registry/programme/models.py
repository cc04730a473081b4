"""The tables of the running order and of the stage's clock."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.mixins import Dated, Numbered, Revised
from registry.database.types import Instant, Words, state_column
from registry.programme.rules import ClockState, SlotState, StageSession


class Slot(Numbered, Dated, Base):
    """One turn on stage. What is shown is the proposal's or project's where it names one, else its own title."""

    __tablename__ = "slots"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    session: Mapped[StageSession] = mapped_column(state_column(StageSession))
    position: Mapped[int]
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposals.id", ondelete="SET NULL"), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id", ondelete="SET NULL"), index=True)
    title: Mapped[Words]
    presenter: Mapped[str | None] = mapped_column(String(200))
    minutes: Mapped[int]
    state: Mapped[SlotState] = mapped_column(state_column(SlotState), default=SlotState.WAITING)
    started_at: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]

    __table_args__ = (Index("ix_slots_event_id_session_position", "event_id", "session", "position"),)


class StageClock(Revised, Base):
    """The clock of one session of an event. It counts on its own: only starting and stopping it is written down.

    While it runs, ``seconds_left`` were left at ``counted_from``. ``revision`` counts every change of the session,
    of its running order too, so that two people who reorder at once notice each other.
    """

    __tablename__ = "stage_clocks"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    session: Mapped[StageSession] = mapped_column(state_column(StageSession), primary_key=True)
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("slots.id", ondelete="SET NULL"), index=True)
    state: Mapped[ClockState] = mapped_column(state_column(ClockState), default=ClockState.STOPPED)
    seconds_left: Mapped[int] = mapped_column(default=0)
    counted_from: Mapped[Instant | None]
    updated_at: Mapped[Instant]
