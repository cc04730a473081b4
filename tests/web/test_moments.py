"""Times as a reader reads them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.paths import TEMPLATES
from registry.web.i18n import speak
from registry.web.moments import time_span

MORNING = datetime(2026, 7, 25, 1, tzinfo=UTC)


def _shown(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u2009", " ")


@pytest.mark.parametrize(
    ("ends_after", "is_all_day", "timezone", "shown"),
    [
        (timedelta(hours=9), False, "Asia/Taipei",
         "Saturday, July 25, 2026, 9:00 AM – 6:00 PM (Taiwan Standard Time, GMT+08:00)"),
        (timedelta(hours=9), False, "Europe/Berlin",
         "Saturday, July 25, 2026, 3:00 AM – 12:00 PM (Central European Summer Time, GMT+02:00)"),
        (timedelta(hours=15), True, "Asia/Taipei", "Saturday, July 25, 2026 (Taiwan Standard Time)"),
        (timedelta(0), True, "Asia/Taipei", "Saturday, July 25, 2026 (Taiwan Standard Time)"),
        (timedelta(hours=39), True, "Asia/Taipei", "Jul 25 – 26, 2026 (Taiwan Standard Time)"),
    ],
)
def test_a_time_is_shown_with_its_zone(ends_after: timedelta, is_all_day: bool, timezone: str, shown: str) -> None:
    speak("en")

    assert _shown(time_span(MORNING, MORNING + ends_after, timezone, is_all_day=is_all_day)) == shown


def test_a_language_without_halves_of_the_day_gets_none() -> None:
    speak("de")

    assert _shown(time_span(MORNING, MORNING + timedelta(hours=9), "Asia/Taipei", is_all_day=False)) == (
        "Samstag, 25. Juli 2026, 09:00–18:00 Uhr (Taipeh-Normalzeit, GMT+08:00)"
    )
    speak("en")


def test_hours_over_midnight_name_both_days_and_the_offset() -> None:
    speak("en")

    assert _shown(time_span(MORNING, MORNING + timedelta(hours=20), "Asia/Taipei", is_all_day=False)) == (
        "July 25, 2026, 9:00 AM to July 26, 2026, 5:00 AM (Taiwan Standard Time, GMT+08:00)"
    )


@pytest.mark.parametrize(("hours", "shown"), [(2, "上午9:00至上午11:00"), (9, "上午9:00至下午6:00"), (0, "上午9:00")])
def test_hours_in_chinese(hours: int, shown: str) -> None:
    speak("zh-Hant")
    try:
        written = time_span(MORNING, MORNING + timedelta(hours=hours), "Asia/Taipei", is_all_day=False)
    finally:
        speak("en")

    assert written == f"2026年7月25日 星期六 {shown}（台北標準時間，GMT+08:00）"


@given(
    starts_at=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    lasts=st.timedeltas(timedelta(0), timedelta(days=400)),
    timezone=st.sampled_from(["Asia/Taipei", "America/New_York", "UTC", "Asia/Kathmandu"]),
    is_all_day=st.booleans(), language=st.sampled_from(["en", "zh-Hant"]),
)
def test_every_span_can_be_written(
    starts_at: datetime, lasts: timedelta, timezone: str, is_all_day: bool, language: str
) -> None:
    speak(language)
    try:
        written = time_span(starts_at, starts_at + lasts, timezone, is_all_day=is_all_day)
    finally:
        speak("en")

    assert written.endswith((")", "）"))


def test_a_day_is_the_communitys_but_for_cases_whose_citations_count_in_utc() -> None:
    in_utc = {path.parent.name for path in TEMPLATES.rglob("*.html") if ".date()" in path.read_text("utf-8")}
    assert in_utc == {"cases"}
