"""Words of two scripts, when owners are asked, the year after an event, and titles that name pitches."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.projects.rules import normalise_name
from registry.results.people import GuestRow, PeopleCounts, count_people
from registry.results.rules import (
    Fact,
    FactKind,
    Sureness,
    count_words,
    months_after,
    reminder_due,
    spans_after,
    what_became,
)
from registry.results.videos import ListedVideo, PitchTitles, match_videos, read_videos

ENDED = datetime(2026, 7, 25, 10, tzinfo=UTC)
HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=30)
LATIN = st.lists(st.text("abcdefgxyzé0189", min_size=1, max_size=8), max_size=20)


@pytest.mark.parametrize(("text", "count"), [
    ("", 0), ("  \n ", 0), ("我們畫了水井地圖。", 8), ("We drew a map of wells.", 6), ("用 Python 寫了 3 個 API", 7),
    ("don't re-use it", 3), ("，。！？「」…—", 0), ("水井map地圖", 5), ("g0v.tw", 1),
    ("ㄅㄆㄇ かな", 5), ("end. Next", 2), ("𠀋字", 2),
    ("snake_case", 2), ("ＡＢＣ", 1),
])
def test_a_character_is_a_word_and_so_is_a_word_of_letters(text: str, count: int) -> None:
    assert count_words(text) == count


@given(HAN, LATIN)
def test_words_of_both_scripts_add_up_wherever_they_stand(han: str, latin: list[str]) -> None:
    assert count_words(han) == len(han)
    assert count_words(" ".join(latin)) == len(latin)
    assert count_words(han + " ".join(latin) + han) == 2 * len(han) + len(latin)


@pytest.mark.parametrize(("days", "sent", "due"), [
    (2.99, (), None), (3, (), 1), (3, (1,), None), (9.9, (1,), None), (10, (1,), 2), (10, (1, 2), None),
    (12, (), 2), (12, (2,), None), (29.9, (1,), 2), (30, (), None), (-1, (), None),
])
def test_owners_are_asked_once_after_three_days_and_once_after_ten(
    days: float, sent: tuple[int, ...], due: int | None
) -> None:
    assert reminder_due(ENDED, sent=sent, now=ENDED + timedelta(days=days)) == due


@given(st.lists(st.floats(0, 40), max_size=60))
def test_nobody_is_asked_more_than_twice_however_the_job_runs(days: list[float]) -> None:
    sent: list[int] = []
    for moment in sorted(days):
        if number := reminder_due(ENDED, sent=sent, now=ENDED + timedelta(days=moment)):
            sent.append(number)
    assert sent in ([], [1], [2], [1, 2])


@pytest.mark.parametrize(("day", "months", "expected"), [
    (date(2026, 7, 25), 3, date(2026, 10, 25)), (date(2026, 11, 30), 3, date(2027, 2, 28)),
    (date(2024, 2, 29), 12, date(2025, 2, 28)), (date(2023, 8, 31), 6, date(2024, 2, 29)),
    (date(2026, 9, 30), 3, date(2026, 12, 30)), (date(2025, 12, 31), 12, date(2026, 12, 31)),
])
def test_months_later_is_the_same_day_or_the_months_last(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected


@given(st.dates(date(2012, 1, 1), date(2030, 1, 1)), st.lists(st.integers(-30, 420), max_size=20))
def test_each_fact_of_the_year_stands_in_one_span_and_no_other_fact_does(last_day: date, offsets: list[int]) -> None:
    facts = [Fact(FactKind.UPDATED, last_day + timedelta(days=offset)) for offset in offsets]
    spans = what_became(facts, last_day=last_day, today=last_day)
    shown = [fact for span in spans for fact in span.facts]
    year = spans_after(last_day)[-1][2]
    assert sorted(shown) == sorted(fact for fact in facts if last_day < fact.on <= year)


def test_what_is_not_known_is_told_apart_from_what_is_still_to_come() -> None:
    facts = [Fact(FactKind.STAGE, date(2026, 11, 1), key="prototype"), Fact(FactKind.PITCHED, date(2026, 10, 25))]
    spans = what_became(facts, last_day=date(2026, 7, 25), today=date(2026, 11, 26))
    assert [(span.months, span.has_begun, span.is_over, [fact.kind for fact in span.facts]) for span in spans] == [
        (3, True, True, [FactKind.PITCHED]), (6, True, False, [FactKind.STAGE]), (12, False, False, []),
    ]


def test_who_came_is_counted_of_those_who_came_and_nothing_is_made_up() -> None:
    assert count_people([]) is None
    guests = [
        GuestRow(True, True, ["設計", "designer"]), GuestRow(True, False, ["engineer"]), GuestRow(True, None, ["cats"]),
        GuestRow(False, True, ["designer"]),
    ]
    counts = count_people(guests)
    assert counts is not None
    assert (counts.registered, counts.checked_in, counts.newcomers, counts.returning, counts.unknown) == (4, 3, 1, 1, 1)
    assert dict(counts.disciplines)["designer"] == 1
    assert count_people([GuestRow(False, None, [])]) == PeopleCounts(1, 0, 0, 0, 1, [])


LIST = """Title,Video URL
1. 水井地圖 | https://youtu.be/aaa
Rain radar https://youtu.be/bbb
https://youtu.be/ccc 開放預算
[Budget game](https://youtu.be/ddd)
g0v 第陸拾陸次 提案：空污
12:34
https://youtu.be/eee
"Wells, and more",https://youtu.be/fff
河川\thttps://youtu.be/ggg
Rain radar again https://youtu.be/bbb
https://youtu.be/hhh
nothing here
"""


def test_a_list_is_read_in_all_the_forms_in_which_people_have_it() -> None:
    assert [(video.title, video.url.rpartition("/")[2]) for video in read_videos(LIST)] == [
        ("水井地圖", "aaa"), ("Rain radar", "bbb"), ("開放預算", "ccc"), ("Budget game", "ddd"),
        ("g0v 第陸拾陸次 提案：空污", "eee"), ("Wells, and more", "fff"), ("河川", "ggg"), ("", "hhh"),
    ]


@given(st.text(max_size=400))
def test_no_text_breaks_the_reading_of_a_list(text: str) -> None:
    for video in read_videos(text + "\nhttps://youtu.be/a " + text):
        assert video.url.startswith(("http://", "https://"))


PITCHES = [
    PitchTitles("wells", ("水井地圖", "Maps of wells")), PitchTitles("rain", ("Rain radar",)),
    PitchTitles("air", ("空污",)), PitchTitles("twin-a", ("Open budget",)), PitchTitles("twin-b", ("Open Budget 2",)),
]


@pytest.mark.parametrize(("title", "slug", "sureness"), [
    ("水井地圖", "wells", Sureness.CERTAIN), ("maps of WELLS!", "wells", Sureness.CERTAIN),
    ("g0v hackath66n | 提案：空污 | Lin", "air", Sureness.CERTAIN), ("Rain raddar", "rain", Sureness.LIKELY),
    ("The story of maps of wells", "wells", Sureness.LIKELY), ("Open budget", "twin-a", Sureness.LIKELY),
    ("Closing words", "", Sureness.NONE), ("", "", Sureness.NONE),
])
def test_only_a_title_that_names_one_pitch_is_certain(title: str, slug: str, sureness: Sureness) -> None:
    matched = match_videos([ListedVideo(title, "https://youtu.be/a")], PITCHES)[0]
    assert (matched.slug, matched.sureness) == (slug, sureness)


@given(st.text(max_size=60))
def test_certain_is_never_said_of_a_title_without_a_name_in_it(title: str) -> None:
    matched = match_videos([ListedVideo(title, "https://youtu.be/a")], PITCHES)[0]
    names = [normalise_name(name) for pitch in PITCHES if pitch.slug == matched.slug for name in pitch.names]
    assert matched.sureness is not Sureness.CERTAIN or any(name in normalise_name(title) for name in names)
