"""The worker: runs each job in its rhythm, one run of a job at a time, and says how it fares.

A loop of our own and not huey: its periodic work ticks once a minute, where an announcement must leave in seconds;
its PostgreSQL storage writes a row for each task queued and taken, and every write empties the page cache, where an
idle worker must write nothing; and of what ran when with which error it keeps nothing.
"""

import asyncio
import contextlib
import logging
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from sqlalchemy.exc import SQLAlchemyError

from registry.counted import count_run
from registry.database.engine import Database
from registry.jobs.commands import note_run
from registry.jobs.queries import job_runs
from registry.jobs.rules import is_worth_noting, pause_after
from registry.jobs.seat import Seat
from registry.logs import bound
from registry.ports import Job, JobTrouble, Workplace

_log = logging.getLogger("keng.jobs")
SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_TO_WAIT_FOR_THE_SEAT = 5.0
SECONDS_TO_FINISH = 8.0
_OURS = Path(__file__).parent.parent.parent


def utc_now() -> datetime:
    """The clock on the wall."""
    return datetime.now(UTC)


class Worker:
    """Runs ``jobs`` at a workplace until it is told to stop."""

    def __init__(self, workplace: Workplace, jobs: Sequence[Job]) -> None:
        self._workplace = workplace
        self._turns = [_Turn(job) for job in jobs]
        self._running: dict[str, asyncio.Task[None]] = {}

    async def work(self, seat: Seat, stop: asyncio.Event) -> None:
        """Wait for the seat, then run what is due, until ``stop`` is set or the seat is lost and so on."""
        is_seated = False
        try:
            while not stop.is_set():
                had_seat, is_seated = is_seated, await seat.take()
                if is_seated and not had_seat:
                    is_seated = await self._begin(seat)
                if had_seat and not is_seated:
                    _log.warning("lost the seat for background work; waiting for it")
                    await self._finish()
                if is_seated:
                    self.start_due()
                await _pause(stop, SECONDS_BETWEEN_LOOKS if is_seated else SECONDS_TO_WAIT_FOR_THE_SEAT)
        finally:
            await self._finish()
            await seat.leave()

    def start_due(self) -> None:
        """Start each job that is due and does not run already."""
        now = self._workplace.clock()
        for turn in self._turns:
            name = turn.job.name
            if name in self._running and self._running[name].done():
                del self._running[name]
            if name not in self._running and turn.due_at <= now:
                self._running[name] = asyncio.create_task(run_job(self._workplace, turn), name=name)

    async def _begin(self, seat: Seat) -> bool:
        """Begin to work; without the database, which may go as soon as the seat is taken, give the seat back."""
        try:
            await self._recall()
        except (SQLAlchemyError, OSError):
            _log.exception("the database does not say where the last worker stopped; trying again")
            await seat.leave()
            return False
        _log.info("background work runs in this process")
        return True

    async def _recall(self) -> None:
        """Go on in the rhythm that the last worker left, so that a restart does not run a daily job again."""
        async with self._workplace.database.reading() as reader:
            known = {run.name: run for run in await job_runs(reader)}
        for turn in self._turns:
            if run := known.get(turn.job.name):
                turn.failures, turn.noted_at = run.failures, run.ran_at
                turn.due_at = run.ran_at + pause_after(run.failures, turn.job.every)

    async def _finish(self) -> None:
        """Let what runs come to its end, for some seconds; then break it off (its transaction is rolled back)."""
        running = [task for task in self._running.values() if not task.done()]
        self._running.clear()
        if running:
            _done, late = await asyncio.wait(running, timeout=SECONDS_TO_FINISH)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


class _Turn:
    """When a job is due, and how it fared so far."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.due_at = datetime.min.replace(tzinfo=UTC)
        self.failures = 0
        self.noted_at: datetime | None = None


async def run_job(workplace: Workplace, turn: _Turn) -> None:
    """Run a job once. Whatever it raises is logged and noted, and it gets its next turn later."""
    job, started_at = turn.job, workplace.clock()
    error: str | None = None
    with bound(job=job.name, run=token_hex(4)):
        try:
            await job.work(workplace, started_at)
        except Exception as trouble:
            error = where_it_broke(trouble)
            _log.exception("job %s failed", job.name)
    count_run(job.name, has_failed=error is not None)
    was_failing, turn.failures = turn.failures > 0, turn.failures + 1 if error else 0
    now = workplace.clock()
    turn.due_at = now + pause_after(turn.failures, job.every)
    if is_worth_noting(has_failed=error is not None, was_failing=was_failing, noted_at=turn.noted_at, now=now):
        await _note(workplace.database, turn, error, started_at)


async def _note(database: Database, turn: _Turn, error: str | None, ran_at: datetime) -> None:
    try:
        async with database.writing() as session:
            await note_run(session, name=turn.job.name, failures=turn.failures, error=error, now=ran_at)
        turn.noted_at = ran_at
    except Exception:
        _log.exception("job %s could not be noted", turn.job.name)


def where_it_broke(trouble: BaseException) -> str:
    """A kind of error with its place in our code; without its message, which may hold somebody's data.

    What was raised to be read (``JobTrouble``) is its message.
    """
    if isinstance(trouble, JobTrouble):
        return str(trouble)
    places = [
        frame for frame in traceback.extract_tb(trouble.__traceback__) if Path(frame.filename).is_relative_to(_OURS)
        and "site-packages" not in frame.filename
    ]
    if not places:
        return type(trouble).__name__
    return f"{type(trouble).__name__} in {Path(places[-1].filename).relative_to(_OURS)}:{places[-1].lineno}"


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
