"""Reports, and what was taken out of the record together."""

from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.activity.rules import Subject
from registry.database.base import Base
from registry.database.mixins import Numbered
from registry.database.types import Instant, Prose, state_column, type_json
from registry.moderation.rules import ReportReason, ReportState


class Report(Numbered, Base):
    """Somebody says that a record should not stand as it is. ``answer`` is what they are told, ``note`` is not."""

    __tablename__ = "reports"

    subject: Mapped[Subject] = mapped_column(state_column(Subject))
    subject_id: Mapped[int]
    reason: Mapped[ReportReason] = mapped_column(state_column(ReportReason))
    text: Mapped[Prose]
    reach: Mapped[str] = mapped_column(String(200), default="")
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    reported_at: Mapped[Instant]
    state: Mapped[ReportState] = mapped_column(state_column(ReportState), default=ReportState.OPEN)
    note: Mapped[Prose] = mapped_column(default="")
    answer: Mapped[Prose] = mapped_column(default="")
    decided_at: Mapped[Instant | None]
    decided_by: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (
        Index("ix_reports_state_reported_at_id", "state", "reported_at", "id"),
        Index("ix_reports_subject_subject_id_state", "subject", "subject_id", "state"),
    )


class Sweep(Numbered, Base):
    """All that one account had made lately, hidden at once: pairs of kind and row number, to be shown again at once."""

    __tablename__ = "sweeps"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    swept_at: Mapped[Instant]
    swept_by: Mapped[str] = mapped_column(String(200))
    reason: Mapped[Prose]
    records: Mapped[list[Any]] = mapped_column(type_json, default=list)
    report_ids: Mapped[list[int]] = mapped_column(type_json, default=list)
    undone_at: Mapped[Instant | None]

    __table_args__ = (Index("ix_sweeps_person_id_id", "person_id", "id"),)
