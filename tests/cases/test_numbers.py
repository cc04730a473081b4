"""Which numbers a text states, and that none without a source escapes."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from registry.cases.content import CaseContent, NumberSaid, Picture
from registry.cases.faults import FaultKind, faults_of
from registry.cases.numbers import numbers_in, value_of, without_source
from registry.cases.rules import CaseState, may_move

AMOUNTS = some.integers(min_value=1, max_value=10**9).filter(lambda number: not 1900 <= number <= 2099)
FULL_WIDTH = str.maketrans("0123456789,", "０１２３４５６７８９，")
SENTENCES = [
    "{} 人參加", "共有{}筆資料，仍在增加", "about {} people came", "It grew by **{}** last year.", "- {}\n- 其他",
]


def values(text: str) -> list[Decimal]:
    return [number.value for number in numbers_in(text)]


@given(AMOUNTS, some.sampled_from(SENTENCES))
def test_a_number_is_found_however_it_is_written(amount: int, sentence: str) -> None:
    grouped = f"{amount:,}"
    for written in (str(amount), grouped, str(amount).translate(FULL_WIDTH), grouped.translate(FULL_WIDTH)):
        assert values(sentence.format(written)) == [amount]
        assert value_of(written) == amount


@given(
    some.integers(min_value=1, max_value=99_999), some.sampled_from([("萬", 10**4), ("億", 10**8), ("多萬", 10**4)])
)
def test_a_number_with_a_chinese_unit_is_as_much_as_it_says(tenths: int, unit: tuple[str, int]) -> None:
    word, times = unit
    whole, part = divmod(tenths, 10)
    assert values(f"約 {whole}.{part} {word}人") == [Decimal(tenths) * times / 10]


@given(some.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)))
def test_a_date_is_no_quantity(day: date) -> None:
    for written in (
        day.isoformat(), f"{day.year}/{day.month}/{day.day}", f"{day.year} 年 {day.month} 月 {day.day} 日",
        f"{day.month}月{day.day}日", f"{day.day} {day:%B} {day.year}", f"{day:%B} {day.day}, {day.year}",
        f"in {day.year}.", f"{day.year}年", f"the {day.year}s",
    ):
        assert values(f"從 {written} 開始 and on") == []


@given(some.text(max_size=80))
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    assert all(number.written for number in numbers_in(text))


@pytest.mark.parametrize(("text", "found"), [
    ("第 35 次大松, hackathon 8, the 8th, v2.0, CC BY-SA 4.0, g0v, hackath8n, 0archive, 3D", []),
    ("`12` [see](https://example.org/34) <https://example.org/56> ![](https://example.org/7.png) https://a.tw/8", []),
    ("[12 people](https://example.org/34)", ["12"]),
    ("1. first\n2. second", []),
    ("24 小時內，9,379 人", ["24", "9,379"]),
    ("50% of 2.5 million, 5km", ["50", "2.5 million", "5"]),
    ("2016 人 in 2016", ["2016"]),
])
def test_names_and_ordinals_are_no_quantities_and_words_of_links_are(text: str, found: list[str]) -> None:
    assert [number.written for number in numbers_in(text)] == found


def test_a_number_has_its_source_however_the_text_writes_it() -> None:
    text = "近 31 萬格 and nearly 310,000 cells, then 42 and 42 again"
    assert [one.written for one in without_source(text, ["310,000"])] == ["42"]


def test_what_lacks_its_source_holds_a_case_up_and_what_is_only_missing_does_not() -> None:
    said = NumberSaid(what={"en": "cells"}, value="310,000", as_of=date(2014, 4, 20), source="https://example.org")
    whole = CaseContent(
        title={"en": "Cells"}, summary={"en": "310,000 cells."}, numbers=[said],
        sections={"effect": {"en": "31 萬", "zh-Hant": "31 萬格 ![](https://example.org/a.png)"}},
        pictures=[Picture(
            url="https://example.org/a.png", section="effect", caption={"en": "A"}, credit="Lin", licence="CC0",
        )],
    )
    languages = ("zh-Hant", "en")
    assert {fault.kind for fault in faults_of(whole, languages) if fault.holds_up} == set()
    assert {FaultKind.NOT_WRITTEN, FaultKind.AXIS_OPEN} == {fault.kind for fault in faults_of(whole, languages)}
    broken = CaseContent(
        sections={"effect": {"en": "We saw 9 people. ![](https://example.org/b.png)"}},
        numbers=[NumberSaid(what={"en": "people"}, value="9", source="https://example.org")],
    )
    assert {(fault.kind, fault.part) for fault in faults_of(broken, languages) if fault.holds_up} == {
        (FaultKind.UNTITLED, "names"), (FaultKind.NUMBER_INCOMPLETE, "numbers"),
        (FaultKind.NUMBER_WITHOUT_SOURCE, "effect"), (FaultKind.PICTURE_WITHOUT_CREDIT, "effect"),
    }


def test_nothing_is_published_that_was_not_sent_for_review() -> None:
    moves = [(one, other) for one in CaseState for other in CaseState if may_move(one, other)]
    assert moves == [
        (CaseState.DRAFT, CaseState.IN_REVIEW), (CaseState.IN_REVIEW, CaseState.DRAFT),
        (CaseState.IN_REVIEW, CaseState.PUBLISHED), (CaseState.PUBLISHED, CaseState.DRAFT),
    ]
