"""Text is folded and cut so that any part of it finds it, in linear time, and hits are marked as they were written."""

import time
import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.activity.rules import Subject
from registry.search.rules import (
    MOST_PHRASES,
    MOST_TERMS,
    Phrase,
    excerpt,
    fold,
    highlight,
    index_terms,
    marker_of,
    nearest_word,
    query_terms,
    spaced_words,
    told_best,
    with_words_replaced,
)

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=30)
ANY_TEXT = st.text(st.characters(codec=None), max_size=200)


@pytest.mark.parametrize(("text", "terms"), [
    ("立法院", "立法 法院 院"),
    ("坑", "坑"),
    ("g0v黑客松", "g0v 黑客 客松 松"),
    ("開放政府，透明", "开放 放政 政府 府 透明 明"),
    ("Ｇ０Ｖ ＯＰＥＮ", "g0v open"),
    ("臺灣 台湾 台灣", "台湾 湾 台湾 湾 台湾 湾"),
    ("裏 裡 里", "里 里 里"),
    ("Café cafe\u0301 CAFÉ", "cafe cafe cafe"),
    ("snake_case vue-router C++", "snake case vue router c"),
    ("ガ ｶﾞ", "カ カ"),
    ("예산안", "예산 산안 안"),
    ("Бюджет Ёлка", "бюджет елка"),
    ("กรุงเทพ", "กร รุ ุง งเ เท ทพ พ"),
    ("ﬁn ㈱ ①", "fin 株 1"),
    ("，。！ \x00\ud800\U000e0001", ""),
])
def test_text_is_cut_into_terms(text: str, terms: str) -> None:
    assert index_terms(text) == terms


def test_a_query_is_cut_into_phrases_without_doubles() -> None:
    assert query_terms("預 預算 G0V 預算書 g0v") == [
        Phrase(("预",), is_prefix=True), Phrase(("预算",)), Phrase(("g0v",), is_word=True), Phrase(("预算", "算书")),
    ]


def test_a_query_has_a_largest_number_of_phrases() -> None:
    assert len(query_terms(" ".join(f"w{number}" for number in range(50)))) == MOST_PHRASES


def test_a_text_has_a_largest_number_of_terms() -> None:
    assert len(index_terms("預算" * MOST_TERMS).split()) == MOST_TERMS


def _finds(query: str, text: str) -> bool:
    """What both databases do with terms: phrases stand side by side, a prefix begins a term."""
    terms = index_terms(text).split()
    return all(
        any(
            terms[place].startswith(phrase.terms[0]) if phrase.is_prefix
            else tuple(terms[place : place + len(phrase.terms)]) == phrase.terms
            for place in range(len(terms))
        )
        for phrase in query_terms(query)
    )


@given(HAN, st.data())
def test_any_part_of_a_run_of_han_finds_it(run: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(run) - 1))
    end = data.draw(st.integers(start + 1, len(run)))
    assert _finds(run[start:end], f"前 {run}，後 hackathon")


@given(HAN, HAN)
def test_a_pair_across_two_runs_is_not_found(first: str, second: str) -> None:
    across = first[-1] + second[0]
    assert _finds(across, f"{first} {second}") == (fold(across) in fold(f"{first} {second}"))


@given(ANY_TEXT, ANY_TEXT)
def test_no_text_is_refused_and_highlighting_keeps_it(text: str, query: str) -> None:
    index_terms(text)
    query_terms(query)
    assert "".join(piece for piece, _ in highlight(text, query)) == text
    told = told_best({"en": text, "zh-Hant": query}, query, "zh-Hant")
    assert (told is None) == (not text and not query)
    assert len(excerpt(text, query, length=50)) <= len(highlight(text, query)) + 2


@given(ANY_TEXT, ANY_TEXT)
def test_a_part_of_a_text_folds_to_a_part_of_the_folded_text(first: str, second: str) -> None:
    assert fold(first + second) == fold(first) + fold(second)


@pytest.mark.parametrize(("text", "query", "hits"), [
    ("臺灣的預算", "台湾 预算", ["臺灣", "預算"]),
    ("Ｇ０Ｖ hackathons", "g0v hackathon", ["Ｇ０Ｖ", "hackathons"]),
    ("Cafe\u0301 café", "CAFE", ["Cafe\u0301", "café"]),
    ("ﬁnance", "fi", []),
    ("ﬁ nance", "fi", ["ﬁ"]),
    ("map mapping remap", "map", ["map", "mapping"]),
    ("ai said", "ai", ["ai"]),
    ("預算與決算", "算", ["算", "算"]),
    ("預算", "", []),
    ("<b>預算</b>", "預算 b", ["b", "預算", "b"]),
])
def test_hits_are_marked_as_they_were_written(text: str, query: str, hits: list[str]) -> None:
    assert [piece for piece, is_hit in highlight(text, query) if is_hit] == hits


def test_an_excerpt_begins_shortly_before_the_first_hit() -> None:
    assert excerpt("前" * 30 + "預算" + "後" * 30, "預算", length=8) == [
        ("…", False), ("前前", False), ("預算", True), ("後後後後", False), ("…", False),
    ]
    assert excerpt("短文", "預算", length=8) == [("短文", False)]


def test_the_readers_language_is_told_unless_only_another_holds_the_query() -> None:
    texts = {"zh-Hant": "看見預算", "en": "See the budget"}
    assert told_best(texts, "看見", "en") == ("zh-Hant", "看見預算")
    assert told_best(texts, "budget", "zh-Hant") == ("en", "See the budget")
    assert told_best(texts, "nothing", "en") == ("en", "See the budget")
    assert told_best({"en": ""}, "budget", "en") is None


@pytest.mark.parametrize(("typed", "meant"), [
    ("hackaton", "hackathon"), ("hakcathon", "hackathon"), ("hackathonn", "hackathon"), ("gov", "g0v"),
    ("jackathon", "hackathon"), ("budjet", "budget"), ("bud", None), ("zzz", None),
])
def test_the_nearest_word_is_one_or_two_slips_away(typed: str, meant: str | None) -> None:
    assert nearest_word(typed, ["hackathon", "g0v", "budget", "gadget"]) == meant


def test_only_the_mistyped_words_of_a_query_are_replaced() -> None:
    assert with_words_replaced("預算 Ｂudjet, 地圖", {"budjet": "budget"}) == "預算 budget, 地圖"


def test_pairs_and_numbers_are_no_words_to_mistype() -> None:
    assert spaced_words(f"{marker_of(Subject.TAG)} {index_terms('預算 AI map 2024 g0v Бюджет')}") == {
        "map", "g0v", "бюджет",
    }


@pytest.mark.parametrize("text", [
    pytest.param("預算" * 17_000, id="one run of Han"),
    pytest.param("".join(map(chr, range(0x4E00, 0xA000))), id="every Han character"),
    pytest.param("a" * 100_000, id="one word"),
    pytest.param("ab " * 33_000, id="short words"),
    pytest.param("e" + "\u0301\u0316" * 25_000, id="accents on one letter"),
    pytest.param("\ufdfa" * 33_000, id="ligatures of eighteen letters"),
    pytest.param("\u1100\u1161" * 16_000, id="loose Hangul"),
    pytest.param("\u0f71\u0f72" * 16_000, id="Tibetan vowel signs"),
])
def test_a_hundred_kilobytes_take_less_than_a_fifth_of_a_second(text: str) -> None:
    acts = (
        lambda: index_terms(text), lambda: query_terms(text), lambda: highlight(text, "預 ab a"),
        lambda: highlight("預算 ab", text), lambda: excerpt(text, "預"),
    )
    # The best of three: a collection of the whole test run's garbage may fall into any one of them.
    assert max(min(timeit.repeat(act, number=1, repeat=3, timer=time.thread_time)) for act in acts) < 0.2
