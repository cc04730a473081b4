"""When repositories are looked at, and what they show."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.repositories.rules import (
    CLOCKS_DIFFER,
    TURNS_A_DAY,
    TURNS_A_WEEK,
    TURNS_AN_HOUR,
    Evidence,
    RepositoryStanding,
    RepositoryState,
    after_telling,
    evidence_in,
    is_bot,
    is_overtaken,
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


MINUTE = timedelta(minutes=1)
STATES = (RepositoryState.PRESENT, RepositoryState.CLOSED, RepositoryState.GONE)


def _stands(minutes: int | None, *, name: str = "g0v/map", state: RepositoryState = RepositoryState.PRESENT,
            is_archived: bool = False) -> RepositoryStanding:
    told_at = None if minutes is None else NOW + minutes * MINUTE
    return RepositoryStanding(full_name=name, is_archived=is_archived, state=state, told_at=told_at)


def test_in_500_orders_with_repeats_and_gaps_the_last_thing_told_stands() -> None:
    chance = random.Random(7)  # noqa: S311 — the same orders each time
    for _order in range(500):
        told = [
            _stands(minute, name=f"g0v/name-{minute}", state=chance.choice(STATES), is_archived=chance.random() < 0.5)
            for minute in range(6)
        ]
        heard = [*chance.choices(told, k=8), told[-1]]
        chance.shuffle(heard)
        known = _stands(None)
        for one in heard:
            before = known.told_at
            known = after_telling(known, one, now=NOW + 9 * MINUTE)
            assert before is None or (known.told_at is not None and known.told_at >= before)
        assert known == told[-1]


def test_what_has_no_moment_or_one_to_come_changes_nothing_and_what_is_gone_or_blocked_stays_so() -> None:
    known = _stands(0)
    for told in (_stands(None, name="a/b"), _stands(1 + CLOCKS_DIFFER // MINUTE, name="a/b"), _stands(-1, name="a/b")):
        assert after_telling(known, told, now=NOW) == known
    gone = after_telling(known, _stands(0, state=RepositoryState.GONE), now=NOW)
    assert [after_telling(gone, _stands(minutes), now=NOW).state for minutes in (0, 1)] == ["gone", "present"]
    blocked = _stands(0, state=RepositoryState.BLOCKED)
    assert after_telling(blocked, _stands(1, name="a/b"), now=NOW) == _stands(
        1, name="a/b", state=RepositoryState.BLOCKED
    )


@pytest.mark.parametrize(("read", "told", "heard", "is_so"), [
    (0, 1, 5, True), (0, 1, 59, True), (0, 1, 60, False), (1, 1, 5, False), (2, 1, 5, False), (None, 1, 5, False),
    (0, None, 5, False),
])
def test_a_forge_that_lags_behind_itself_is_not_believed_for_an_hour(
    read: int | None, told: int | None, heard: int, is_so: bool
) -> None:
    moments = [None if minutes is None else NOW + minutes * MINUTE for minutes in (read, told)]
    assert is_overtaken(*moments, heard_at=(None, NOW - heard * MINUTE), now=NOW) is is_so


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
