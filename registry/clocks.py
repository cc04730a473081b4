"""Between the clocks of a place and instants, where clocks jump twice a year. Pure: no I/O."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


class NoSuchTime(ValueError):
    """The clocks jump over this time on that day (the beginning of summer time)."""


def local_instant(day: date, clock: time, timezone: str) -> datetime:
    """The instant (UTC) at which the clocks of a place show a time; the first one where they show it twice.

    Raises:
        NoSuchTime: they never show it on that day.
    """
    local = datetime.combine(day, clock, tzinfo=ZoneInfo(timezone))
    instant = local.astimezone(UTC)
    if instant.astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchTime(f"{timezone} has no {clock:%H:%M} on {day:%Y-%m-%d}")
    return instant


def moved_to_day(instant: datetime, *, from_day: date, to_day: date, timezone: str) -> datetime:
    """The same time of the clock as many days after ``to_day`` as it was after ``from_day``, whatever the clocks do.

    A time that the new day does not have becomes the next one that it has.
    """
    local = instant.astimezone(ZoneInfo(timezone))
    day = to_day + (local.date() - from_day)
    try:
        return local_instant(day, local.time(), timezone)
    except NoSuchTime:
        return local_instant(day, (local + timedelta(hours=1)).time(), timezone)
