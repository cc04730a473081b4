"""Which owners were asked for the results of their pitches."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.types import Instant


class ResultReminder(Base):
    """The owners of a pitch's project were asked what came of it, for the first or the second time (``number``)."""

    __tablename__ = "result_reminders"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    told_at: Mapped[Instant]
