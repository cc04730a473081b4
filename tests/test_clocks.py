"""Times of the clock at a place, on the days on which the clocks jump too."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.clocks import NoSuchTime, local_instant, moved_to_day

DAYS = st.dates(min_value=date(2012, 1, 1), max_value=date(2040, 1, 1))
ZONES = st.sampled_from(["Asia/Taipei", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])


@pytest.mark.parametrize(("day", "clock"), [(date(2026, 3, 29), time(2, 30)), (date(2027, 3, 28), time(2, 0))])
def test_a_time_over_which_the_clocks_jump_is_refused(day: date, clock: time) -> None:
    with pytest.raises(NoSuchTime):
        local_instant(day, clock, "Europe/Berlin")


def test_a_time_that_comes_twice_is_the_first_one() -> None:
    assert local_instant(date(2026, 10, 25), time(2, 30), "Europe/Berlin") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_an_agenda_keeps_its_hours_when_summer_time_begins_in_between() -> None:
    nine = datetime(2026, 1, 24, 8, 0, tzinfo=UTC)  # 09:00 in Berlin's winter
    moved = moved_to_day(nine, from_day=date(2026, 1, 24), to_day=date(2026, 4, 25), timezone="Europe/Berlin")
    assert moved == datetime(2026, 4, 25, 7, 0, tzinfo=UTC)


@given(DAYS, st.times(), DAYS, ZONES)
def test_moving_to_another_day_keeps_the_clock_or_the_hour_after_a_jump(
    day: date, clock: time, to_day: date, timezone: str
) -> None:
    instant = datetime.combine(day, clock, tzinfo=UTC)
    local = instant.astimezone(ZoneInfo(timezone))
    moved = moved_to_day(instant, from_day=local.date(), to_day=to_day, timezone=timezone)
    expected = datetime.combine(to_day, local.time())
    assert moved.astimezone(local.tzinfo).replace(tzinfo=None) in (expected, expected + timedelta(hours=1))
