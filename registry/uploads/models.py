"""Files that somebody uploads, between the steps of taking them in."""

from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.mixins import Numbered
from registry.database.types import Instant, Line, type_json


class Upload(Numbered, Base):
    """A file as it came. A job removes it when the settings say.

    ``source`` is its format and ``table_kind`` what a table tells of, both empty while nobody knows; ``columns`` are
    the fields of a table's columns. ``report`` (``rules.Report``) is what importing it would do, or did.
    """

    __tablename__ = "uploads"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    name: Mapped[Line]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    source: Mapped[str] = mapped_column(String(40))
    table_kind: Mapped[str] = mapped_column(String(20))
    columns: Mapped[list[str]] = mapped_column(type_json, default=list)
    report: Mapped[dict[str, Any]] = mapped_column(type_json, default=dict)
    uploaded_at: Mapped[Instant] = mapped_column(index=True)
    imported_at: Mapped[Instant | None]

    __table_args__ = (Index("ix_uploads_person_id_id", "person_id", "id"),)
