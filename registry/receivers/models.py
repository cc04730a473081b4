"""The tables of receivers and of what was sent to them."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.activity.rules import Subject
from registry.database.base import Base
from registry.database.mixins import Dated, Numbered, Revised
from registry.database.types import Instant, Prose, state_column, type_json
from registry.receivers.rules import DispatchState, OffReason


class Receiver(Numbered, Dated, Revised, Base):
    """An address that is told news of some kinds: of one project, or of everything (``project_id`` is empty).

    ``key`` is half of the secret that its messages are signed with; the other half is the installation's, so that a
    copy of the database signs nothing.
    """

    __tablename__ = "receivers"

    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    address: Mapped[Prose]
    kinds: Mapped[list[str]] = mapped_column(type_json, default=list)
    key: Mapped[str] = mapped_column(String(64))
    off_at: Mapped[Instant | None]
    off_reason: Mapped[OffReason | None] = mapped_column(state_column(OffReason))


class Dispatch(Numbered, Base):
    """One message to one receiver. ``name`` is its id there, the same however often it is sent.

    ``body`` is what was last sent and ``status`` or ``trouble`` what came of that; ``round`` counts how often somebody
    had it sent again.
    """

    __tablename__ = "dispatches"

    receiver_id: Mapped[int] = mapped_column(ForeignKey("receivers.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(32), unique=True)
    fact_key: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[Subject | None] = mapped_column(state_column(Subject))
    subject_id: Mapped[int | None]
    detail: Mapped[str] = mapped_column(String(150), default="")
    noted_at: Mapped[Instant] = mapped_column(index=True)
    state: Mapped[DispatchState] = mapped_column(state_column(DispatchState))
    round: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[Instant | None]
    status: Mapped[int | None]
    trouble: Mapped[str | None] = mapped_column(String(200))
    body: Mapped[Prose | None]

    __table_args__ = (
        UniqueConstraint("receiver_id", "fact_key"),
        Index("ix_dispatches_receiver_id_id", "receiver_id", "id"),
    )
