"""A person's calendar as it is drawn: two rows of weeks for each year, and the weeks of one year in words."""

from collections import Counter
from datetime import date

import msgspec

from registry.contributions.queries import CalendarRow, EventDay
from registry.contributions.rules import Week, counts_by_week, level_of, week_of, weeks_in
from registry.contributions.words import part_at_event_name
from registry.events.words import task_name
from registry.handbook import contribution_name
from registry.web.i18n import plain

YEARS_DRAWN = 10
HALF = 27
"""Weeks in the first half of a drawn year: of 53, one more than in the second."""


class WeekCell(msgspec.Struct, frozen=True):
    """A week as it is drawn: how many contributions it holds, and how strong that is (0 to 4)."""

    monday: date
    count: int
    level: int


class WeekWords(msgspec.Struct, frozen=True):
    """A week in which something was done, and what."""

    monday: date
    sunday: date
    count: int
    kinds: list[tuple[str, int]]


class YearRow(msgspec.Struct, frozen=True):
    """A year with all its weeks in two halves, and how many contributions they hold."""

    year: int
    count: int
    halves: list[list[WeekCell]]


class Calendar(msgspec.Struct, frozen=True):
    """Years, the last first; the weeks of the chosen one in which something was done; and events, each with as what."""

    years: list[YearRow]
    chosen: int
    weeks: list[WeekWords]
    events: list[tuple[EventDay, str]]


def read_calendar(shown: CalendarRow, *, year: int | None) -> Calendar | None:
    """The calendar of what is shown, with ``year`` (else the last one) in words; none when there is nothing."""
    kinds: dict[Week, Counter[str]] = {}
    for one in shown.days:
        kinds.setdefault(week_of(one.day), Counter())[plain(contribution_name(one.kind))] += one.count
    if not kinds and not shown.events:
        return None
    counts = counts_by_week(_by_day(shown))
    years = sorted({week.year for week in counts}, reverse=True)[:YEARS_DRAWN]
    chosen = year if year in years else max(years, default=0)
    return Calendar(
        years=[_year_row(one, counts) for one in years], chosen=chosen,
        weeks=[
            WeekWords(week.monday, week.sunday, count, sorted(kinds[week].items()))
            for week, count in counts.items() if week.year == chosen
        ],
        events=[(day, _part(day)) for day in shown.events],
    )


def _by_day(shown: CalendarRow) -> Counter[date]:
    days: Counter[date] = Counter()
    for one in shown.days:
        days[one.day] += one.count
    return days


def _year_row(year: int, counts: dict[Week, int]) -> YearRow:
    weeks = [Week(year, number) for number in range(1, weeks_in(year) + 1)]
    cells = [WeekCell(week.monday, counts.get(week, 0), level_of(counts.get(week, 0))) for week in weeks]
    return YearRow(year, sum(cell.count for cell in cells), [cells[:HALF], cells[HALF:]])


def _part(day: EventDay) -> str:
    name = part_at_event_name(day.part)
    return f"{name} ({task_name(day.task)})" if day.task else name
