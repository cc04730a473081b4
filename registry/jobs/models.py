"""The table of jobs and how they fared."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.types import Instant

LONGEST_ERROR = 200


class JobRun(Base):
    """How one job fares. ``position`` is how far a job that walks along a table has come.

    ``last_error`` names a kind of error and its place in our code, never a message, for messages hold people's data; or
    it is what a ``JobTrouble`` tells organisers.
    """

    __tablename__ = "job_runs"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    ran_at: Mapped[Instant]
    succeeded_at: Mapped[Instant | None]
    failures: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(LONGEST_ERROR))
    failed_at: Mapped[Instant | None]
    position: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
