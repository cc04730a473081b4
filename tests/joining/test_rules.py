"""What may follow on an offer, and how the hat sorts: by table, and whatever it is given."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.joining.rules import (
    MOST_OF_A_TOPIC,
    PROJECTS_GIVEN,
    Candidate,
    OfferState,
    Reason,
    ReasonKind,
    Side,
    TimeGiven,
    Wish,
    may_follow,
    moves_of,
    reasons_for,
    sort_into_projects,
)
from registry.joining.wishes import keywords, near_needs, read_wish
from registry.web.typed import Typed

OPEN, ACCEPTED, THANKED = OfferState.OPEN, OfferState.ACCEPTED, OfferState.THANKED
DECLINED, WITHDRAWN = OfferState.DECLINED, OfferState.WITHDRAWN


def test_what_each_side_may_make_of_an_offer() -> None:
    assert {state: moves_of(state, side=Side.PROJECT) for state in OfferState} == {
        OPEN: [ACCEPTED, THANKED, DECLINED], ACCEPTED: [], THANKED: [ACCEPTED], DECLINED: [], WITHDRAWN: [],
    }
    assert {state: moves_of(state, side=Side.OFFERER) for state in OfferState} == {
        OPEN: [WITHDRAWN], ACCEPTED: [], THANKED: [WITHDRAWN], DECLINED: [], WITHDRAWN: [],
    }


def test_nobody_accepts_themselves_and_nobody_withdraws_for_another() -> None:
    assert may_follow(OPEN, ACCEPTED, side=Side.OFFERER) is False
    assert may_follow(OPEN, WITHDRAWN, side=Side.PROJECT) is False


def _given(wish: Wish, *candidates: Candidate) -> list[str]:
    return [match.slug for match in sort_into_projects(wish, candidates)]


DESIGN = Wish(needs=frozenset({"designer"}), near_needs=frozenset({"ui", "anyone"}))


@pytest.mark.parametrize(("wish", "candidate", "reasons"), [
    (DESIGN, Candidate(slug="a", needs=("data", "designer")), [Reason(ReasonKind.NEED, "designer")]),
    (DESIGN, Candidate(slug="a", needs=("ui", "designer")), [
        Reason(ReasonKind.NEED, "designer"), Reason(ReasonKind.NEAR_NEED, "ui"),
    ]),
    (Wish(topics=frozenset({"budget"}), words=("預算",)), Candidate(slug="a", topics=("budget",), words=("預算",)), [
        Reason(ReasonKind.TOPIC, "budget"), Reason(ReasonKind.WORD, "預算"),
    ]),
    (Wish(time=TimeGiven.EVENING), Candidate(slug="a", has_first_task=True, pitch_count=9), [
        Reason(ReasonKind.FIRST_TASK),
    ]),
    (Wish(time=TimeGiven.LONG), Candidate(slug="a", has_first_task=True, pitch_count=9), [
        Reason(ReasonKind.LASTING, "9"),
    ]),
    (Wish(languages=frozenset({"en"})), Candidate(slug="a", languages=frozenset({"en", "zh-Hant"})), [
        Reason(ReasonKind.LANGUAGE, "en"),
    ]),
    (DESIGN, Candidate(slug="a", needs=("legal",)), []),
])
def test_a_project_fits_for_these_reasons(wish: Wish, candidate: Candidate, reasons: list[Reason]) -> None:
    assert list(reasons_for(wish, candidate)) == reasons


def test_what_fits_everyone_is_no_reason_to_give_a_project_to_somebody_who_named_something() -> None:
    assert _given(DESIGN, Candidate(slug="a", was_at_last_event=True)) == []
    assert _given(Wish(time=TimeGiven.DAY), Candidate(slug="a", was_at_last_event=True)) == ["a"]


def test_a_project_that_rests_is_given_only_when_nothing_else_fits() -> None:
    resting = Candidate(slug="rests", needs=("designer",), is_resting=True)
    assert _given(DESIGN, resting) == ["rests"]
    assert _given(DESIGN, resting, Candidate(slug="near", needs=("ui",))) == ["near"]


def test_those_heard_of_last_come_first_among_equals() -> None:
    older, newer = (
        Candidate(slug=slug, needs=("designer",), last_active_on=day)
        for slug, day in (("a", date(2020, 1, 1)), ("b", date(2021, 1, 1)))
    )
    assert _given(DESIGN, older, newer) == ["b", "a"]


def test_not_all_are_of_one_topic_unless_it_was_asked_for() -> None:
    alike = [Candidate(slug=f"a{number}", needs=("designer", "ui"), topics=("maps",)) for number in range(5)]
    other = Candidate(slug="other", needs=("designer",), topics=("law",))
    assert _given(DESIGN, *alike, other) == ["a0", "a1", "a2", "other", "a3", "a4"]
    wish = Wish(needs=DESIGN.needs, topics=frozenset({"maps"}))
    assert _given(wish, *alike, other) == ["a0", "a1", "a2", "a3", "a4", "other"]


KEYS = ["designer", "ui", "data", "legal", "anyone"]
TOPICS = ["maps", "law", "money"]
_CANDIDATES = st.lists(
    st.builds(
        Candidate, slug=st.text("abcdef", min_size=1, max_size=4),
        needs=st.lists(st.sampled_from(KEYS), unique=True).map(tuple),
        topics=st.lists(st.sampled_from(TOPICS), unique=True).map(tuple),
        words=st.lists(st.sampled_from(["預算", "map"]), unique=True).map(tuple),
        languages=st.frozensets(st.sampled_from(["en", "zh-Hant"])), is_resting=st.booleans(),
        was_at_last_event=st.booleans(), has_first_task=st.booleans(), pitch_count=st.integers(0, 9),
        last_active_on=st.none() | st.dates(date(2012, 1, 1), date(2026, 1, 1)),
    ),
    unique_by=lambda one: one.slug, max_size=30,
)
_WISHES = st.builds(
    Wish, words=st.lists(st.sampled_from(["預算", "map"]), unique=True).map(tuple),
    needs=st.frozensets(st.sampled_from(KEYS[:3])), near_needs=st.frozensets(st.sampled_from(KEYS[3:])),
    topics=st.frozensets(st.sampled_from(TOPICS)), languages=st.frozensets(st.sampled_from(["en", "zh-Hant"])),
    time=st.none() | st.sampled_from(TimeGiven),
)


@given(_WISHES, _CANDIDATES, st.randoms())
def test_the_order_of_the_candidates_does_not_matter(wish: Wish, candidates: list[Candidate], random: object) -> None:
    before = sort_into_projects(wish, candidates)
    random.shuffle(candidates)  # type: ignore[attr-defined]
    assert sort_into_projects(wish, candidates) == before
    assert len(before) <= PROJECTS_GIVEN
    assert all(match.reasons for match in before)


@given(_WISHES, _CANDIDATES.filter(bool), st.data())
def test_looking_for_something_more_that_the_newcomer_offers_never_lowers_a_place(
    wish: Wish, candidates: list[Candidate], data: st.DataObject
) -> None:
    chosen = data.draw(st.sampled_from(candidates))
    if not wish.needs or set(chosen.needs) >= wish.needs:
        return
    added = data.draw(st.sampled_from(sorted(wish.needs - set(chosen.needs))))
    more = [
        Candidate(**{name: getattr(one, name) for name in one.__struct_fields__} | {"needs": (*one.needs, added)})
        if one is chosen else one for one in candidates
    ]

    def place(among: list[Candidate]) -> int:
        slugs = [match.slug for match in sort_into_projects(wish, among, most=len(among))]
        return slugs.index(chosen.slug) if chosen.slug in slugs else len(among)

    assert place(more) <= place(candidates)


@given(_WISHES, _CANDIDATES)
def test_what_is_given_first_holds_no_topic_too_often(wish: Wish, candidates: list[Candidate]) -> None:
    by_slug = {one.slug: one for one in candidates}
    first = [by_slug[match.slug] for match in sort_into_projects(wish, candidates)[:MOST_OF_A_TOPIC + 1]]
    everything = sort_into_projects(wish, candidates, most=len(candidates))
    for topic in set(TOPICS) - wish.topics:
        others = [match for match in everything if topic not in by_slug[match.slug].topics]
        if others and len(first) > MOST_OF_A_TOPIC and all(set(one.topics) == {topic} for one in first):
            pytest.fail(f"{topic} crowds out {others[0].slug}")


@pytest.mark.parametrize(("line", "words"), [
    ("地圖、老師，open data", ("地圖", "老師", "open data")), ("maps teacher maps", ("maps", "teacher")), (" ,、 ", ()),
    ("a,b,c,d,e,f", ("a", "b", "c", "d", "e")),
])
def test_keywords_are_cut_where_people_cut_them(line: str, words: tuple[str, ...]) -> None:
    assert keywords(line) == words


def test_words_are_understood_as_roles_and_lead_to_those_near() -> None:
    wish = read_wish(Typed.of(q="前端工程師、預算", need=["designer", "king"], language="both", time="never"))
    assert (list(wish.words), set(wish.needs)) == (["前端工程師", "預算"], {"front-end", "designer"})
    assert {"tech", "ui", "anyone"} <= wish.near_needs
    assert (set(wish.languages), wish.time) == ({"en", "zh-Hant"}, None)
    assert near_needs([]) == {"anyone"}
