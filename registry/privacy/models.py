"""The table of those who asked to be erased."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.types import Instant


class ErasureRequest(Base):
    """Somebody asked to be erased; it happens at ``due_at`` unless they sign in before."""

    __tablename__ = "erasure_requests"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    asked_at: Mapped[Instant]
    due_at: Mapped[Instant] = mapped_column(index=True)
