"""When repositories are looked at, and what they show."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.repositories.rules import (
    TURNS_A_DAY,
    TURNS_A_WEEK,
    TURNS_AN_HOUR,
    Evidence,
    RepositoryState,
    evidence_in,
    is_bot,
    is_turn_of,
    turns_between,
)
from registry.stages.rules import FOUND_IN_REPOSITORY

NOW = datetime(2024, 5, 2, tzinfo=UTC)


@pytest.mark.parametrize(("state", "days", "turns"), [
    (RepositoryState.PRESENT, 1, TURNS_AN_HOUR), (RepositoryState.PRESENT, 200, TURNS_A_DAY),
    (RepositoryState.PRESENT, 900, TURNS_A_WEEK), (RepositoryState.GONE, 1, TURNS_A_WEEK),
])
def test_what_is_active_is_looked_at_more_often(state: RepositoryState, days: int, turns: int) -> None:
    assert turns_between(state, pushed_at=NOW - timedelta(days=days), now=NOW) == turns
    assert turns_between(state, pushed_at=None, now=NOW) == TURNS_A_WEEK


@given(st.integers(1, 10**9), st.integers(0, 10**7), st.sampled_from([TURNS_AN_HOUR, TURNS_A_DAY, TURNS_A_WEEK]))
def test_each_repository_has_one_turn_in_its_time(repository_id: int, start: int, between: int) -> None:
    whole = range(start, start + between)
    assert is_turn_of(repository_id, turns=whole, between=between)
    first = next(one for one in whole if is_turn_of(repository_id, turns=range(one, one + 1), between=between))
    assert not is_turn_of(repository_id, turns=range(first + 1, first + between), between=between)


def test_programs_are_told_from_people() -> None:
    assert [is_bot(login, kind, bots=["Web-Flow"]) for login, kind in [
        ("ada", "User"), ("x", "Bot"), ("renovate[bot]", "User"), ("web-flow", "User"), ("robot", "Organization"),
    ]] == [False, True, True, True, False]


@pytest.mark.parametrize(("names", "readme", "found"), [
    (["README.md"], "# Map", set()), (["README.md"], "## Contributing", {Evidence.README}),
    (["readme.md"], "歡迎一起跳坑", {Evidence.README}), (["README", "CONTRIBUTING.md"], "", {Evidence.README}),
    (["CONTRIBUTING.md"], "", set()), (["LICENSE"], "", {Evidence.LICENCE_FILE}),
    (["LICENCE-CODE", "README.md"], "", {Evidence.LICENCE_FILE}), (["license_test.py"], "", set()),
])
def test_evidence_is_seen_in_what_lies_at_the_top(names: list[str], readme: str, found: set[Evidence]) -> None:
    assert evidence_in(names, readme=readme, has_release=False, has_first_issue=False) == found


def test_all_evidence_is_known_to_the_ladder() -> None:
    assert frozenset(Evidence) == FOUND_IN_REPOSITORY
