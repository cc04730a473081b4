"""The table of what was counted over the whole record."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.types import Instant, Prose


class StoredTally(Base):
    """What a job counted, as JSON: numbers, keys and row numbers, never a name or a text of somebody.

    So whatever is hidden or erased after it was counted cannot be read here.
    """

    __tablename__ = "tallies"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[Prose]
    taken_at: Mapped[Instant]
