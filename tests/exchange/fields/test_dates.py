import contextlib
import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.exchange.fields.dates import Duration, read_day, read_duration, read_moment

TAIPEI = ZoneInfo("Asia/Taipei")


@pytest.mark.parametrize("written", ["2024/01/06", "2024/1/6", " 2024-1-06 ", "2024.1.6"])
def test_a_day_is_read_in_each_form_of_the_sources(written: str) -> None:
    assert read_day(written) == dt.date(2024, 1, 6)


@pytest.mark.parametrize(
    "written", ["", "2024/2/30", "1/6", "2024/1-6", "113/1/6", "tomorrow", "2024/1/6 9:00"]
)
def test_what_is_no_day_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_day(written)


@given(st.dates(dt.date(1970, 1, 1), dt.date(2100, 12, 31)), st.sampled_from("/-."))
def test_every_day_written_with_or_without_zeros_reads_back(day: dt.date, mark: str) -> None:
    assert read_day(mark.join(map(str, (day.year, day.month, day.day)))) == day
    assert read_day(day.strftime(f"%Y{mark}%m{mark}%d")) == day


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2023/2/11 上午 11:17:53", "2023-02-11T03:17:53+00:00"),
        ("2023/2/11 下午 12:05", "2023-02-11T04:05:00+00:00"),
        ("2023/2/11 上午 12:05", "2023-02-10T16:05:00+00:00"),
        ("2023/2/11 下午 1:05:00", "2023-02-11T05:05:00+00:00"),
        ("2025-03-29T02:00:00.000Z", "2025-03-29T02:00:00+00:00"),
        ("2025-03-29T10:00", "2025-03-29T02:00:00+00:00"),
    ],
)
def test_a_moment_is_read_into_utc(written: str, utc: str) -> None:
    assert read_moment(written, TAIPEI).isoformat() == utc


@pytest.mark.parametrize(
    "written", ["", "noon", "2023/2/11 上午 11:77", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"]
)
def test_what_is_no_moment_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_moment(written, TAIPEI)


@given(st.text(max_size=30))
def test_the_readers_answer_or_refuse_and_never_fall_over(text: str) -> None:
    for read in (read_day, read_duration, lambda written: read_moment(written, TAIPEI)):
        with contextlib.suppress(ValueError):
            read(text)


def test_a_length_of_time_keeps_the_unit_it_was_said_in() -> None:
    written = ["5y", "18m", "1h", " 2W ", "3 d"]
    assert [read_duration(text) for text in written] == [
        Duration(5, "year"),
        Duration(18, "month"),
        Duration(1, "hour"),
        Duration(2, "week"),
        Duration(3, "day"),
    ]


@pytest.mark.parametrize("written", ["", "5", "y", "5 years", "-1y", "1.5y"])
def test_what_is_no_length_of_time_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="length of time"):
        read_duration(written)
