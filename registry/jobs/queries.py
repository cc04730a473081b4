"""How the jobs fare, for ``/health``, ``keng doctor`` and the worker itself."""

from datetime import datetime

import msgspec
from sqlalchemy import select

from registry.database.engine import Reader
from registry.jobs.models import JobRun


class RunRow(msgspec.Struct, frozen=True):
    """How one job fares."""

    name: str
    ran_at: datetime
    succeeded_at: datetime | None
    failures: int
    last_error: str | None
    failed_at: datetime | None


async def job_runs(reader: Reader) -> list[RunRow]:
    """Every job that has run, by name (one statement)."""
    rows = await reader.execute(
        select(
            JobRun.name, JobRun.ran_at, JobRun.succeeded_at, JobRun.failures, JobRun.last_error, JobRun.failed_at
        ).order_by(JobRun.name)
    )
    return [RunRow(*row) for row in rows]


async def position_of(reader: Reader, name: str, *, to_move: bool = False) -> int | None:
    """How far a job that walks along a table has come; none when it never ran (one statement).

    Whoever is going ``to_move`` on locks it: where two processes took themselves for the one that works, the second
    waits for the first and goes on behind it.
    """
    asked = select(JobRun.position).where(JobRun.name == name)
    position: int | None = await reader.scalar(asked.with_for_update() if to_move else asked)
    return position
