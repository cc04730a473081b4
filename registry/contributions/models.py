"""The table of statements. Contributions themselves stand with people (``registry.people.models``)."""

from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.mixins import Numbered
from registry.database.types import Instant, type_json


class Statement(Numbered, Base):
    """What was stated of a person's contributions, fixed when it was issued.

    ``code`` is the part of its address that nobody can guess. ``content`` is a ``registry.contributions.statement``
    and ``content_hash`` its fingerprint; an erasure empties both, and then nothing is stated any more.
    """

    __tablename__ = "statements"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    content: Mapped[dict[str, Any]] = mapped_column(type_json)
    content_hash: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[Instant]
    revoked_at: Mapped[Instant | None]

    __table_args__ = (Index("ix_statements_person_id_issued_at", "person_id", "issued_at"),)
