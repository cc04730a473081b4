from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.handbook import ladder
from registry.projects.rules import LinkKind, Standing
from registry.stages.rules import (
    KNOWN_FACTS,
    RecordFacts,
    is_to_be_asked,
    met_evidence,
    stage_from_record,
    unmet_on_the_way,
)

STAGES = ladder().stage


def test_a_record_without_facts_meets_nothing_and_stands_on_the_first_stage() -> None:
    assert met_evidence(RecordFacts()) == frozenset()
    assert stage_from_record(RecordFacts(), STAGES) == STAGES[0].key


def test_every_fact_is_met_by_what_the_handbook_says_it_means() -> None:
    facts = RecordFacts(
        link_kinds=[LinkKind.NOTE, LinkKind.NOTE, LinkKind.CHAT], languages=["zh-Hant", "en"],
        has_problem_written=True, has_code_licence=True, has_content_licence=True, need_count=1, people_count=2,
        pitch_count=1, demo_count=1, derived_count=1, has_published_case=True, evidence=["readme"],
    )

    assert met_evidence(facts) == {
        "link:note", "link:chat", "names_in_two_languages", "problem_written", "licence_stated", "needs_listed",
        "two_people", "pitched", "demoed", "derived_projects", "case_published", "readme",
    }


def test_a_core_team_begins_with_three_people() -> None:
    assert met_evidence(RecordFacts(people_count=3)) == {"two_people", "core_team"}


def test_one_language_or_one_licence_is_half_a_fact() -> None:
    assert met_evidence(RecordFacts(languages=["ja", "ja"], has_code_licence=True)) == frozenset()


def test_the_highest_stage_that_fits_wins() -> None:
    pitched = RecordFacts(pitch_count=1)
    with_repository = RecordFacts(pitch_count=1, link_kinds=[LinkKind.REPOSITORY])
    with_site = RecordFacts(link_kinds=[LinkKind.SITE, LinkKind.CHAT])

    assert [stage_from_record(facts, STAGES) for facts in (pitched, with_repository, with_site)] == [
        "idea", "blueprint", "prototype",
    ]


@given(
    kinds=st.lists(st.sampled_from(LinkKind)), people=st.integers(0, 50), pitches=st.integers(0, 50),
    more=st.sampled_from(LinkKind),
)
def test_a_further_fact_never_lowers_a_project(
    kinds: list[LinkKind], people: int, pitches: int, more: LinkKind
) -> None:
    before = RecordFacts(link_kinds=kinds, people_count=people, pitch_count=pitches)
    after = RecordFacts(link_kinds=[*kinds, more], people_count=people + 1, pitch_count=pitches + 1)

    assert met_evidence(before) <= met_evidence(after)
    assert ladder().position(stage_from_record(before, STAGES)) <= ladder().position(stage_from_record(after, STAGES))


def test_only_facts_that_can_hold_are_known() -> None:
    assert {one.evidence for stage in STAGES for one in stage.checkpoint if one.evidence} <= KNOWN_FACTS
    assert {fact for stage in STAGES for fact in stage.imported_when} <= KNOWN_FACTS


NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
QUIET_DAY = date(2024, 2, 29)
"""The last day on which something known makes a project quiet two years later."""


@pytest.mark.parametrize(("is_asked", "fields"), [
    (True, {}),
    (False, {"last_active_on": QUIET_DAY + timedelta(days=1)}),
    (False, {"last_active_on": None}),
    (False, {"standing": Standing.DORMANT}),
    (False, {"standing": Standing.RETIRED}),
    # An open question is not put twice, unless something happened in between.
    (False, {"asked_at": datetime(2025, 1, 1, tzinfo=UTC)}),
    (True, {"asked_at": datetime(2022, 1, 1, tzinfo=UTC), "last_active_on": date(2023, 1, 1)}),
    # An answer holds for a year.
    (False, {"asked_at": datetime(2025, 3, 2, tzinfo=UTC), "answered_at": datetime(2025, 3, 2, tzinfo=UTC)}),
    (True, {"asked_at": datetime(2025, 3, 1, tzinfo=UTC), "answered_at": datetime(2025, 3, 1, tzinfo=UTC)}),
])
def test_who_is_asked_whether_they_are_alive(is_asked: bool, fields: dict[str, Any]) -> None:
    assert is_to_be_asked(**{
        "standing": Standing.ACTIVE, "last_active_on": QUIET_DAY, "asked_at": None, "answered_at": None, "now": NOW,
        "quiet_after": timedelta(days=730), **fields,
    }) is is_asked


LADDER = [("a", ["a1", "a2"]), ("b", ["b1"]), ("c", []), ("d", ["d1"])]


@pytest.mark.parametrize(("leaving", "to", "met", "unmet"), [
    ("a", "b", set(), ["a1", "a2"]), ("a", "b", {"a1"}, ["a2"]), ("a", "d", {"a2"}, ["a1", "b1"]),
    ("b", "d", set(), ["b1"]), ("d", "a", set(), []), ("b", "a", set(), []), ("gone", "b", set(), ["a1", "a2"]),
])
def test_a_move_forward_leaves_what_is_unmet_of_the_stages_behind_it(
    leaving: str, to: str, met: set[str], unmet: list[str]
) -> None:
    assert unmet_on_the_way(LADDER, leaving=leaving, to=to, met=met) == unmet


@given(st.sampled_from("abcd"), st.sampled_from("abcd"), st.sampled_from("abcd"), st.sets(st.sampled_from(
    ["a1", "a2", "b1", "d1"])))
def test_two_steps_forward_leave_what_one_long_step_leaves(one: str, two: str, three: str, met: set[str]) -> None:
    start, middle, end = sorted((one, two, three))
    parts = [unmet_on_the_way(LADDER, leaving=a, to=b, met=met) for a, b in ((start, middle), (middle, end))]
    assert [*parts[0], *parts[1]] == unmet_on_the_way(LADDER, leaving=start, to=end, met=met)
