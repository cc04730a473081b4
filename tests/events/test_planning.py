"""The next event from the last one: its number, names and days."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.events.planning import formal_numeral, name_with_number, next_days, slug_with_number
from registry.exchange.fields.ordinals import read_chinese_number

DAYS = st.dates(min_value=date(2012, 1, 1), max_value=date(2040, 1, 1))


@given(st.integers(0, 999))
def test_a_formal_numeral_is_read_back_as_its_number(number: int) -> None:
    assert read_chinese_number(formal_numeral(number)) == number


@pytest.mark.parametrize(("number", "written"), [
    (0, "零"), (10, "拾"), (11, "拾壹"), (30, "參拾"), (75, "柒拾伍"), (100, "壹佰"), (105, "壹佰零伍"),
])
def test_numbers_are_written_as_the_community_writes_them(number: int, written: str) -> None:
    assert formal_numeral(number) == written


@pytest.mark.parametrize(("name", "last", "next_name"), [
    ({"zh-Hant": "台灣零時政府第陸拾陸次友愛青年黑客松"}, 66, {"zh-Hant": "台灣零時政府第陸拾柒次友愛青年黑客松"}),
    ({"en": "g0v Hackathon 66: Friendly Youth"}, 66, {"en": "g0v Hackathon 67"}),
    ({"zh-Hant": "第9次", "en": "Meeting of 2019"}, None, {"zh-Hant": "第陸拾柒次", "en": "Meeting of 2019"}),
])
def test_the_next_name_carries_the_next_number(
    name: dict[str, str], last: int | None, next_name: dict[str, str]
) -> None:
    assert name_with_number(name, last=last, number=67) == next_name


@pytest.mark.parametrize(("slug", "last", "next_slug"), [
    ("hackath66n", 66, "hackath67n"), ("hackath0n", 0, "hackath67n"), ("summer-camp", None, "summer-camp-67"),
])
def test_the_next_address_carries_the_next_number(slug: str, last: int | None, next_slug: str) -> None:
    assert slug_with_number(slug, last=last, number=67) == next_slug


@given(DAYS, DAYS)
def test_suggested_days_are_to_come_and_on_the_same_day_of_the_week(last: date, today: date) -> None:
    days = next_days(last, after=today)
    assert (2 <= len(days) <= 3, days == sorted(days)) == (True, True)
    assert {day.weekday() for day in days} == {last.weekday()}
    assert min(days) > today
    if today <= last:
        assert abs((days[-2] - last).days - 61) <= 6
