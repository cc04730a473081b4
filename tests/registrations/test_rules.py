"""When one can register, who gets a place, and what the door calls a guest."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.registrations.rules import (
    Registering,
    RegistrationState,
    can_change,
    free_places,
    guest_id,
    how_many_move_up,
    registering,
    state_of_next,
)

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
counts = st.integers(0, 500)
moments = st.datetimes(timezones=st.just(UTC))


@pytest.mark.parametrize(("opens", "closes", "window"), [
    (-1, 1, Registering.OPEN), (0, 1, Registering.OPEN), (1, 2, Registering.NOT_YET), (-2, 0, Registering.CLOSED),
    (-2, -1, Registering.CLOSED), (None, 1, Registering.NOT_OFFERED), (-1, None, Registering.OPEN),
    (-1, 9, Registering.OPEN),
])
def test_one_can_register_from_the_opening_until_the_closing(
    opens: int | None, closes: int | None, window: Registering
) -> None:
    opens_at, closes_at = (None if hours is None else NOON + hours * HOUR for hours in (opens, closes))

    def told(*, is_called_off: bool, is_elsewhere: bool) -> Registering:
        return registering(
            is_called_off=is_called_off, is_elsewhere=is_elsewhere, opens_at=opens_at, closes_at=closes_at,
            ends_at=NOON + 5 * HOUR, now=NOON,
        )

    assert told(is_called_off=False, is_elsewhere=False) is window
    assert told(is_called_off=True, is_elsewhere=True) is Registering.CALLED_OFF
    assert told(is_called_off=False, is_elsewhere=True) is Registering.ELSEWHERE


@given(opens_at=moments, closes_at=st.none() | moments, ends_at=moments, now=moments)
def test_nobody_registers_before_the_opening_or_after_the_end(
    opens_at: datetime, closes_at: datetime | None, ends_at: datetime, now: datetime
) -> None:
    window = registering(
        is_called_off=False, is_elsewhere=False, opens_at=opens_at, closes_at=closes_at, ends_at=ends_at, now=now
    )
    is_between = opens_at <= now < min(closes_at or ends_at, ends_at)
    assert (window is Registering.OPEN) is is_between


@given(capacity=st.none() | counts, arrivals=st.integers(0, 60), leaving=st.lists(st.integers(0, 60), max_size=30))
def test_places_are_never_given_twice_and_never_kept_while_somebody_waits(
    capacity: int | None, arrivals: int, leaving: list[int]
) -> None:
    confirmed = waiting = 0
    for _one in range(arrivals):
        has_place = state_of_next(
            capacity=capacity, confirmed=confirmed, waiting=waiting
        ) is RegistrationState.CONFIRMED
        confirmed, waiting = confirmed + has_place, waiting + (not has_place)
    for turn in leaving:
        confirmed, waiting = (confirmed - 1, waiting) if turn % 2 and confirmed else (confirmed, max(0, waiting - 1))
        moved = how_many_move_up(capacity=capacity, confirmed=confirmed, waiting=waiting)
        confirmed, waiting = confirmed + moved, waiting - moved
        assert capacity is None or confirmed <= capacity
        assert not (waiting and free_places(capacity=capacity, confirmed=confirmed) != 0)


def test_a_lowered_capacity_leaves_no_place_and_sends_nobody_away() -> None:
    assert free_places(capacity=5, confirmed=8) == 0
    assert how_many_move_up(capacity=5, confirmed=8, waiting=3) == 0
    assert state_of_next(capacity=5, confirmed=8, waiting=0) is RegistrationState.WAITING


@pytest.mark.parametrize(("state", "is_in", "hours", "expected"), [
    (RegistrationState.CONFIRMED, False, 1, True), (RegistrationState.WAITING, False, 1, True),
    (RegistrationState.CANCELLED, False, 1, False), (RegistrationState.CONFIRMED, True, 1, False),
    (RegistrationState.CONFIRMED, False, 0, False),
])
def test_a_registration_is_changed_until_one_is_in_or_it_is_over(
    state: RegistrationState, is_in: bool, hours: int, expected: bool
) -> None:
    assert can_change(state=state, is_in=is_in, ends_at=NOON + hours * HOUR, now=NOON) is expected


@given(codes=st.sets(st.text(min_size=1, max_size=32), max_size=20))
def test_what_the_door_calls_a_guest_tells_nothing_of_the_code(codes: set[str]) -> None:
    names = {guest_id(code) for code in codes}
    assert len(names) == len(codes)
    assert {len(name) for name in names} <= {24}
    assert names.isdisjoint(codes)
