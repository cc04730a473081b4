from hypothesis import given
from hypothesis import strategies as st

from registry.handbook import ladder
from registry.projects.rules import LinkKind
from registry.stages.rules import RecordFacts, met_evidence, stage_from_record

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
    assert met_evidence(RecordFacts(languages=["zh-Hant", "ja"], has_code_licence=True)) == frozenset()


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


def test_every_fact_the_handbook_asks_for_can_be_found() -> None:
    everything = RecordFacts(
        link_kinds=list(LinkKind), languages=["zh-Hant", "en"], has_problem_written=True, has_code_licence=True,
        has_content_licence=True, need_count=1, people_count=3, pitch_count=1, demo_count=1, derived_count=1,
        has_published_case=True, evidence=["readme", "good_first_issue", "release", "licence_file"],
    )
    asked = {one.evidence for stage in STAGES for one in stage.checkpoint if one.said_by == "record"}

    assert asked <= met_evidence(everything)
