"""Contributions: when they count, how time is written, and the weeks of a calendar."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

SAID = "said"
"""The source of what people say themselves; every other source is a part of the system or something around it."""
CHECK_IN = "check-in"
"""The source of having been at an event: the door's."""
FIRST_DAY = date(2000, 1, 1)
MINUTES_A_DAY = 24 * 60
_DECIMAL = re.compile(r"(\d{1,4})(?:[.,](\d{1,2}))?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)", re.ASCII)
_LEVELS = (1, 3, 6, 10)


class ContributionState(StrEnum):
    """Where a contribution stands with those who can confirm it."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


class NoSuchDuration(ValueError):
    """A text that says no length of time within a day."""


class Week(NamedTuple):
    """A week as ISO 8601 counts them, from Monday: the one with the year's first Thursday is its first.

    The last days of December may belong to the next year's first week, the first of January to the last year's last.
    """

    year: int
    number: int

    @property
    def monday(self) -> date:
        """Its first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)


def contribution_state(*, confirmed_at: datetime | None, declined_at: datetime | None) -> ContributionState:
    """Where a contribution stands."""
    if confirmed_at is not None:
        return ContributionState.CONFIRMED
    return ContributionState.WAITING if declined_at is None else ContributionState.DECLINED


def minutes_of(text: str) -> int | None:
    """Minutes from hours as people write them: ``1.5``, ``1,5``, ``1:30``; none from nothing.

    Raises:
        NoSuchDuration: it is no length of time, none at all, or more than a day.
    """
    written = unicodedata.normalize("NFKC", text).replace(" ", "")
    if not written:
        return None
    if found := _CLOCK.fullmatch(written):
        minutes = int(found[1]) * 60 + int(found[2])
    elif found := _DECIMAL.fullmatch(written):
        hundredths = (found[2] or "").ljust(2, "0")
        minutes = round((int(found[1]) * 100 + int(hundredths)) * 60 / 100)
    else:
        raise NoSuchDuration(text)
    if not 0 < minutes <= MINUTES_A_DAY:
        raise NoSuchDuration(text)
    return minutes


def hours_text(minutes: int | None) -> str:
    """Minutes as a form shows them, which `minutes_of` reads back."""
    return "" if minutes is None else f"{minutes // 60}:{minutes % 60:02}"


def who_confirms(*, keepers: Iterable[int], organisers: Iterable[int], person_id: int) -> list[int]:
    """Who is asked to confirm what a person says: those who keep the project, else organisers; never the person."""
    others = [one for one in dict.fromkeys(keepers) if one != person_id]
    return others or [one for one in dict.fromkeys(organisers) if one != person_id]


def week_of(day: date) -> Week:
    """The week that a day belongs to."""
    year, number, _weekday = day.isocalendar()
    return Week(year, number)


def weeks_in(year: int) -> int:
    """How many weeks a year has: the 28th of December is always in its last one."""
    return date(year, 12, 28).isocalendar().week


def counts_by_week(counts: Mapping[date, int]) -> dict[Week, int]:
    """How many contributions each week has that has any, from how many each day has; the first week first."""
    weeks: dict[Week, int] = {}
    for day in sorted(counts):
        weeks[week_of(day)] = weeks.get(week_of(day), 0) + counts[day]
    return weeks


def level_of(count: int) -> int:
    """How strong a week is drawn, 0 to 4. Fixed amounts: nobody's week depends on anybody else's."""
    return sum(count >= least for least in _LEVELS)


def period_fault(since: date, until: date, *, today: date) -> str | None:
    """What is wrong with a period: its name, ``since`` or ``until``; none when nothing is."""
    if not FIRST_DAY <= since <= today:
        return "since"
    return None if since <= until <= today else "until"


def overlaps(joined_on: date | None, left_on: date | None, *, since: date, until: date) -> bool:
    """Whether somebody had a part at any time of a period; a day that is not known may be any."""
    return (joined_on is None or joined_on <= until) and (left_on is None or left_on >= since)


def role_that_confirms(held: Collection[str]) -> str:
    """As what somebody confirms who may: the nearest to the project or event of the roles they hold."""
    return next(role for role in ("owner", "maintainer", "organiser", "administrator") if role in held)
