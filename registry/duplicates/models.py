"""The table of merges."""

from typing import Any

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.activity.rules import Subject
from registry.database.base import Base
from registry.database.mixins import Numbered
from registry.database.types import Instant, state_column, type_json


class Merge(Numbered, Base):
    """Two records made one. ``rows`` are the changes to rows of any table, in order: enough to take it back.

    The record that went (``gone_id``) keeps its row, hidden and empty, so that nothing that names it dangles.
    """

    __tablename__ = "merges"

    subject: Mapped[Subject] = mapped_column(state_column(Subject))
    kept_id: Mapped[int]
    gone_id: Mapped[int]
    rows: Mapped[list[dict[str, Any]]] = mapped_column(type_json)
    merged_at: Mapped[Instant]
    merged_by: Mapped[str] = mapped_column(String(200))
    unmerged_at: Mapped[Instant | None]
    unmerged_by: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (
        # A record goes into one other at a time, whoever decides at the same moment.
        Index(
            "ux_merges_subject_gone_id", "subject", "gone_id", unique=True,
            sqlite_where=text("unmerged_at IS NULL"), postgresql_where=text("unmerged_at IS NULL"),
        ),
        Index("ix_merges_subject_kept_id", "subject", "kept_id"),
    )
