"""Times, weeks, periods, and who is asked."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.contributions.rules import (
    FIRST_DAY,
    NoSuchDuration,
    Week,
    counts_by_week,
    hours_text,
    level_of,
    minutes_of,
    overlaps,
    period_fault,
    role_that_confirms,
    week_of,
    weeks_in,
    who_confirms,
)

TODAY = date(2026, 3, 1)
days = st.dates(FIRST_DAY, date(2100, 12, 31))


@pytest.mark.parametrize(("written", "minutes"), [
    ("", None), ("  ", None), ("1", 60), ("1.5", 90), ("1,5", 90), ("0.25", 15), ("1:30", 90), ("0:05", 5),
    ("１．５", 90), ("１：３０", 90), ("24", 1440), ("24:00", 1440), (" 2 . 5 ", 150),
])
def test_hours_are_read_as_people_write_them(written: str, minutes: int | None) -> None:
    assert minutes_of(written) == minutes


@pytest.mark.parametrize("written", ["0", "0:00", "24:01", "25", "1:60", "-1", "1e3", "two", "1.234", "1:5", "9" * 400])
def test_what_is_no_time_of_a_day_is_refused(written: str) -> None:
    with pytest.raises(NoSuchDuration):
        minutes_of(written)


@given(st.integers(1, 24 * 60))
def test_the_form_shows_a_time_as_it_is_read_back(minutes: int) -> None:
    assert minutes_of(hours_text(minutes)) == minutes


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading_of_hours(written: str) -> None:
    try:
        read = minutes_of(written)
    except NoSuchDuration:
        return
    assert read is None or 0 < read <= 24 * 60


@pytest.mark.parametrize(("day", "week"), [
    (date(2025, 12, 28), Week(2025, 52)), (date(2025, 12, 29), Week(2026, 1)), (date(2026, 1, 4), Week(2026, 1)),
    (date(2026, 12, 31), Week(2026, 53)), (date(2027, 1, 3), Week(2026, 53)), (date(2027, 1, 4), Week(2027, 1)),
    (date(2024, 2, 29), Week(2024, 9)),
])
def test_weeks_over_the_turn_of_a_year_are_whole(day: date, week: Week) -> None:
    assert week_of(day) == week


@given(days)
def test_a_week_is_seven_days_that_all_belong_to_it(day: date) -> None:
    week = week_of(day)
    assert week.monday <= day <= week.sunday
    assert {week_of(week.monday + timedelta(days=after)) for after in range(7)} == {week}
    assert week_of(week.sunday + timedelta(days=1)) != week
    assert 1 <= week.number <= weeks_in(week.year) <= 53


@given(st.integers(2000, 2100))
def test_the_weeks_of_years_follow_each_other_without_a_gap(year: int) -> None:
    last, first = Week(year, weeks_in(year)), Week(year + 1, 1)
    assert first.monday - last.sunday == timedelta(days=1)


@given(st.dictionaries(days, st.integers(1, 50), max_size=60))
def test_no_contribution_is_lost_between_days_and_weeks(counts: dict[date, int]) -> None:
    weeks = counts_by_week(counts)
    assert sum(weeks.values()) == sum(counts.values())
    assert list(weeks) == sorted(weeks)
    assert set(weeks) == {week_of(day) for day in counts}


def test_levels_are_fixed_amounts() -> None:
    assert [level_of(count) for count in (0, 1, 2, 3, 5, 6, 9, 10, 10_000)] == [0, 1, 1, 2, 2, 3, 3, 4, 4]


@pytest.mark.parametrize(("since", "until", "fault"), [
    (date(2026, 1, 1), TODAY, None), (TODAY, TODAY, None), (date(2025, 12, 31), date(2026, 1, 1), None),
    (FIRST_DAY, TODAY, None), (FIRST_DAY - timedelta(days=1), TODAY, "since"),
    (TODAY + timedelta(days=1), TODAY, "since"),
    (TODAY, TODAY - timedelta(days=1), "until"), (TODAY, TODAY + timedelta(days=1), "until"),
])
def test_a_period_that_cannot_be_is_named(since: date, until: date, fault: str | None) -> None:
    assert period_fault(since, until, today=TODAY) == fault


@given(days, st.none() | days, st.none() | days, st.integers(0, 800))
def test_a_part_overlaps_a_period_when_they_share_a_day(
    since: date, joined_on: date | None, left_on: date | None, length: int
) -> None:
    until = since + timedelta(days=length)
    joined, left = joined_on or date.min, left_on or date.max
    shares_a_day = joined <= until and since <= left
    assert overlaps(joined_on, left_on, since=since, until=until) is shares_a_day


@pytest.mark.parametrize(("keepers", "organisers", "asked"), [
    ([1, 2], [9], [1, 2]), ([1, 5, 1], [9], [1]), ([5], [9, 5], [9]), ([], [9, 8], [9, 8]), ([5], [5], []),
])
def test_nobody_is_asked_about_themselves(keepers: list[int], organisers: list[int], asked: list[int]) -> None:
    assert who_confirms(keepers=keepers, organisers=organisers, person_id=5) == asked


@pytest.mark.parametrize(("held", "role"), [
    ({"member", "organiser", "owner"}, "owner"), ({"maintainer", "administrator"}, "maintainer"),
    ({"member", "organiser"}, "organiser"), ({"administrator", "member"}, "administrator"),
])
def test_one_confirms_as_what_is_nearest_to_the_project(held: set[str], role: str) -> None:
    assert role_that_confirms(held) == role
