"""When something takes place, as a reader reads it: never a clock time without its zone."""

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, dates

from registry.community import Community
from registry.community.current import community
from registry.web.i18n import babel_locale, current_language
from registry.web.i18n import gettext as _


def time_span(starts_at: datetime, ends_at: datetime, timezone: str, *, is_all_day: bool) -> str:
    """From when to when at the place itself, with the zone's name; days alone where the hours are not known."""
    return _time_span(starts_at, ends_at, timezone, is_all_day, current_language(), community())


@lru_cache(maxsize=2_000)
def _time_span(
    starts_at: datetime, ends_at: datetime, timezone: str, is_all_day: bool, language: str, _whose_words: Community
) -> str:
    zone, locale = ZoneInfo(timezone), babel_locale(language)
    starts, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
    # A day whose hours are not known ends at the next midnight.
    last = max(starts, ends - timedelta(seconds=1)) if is_all_day else ends
    zone_name = dates.get_timezone_name(starts, width="long", locale=locale)
    if starts.date() == last.date():
        days = dates.format_date(starts, "full", locale=locale)
    else:
        days = dates.format_interval(starts.date(), last.date(), "yMMMd", locale=locale)
    if is_all_day:
        return _("%(when)s (%(zone)s)") % {"when": days, "zone": zone_name}
    offset = dates.get_timezone_gmt(starts, locale=locale)
    if starts.date() == last.date():
        hours = _hours(starts, ends, locale)
        return _("%(day)s, %(hours)s (%(zone)s, %(offset)s)") % {
            "day": days, "hours": hours, "zone": zone_name, "offset": offset,
        }
    first, final = (
        f"{dates.format_date(moment, 'long', locale=locale)}, {dates.format_time(moment, 'short', locale=locale)}"
        for moment in (starts, ends)
    )
    return _("%(from)s to %(until)s (%(zone)s, %(offset)s)") % {
        "from": first, "until": final, "zone": zone_name, "offset": offset,
    }


def _hours(starts: datetime, ends: datetime, locale: Locale) -> str:
    clock = "hm" if "h" in locale.time_formats["short"].pattern else "Hm"
    patterns = locale.interval_formats[clock]
    if "B" in patterns and starts < ends and starts.hour // 12 == ends.hour // 12:
        # Chinese patterns tell parts of the day within a half, which Babel cannot compare: it raises.
        first, last = patterns["a"]
        return dates.format_time(starts, first, locale=locale) + dates.format_time(ends, last, locale=locale)
    return dates.format_interval(starts, ends, clock, locale=locale)
