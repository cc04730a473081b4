"""When a job runs again, and which of its runs are written down."""

from datetime import datetime, timedelta

NOTED_AGAIN_AFTER = timedelta(minutes=10)
SILENT_AFTER = timedelta(minutes=30)
LONGEST_PAUSE = timedelta(hours=1)
FAILURES_THAT_WORRY = 5


def pause_after(failures: int, every: timedelta) -> timedelta:
    """How long a job rests: its own rhythm, doubled with each failure in a row, up to an hour (or its rhythm)."""
    return max(every, min(every * float(2 ** min(failures, 20)), LONGEST_PAUSE))


def is_worth_noting(*, has_failed: bool, was_failing: bool, noted_at: datetime | None, now: datetime) -> bool:
    """Whether a run is written to the database.

    Not each: every write makes the pages in memory invalid, and a job that looks into the outbox every other second
    would leave none there. A failure and the first success after one are noted, and else a sign of life now and then.
    """
    return has_failed or was_failing or noted_at is None or now - noted_at >= NOTED_AGAIN_AFTER


def is_silent(last_sign: datetime, now: datetime) -> bool:
    """Whether nothing has been heard of a worker for so long that it must have stopped."""
    return now - last_sign > SILENT_AFTER
