"""A project's commits and people over time, as charts and as files."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from registry.repositories.code_queries import QuarterSeen, WeekSeen
from registry.web.charts import Chart, Point, bars, line
from registry.web.i18n import format_day, format_month_briefly
from registry.web.i18n import gettext as _

WEEKS_DRAWN = 53
QUARTERS_DRAWN = 40
QUARTERS = 4
A_WEEK = timedelta(weeks=1)


def first_week(today: date) -> date:
    """The Monday with which the year of weeks begins that is drawn."""
    return today - timedelta(days=today.weekday()) - (WEEKS_DRAWN - 1) * A_WEEK


def weeks_chart(weeks: Sequence[WeekSeen], *, today: date) -> Chart | None:
    """Commits by week in the last year; none where there is none."""
    if not weeks:
        return None
    counts = {one.week: one.count for one in weeks}
    days = [first_week(today) + number * A_WEEK for number in range(WEEKS_DRAWN)]
    return bars([Point(format_day(day, "medium"), counts.get(day, 0), _label(day)) for day in days])


def quarters_chart(quarters: Sequence[QuarterSeen]) -> Chart | None:
    """People with commits by quarter, from the first to the last that has any, at most ten years; none without one."""
    if not quarters:
        return None
    counts = {one.year * QUARTERS + one.quarter - 1: one.count for one in quarters}
    numbers = range(max(min(counts), max(counts) - QUARTERS_DRAWN + 1), max(counts) + 1)
    labelled = [number for number in numbers if number % QUARTERS == 0] or [numbers[0]]
    return line([
        Point(_quarter(*divmod(number, QUARTERS)), counts.get(number, 0),
              str(number // QUARTERS) if number in labelled else "")
        for number in numbers
    ])


def sheet(head: tuple[str, str], rows: Iterable[tuple[str, int]]) -> str:
    """Amounts as a file: the names of its two columns, then a line for each amount. Names are nobody's words."""
    return "".join(f"{name},{amount}\r\n" for name, amount in (head, *rows))


def _label(day: date) -> str:
    """What the axis says of a week: each quarter's first one, by its month; the year's first one by the year."""
    begins = [one for one in (day + timedelta(days=number) for number in range(7)) if one.day == 1]
    if not begins or begins[0].month % 3 != 1:
        return ""
    return str(begins[0].year) if begins[0].month == 1 else format_month_briefly(begins[0])


def _quarter(year: int, quarter: int) -> str:
    return _("%(year)s, quarter %(quarter)s") % {"year": year, "quarter": quarter + 1}
