"""The table of what people were told."""

from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.mixins import Numbered
from registry.database.types import Instant, Prose, state_column, type_json
from registry.inbox.rules import NoticeKind


class Notice(Numbered, Base):
    """One thing that one person is told. ``facts`` fills the sentence of its kind; ``path`` is where it leads.

    Texts among the facts are kept by language, so that the sentence is the reader's whenever they read it.
    """

    __tablename__ = "notices"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    kind: Mapped[NoticeKind] = mapped_column(state_column(NoticeKind, length=40))
    facts: Mapped[dict[str, Any]] = mapped_column(type_json, default=dict)
    path: Mapped[Prose]
    told_at: Mapped[Instant]
    read_at: Mapped[Instant | None]

    __table_args__ = (Index("ix_notices_person_id_read_at_id", "person_id", "read_at", "id"),)
