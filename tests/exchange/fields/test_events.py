import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.events.rules import EventKind
from registry.exchange.fields.events import EventName, comparable_event_name, read_event_name
from registry.exchange.fields.text import clean_line


@pytest.mark.parametrize(
    ("name", "read"),
    [
        (
            "g0v hackath1n | 台灣零時政府第壹次試辦黑客松 - 台中場",
            EventName(
                {"en": "g0v hackath1n", "zh-Hant": "台灣零時政府第壹次試辦黑客松"}, 1, EventKind.LARGE, False, "台中場"
            ),
        ),
        (
            "[取消] g0v 第貳次基礎建設松",
            EventName({"zh-Hant": "g0v 第貳次基礎建設松"}, None, EventKind.INFRASTRUCTURE, True, ""),
        ),
        ("2/22 辭典松", EventName({"zh-Hant": "2/22 辭典松"}, None, EventKind.SMALL, False, "")),
        ("防衛松前講座", EventName({"zh-Hant": "防衛松前講座"}, None, EventKind.OTHER, False, "")),
        ("Far hackath0n | Hello", EventName({"en": "Far hackath0n | Hello"}, None, EventKind.SMALL, False, "")),
        ("Year-End Banquet", EventName({"en": "Year-End Banquet"}, None, EventKind.OTHER, False, "")),
        (" \x08", EventName({}, None, EventKind.OTHER, False, "")),
    ],
)
def test_a_name_tells_number_kind_place_and_languages(name: str, read: EventName) -> None:
    assert read_event_name(name) == read


def test_dates_around_a_name_do_not_count_in_comparing() -> None:
    names = ["辭典松", "2/22 辭典松", "20140222 辭典松", "辭典松 - 2/22", "辭典松 2/22"]
    assert {comparable_event_name(name) for name in names} == {"辭典松"}


@given(st.text(max_size=60))
def test_any_name_is_read_into_clean_texts_by_language(name: str) -> None:
    read = read_event_name(name)
    assert all(text == clean_line(text) != "" for text in read.texts.values())
    assert read.texts.keys() <= {"en", "zh-Hant"}
