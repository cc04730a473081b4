"""Writing down how jobs fare."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from registry.jobs.models import LONGEST_ERROR, JobRun


async def note_run(session: AsyncSession, *, name: str, failures: int, error: str | None, now: datetime) -> None:
    """Note a job's last run; ``failures`` are those in a row, this one included, and 0 after a success.

    What went wrong last stays readable after the job has recovered.
    """
    run = await _run_of(session, name, now)
    run.ran_at, run.failures = now, failures
    if error is None:
        run.succeeded_at = now
    else:
        run.failed_at, run.last_error = now, error[:LONGEST_ERROR]


async def move_on(session: AsyncSession, *, name: str, position: int, now: datetime) -> None:
    """Note how far a job has come, in the transaction of what it did up to there."""
    (await _run_of(session, name, now)).position = position


async def _run_of(session: AsyncSession, name: str, now: datetime) -> JobRun:
    run = await session.get(JobRun, name, with_for_update=True)
    if run is None:
        run = JobRun(name=name, ran_at=now, failures=0, position=0)
        session.add(run)
    return run
