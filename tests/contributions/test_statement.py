"""A statement says what was chosen, and no change of what is stored goes unnoticed."""

import copy
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.contributions.statement import (
    MEMBERSHIP,
    StatedFact,
    StatedPart,
    StatedPlace,
    StatementContent,
    StatementState,
    chosen_places,
    fingerprint,
    kinds_in,
    new_code,
    statement_state,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _fact(kind: str, minutes: int | None = None) -> StatedFact:
    day = date(2026, 2, 3)
    return StatedFact(
        kind=kind, name={"en": kind, "zh-Hant": f"種類 {kind}"}, source="said", count=1, first_on=day, last_on=day,
        minutes=minutes, note="Drew icons", confirmed_on=day, confirmed_by=7, confirmed_as="owner",
    )


PLACES = [
    StatedPlace(
        "project/map", {"en": "Map"}, [StatedPart("owner", None, None)], [_fact("design", 90), _fact("doc", 30)]
    ),
    StatedPlace("event/first", {"en": "First"}, [], [_fact("attended")]),
]
CONTENT: dict[str, Any] = msgspec.to_builtins(StatementContent(
    code="abcd", issued_on=date(2026, 3, 1), community="g0v", name="Lin", since=date(2026, 1, 1),
    until=date(2026, 3, 1), languages=["en"], places=PLACES,
))


def _stands(content: dict[str, Any], *, code: str = "abcd", revoked_at: datetime | None = None) -> StatementState:
    return statement_state(content, code=code, content_hash=fingerprint(CONTENT), revoked_at=revoked_at)


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [leaf for key in value for leaf in _leaves(value[key], (*path, key))]
    if isinstance(value, list):
        return [leaf for number, part in enumerate(value) for leaf in _leaves(part, (*path, number))]
    return [path]


@pytest.mark.parametrize("path", _leaves(CONTENT), ids=lambda path: ".".join(map(str, path)))
def test_a_change_at_any_place_is_noticed(path: tuple[Any, ...]) -> None:
    changed = copy.deepcopy(CONTENT)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    value = holder[path[-1]]
    holder[path[-1]] = value + 1 if isinstance(value, int) else f"{value}."
    assert _stands(changed) is StatementState.CHANGED


def test_a_fact_left_out_or_added_is_noticed_and_another_order_of_keys_is_none() -> None:
    shorter, longer = copy.deepcopy(CONTENT), copy.deepcopy(CONTENT)
    shorter["places"].pop()
    longer["places"][0]["facts"].append(longer["places"][0]["facts"][0])
    assert (_stands(shorter), _stands(longer)) == (StatementState.CHANGED, StatementState.CHANGED)
    assert _stands(dict(reversed(CONTENT.items()))) is StatementState.VALID


def test_the_content_of_another_statement_does_not_stand_for_this_one() -> None:
    assert _stands(CONTENT, code="efgh") is StatementState.CHANGED


def test_revoked_and_emptied_ones_no_longer_stand() -> None:
    assert _stands(CONTENT) is StatementState.VALID
    assert _stands(CONTENT, revoked_at=NOW) is StatementState.REVOKED
    assert _stands({}) is StatementState.ERASED
    assert statement_state({}, code="abcd", content_hash="", revoked_at=NOW) is StatementState.ERASED


_KEYS = st.sets(st.sampled_from(["project/map", "event/first", "project/other"]))
_KINDS = st.sets(st.sampled_from([MEMBERSHIP, "design", "doc", "attended", "code"]))


@given(_KEYS, _KINDS)
def test_nothing_is_stated_that_was_not_chosen(keys: set[str], kinds: set[str]) -> None:
    stated = chosen_places(PLACES, keys=keys, kinds=kinds)
    assert {place.key for place in stated} <= keys
    assert set(kinds_in(stated)) <= kinds
    assert MEMBERSHIP in kinds or [part for place in stated for part in place.parts] == []
    assert [place for place in stated if not place.facts and not place.parts] == []
    chosen = {fact.kind for place in PLACES if place.key in keys for fact in place.facts if fact.kind in kinds}
    assert set(kinds_in(stated)) == chosen


def test_codes_are_long_and_never_the_same() -> None:
    codes = [new_code() for _ in range(200)]
    assert len(set(codes)) == 200
    assert {len(code.replace("-", "")) for code in codes} == {24}
    assert set("".join(codes)) & set("01ilo") == set()
