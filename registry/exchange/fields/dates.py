"""Days, moments and lengths of time in the forms the sources use."""

import datetime as dt
import re
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

_DAY = re.compile(r"(\d{4})([/.-])(\d{1,2})\2(\d{1,2})")
_SURVEY_MOMENT = re.compile(r"(\S+)\s+(上午|下午)\s*(\d{1,2}):(\d{2})(?::(\d{2}))?")
_DURATION = re.compile(r"(\d{1,4})\s*(y|m|w|d|h)", re.IGNORECASE)
_UNITS: dict[str, "Unit"] = {"y": "year", "m": "month", "w": "week", "d": "day", "h": "hour"}

Unit = Literal["year", "month", "week", "day", "hour"]


class Duration(NamedTuple):
    """A length of time as said by a person: an amount of one unit, not converted."""

    amount: int
    unit: Unit


def read_day(text: str) -> dt.date:
    """Read ``2023/12/09``, ``2024/1/6``, ``2024-01-06`` or ``2024.1.6``.

    Raises:
        ValueError: another form, no such day, or a year outside 1970 to 2100.
    """
    found = _DAY.fullmatch(text.strip())
    if found is None:
        raise ValueError("a day is written year/month/day, such as 2024/1/6")
    day = dt.date(int(found[1]), int(found[3]), int(found[4]))
    if not 1970 <= day.year <= 2100:  # noqa: PLR2004
        raise ValueError("the year must lie between 1970 and 2100")
    return day


def read_moment(text: str, zone: ZoneInfo) -> dt.datetime:
    """Read an ISO 8601 moment or a survey's ``2023/2/11 上午 11:17:53``; the answer is in UTC.

    A moment that names no offset is taken in ``zone``.

    Raises:
        ValueError: neither form, or no such moment.
    """
    text = text.strip()
    if found := _SURVEY_MOMENT.fullmatch(text):
        hour = int(found[3]) % 12 + (12 if found[2] == "下午" else 0)
        clock = dt.time(hour, int(found[4]), int(found[5] or 0))
        moment = dt.datetime.combine(read_day(found[1]), clock)
    else:
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            raise ValueError("a moment is written like 2024-01-06T09:30:00+08:00") from None
    if not 1970 <= moment.year <= 2100:  # noqa: PLR2004
        raise ValueError("the year must lie between 1970 and 2100")
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(dt.UTC)


def read_duration(text: str) -> Duration:
    """Read ``5y``, ``6m`` (months), ``2w``, ``3d`` or ``1h``.

    Raises:
        ValueError: another form.
    """
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise ValueError("a length of time is a number and y, m, w, d or h, such as 6m for six months")
    return Duration(int(found[1]), _UNITS[found[2].lower()])
