"""The running order and the clock as rules: whatever is done in whatever order, nobody is lost."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.programme.rules import (
    Clock,
    ClockMove,
    ClockState,
    Signal,
    SlotMove,
    SlotState,
    Turn,
    arranged,
    clock_after,
    clock_face,
    marked,
    moved,
    seconds_left,
    signal_at,
    state_after,
    stopped_clock,
    title_size,
)

NOON = datetime(2026, 7, 25, 4, tzinfo=UTC)
STATES = {"d": SlotState.DONE, "s": SlotState.ON_STAGE, "w": SlotState.WAITING, "a": SlotState.ABSENT}


def _order(written: str) -> list[Turn]:
    """``"1d 2s 3w"``: the first is done, the second on stage, the third waits."""
    return [Turn(int(turn[:-1]), STATES[turn[-1]]) for turn in written.split()]


@pytest.mark.parametrize(("before", "slot", "goes_before", "after"), [
    ("1w 2w 3w", 3, 1, "3w 1w 2w"),
    ("1w 2w 3w", 1, None, "2w 3w 1w"),
    ("1d 2s 3w 4w 5a", 4, 3, "1d 2s 4w 3w 5a"),
    ("1d 2s 3w 4w 5a", 3, None, "1d 2s 4w 3w 5a"),
    ("1w 2w", 1, 1, "1w 2w"),
    ("1s 2w", 1, None, None),
    ("1s 2w", 2, 1, None),
    ("1w 2a", 1, 2, None),
    ("1w 2a", 2, 1, None),
    ("1w", 9, None, None),
    ("1w", 1, 9, None),
])
def test_one_who_waits_is_put_before_another_who_waits(
    before: str, slot: int, goes_before: int | None, after: str | None
) -> None:
    assert moved(_order(before), slot, before=goes_before) == (None if after is None else _order(after))


@pytest.mark.parametrize(("before", "slot", "move", "after"), [
    ("1w 2w 3w", 1, SlotMove.CALL, "1s 2w 3w"),
    ("1s 2w 3w", 3, SlotMove.CALL, "1d 3s 2w"),
    ("1s 2w 3a", 3, SlotMove.CALL, "1d 3s 2w"),
    ("1s 2w", 1, SlotMove.CALL, "1s 2w"),
    ("1s 2w", 1, SlotMove.FINISH, "1d 2w"),
    ("1w 2w 3a", 1, SlotMove.MISS, "2w 3a 1a"),
    ("1d 2s 3w", 2, SlotMove.MISS, "1d 3w 2a"),
    ("1w 2a 3a", 3, SlotMove.WAIT, "1w 3w 2a"),
    ("1d 2s 3w", 2, SlotMove.WAIT, "1d 2w 3w"),
    ("1d 2d 3w", 1, SlotMove.WAIT, "2d 1w 3w"),
    ("1w", 1, SlotMove.FINISH, None),
    ("1d", 1, SlotMove.CALL, None),
    ("1d", 1, SlotMove.MISS, None),
    ("1w", 9, SlotMove.CALL, None),
])
def test_each_move_of_a_slot_puts_it_where_it_belongs(
    before: str, slot: int, move: SlotMove, after: str | None
) -> None:
    assert marked(_order(before), slot, move) == (None if after is None else _order(after))


def test_a_move_made_twice_is_made_once() -> None:
    assert {(move, state) for move in SlotMove for state in SlotState if state_after(state, move) is state} == {
        (SlotMove.CALL, SlotState.ON_STAGE), (SlotMove.FINISH, SlotState.DONE), (SlotMove.MISS, SlotState.ABSENT),
        (SlotMove.WAIT, SlotState.WAITING),
    }


_slots = st.integers(0, 9)
_moves = st.tuples(_slots, st.one_of(st.none(), _slots)) | st.tuples(_slots, st.sampled_from(SlotMove))


@given(st.integers(0, 8), st.lists(_moves, max_size=40))
def test_whatever_two_organisers_do_in_turn_every_slot_stands_once_and_one_is_on_stage(
    length: int, moves: list[tuple[int, int | SlotMove | None]]
) -> None:
    order = [Turn(slot, SlotState.WAITING) for slot in range(length)]
    for slot, what in moves:
        locked = [turn for turn in order if turn.state is not SlotState.WAITING]
        if isinstance(what, SlotMove):
            order = marked(order, slot, what) or order
        else:
            order = moved(order, slot, before=what) or order
            assert [turn for turn in order if turn.state is not SlotState.WAITING] == locked
        assert sorted(turn.slot for turn in order) == list(range(length))
        assert order == arranged(order)
        assert sum(turn.state is SlotState.ON_STAGE for turn in order) <= 1


@given(st.permutations(range(6)), st.permutations(range(6)))
def test_moves_that_mean_others_come_to_the_same_whoever_is_first(one: list[int], other: list[int]) -> None:
    order = [Turn(slot, SlotState.WAITING) for slot in range(12)]
    mine, theirs = (one[0], one[1]), (other[0] + 6, other[1] + 6)

    def after(*moves: tuple[int, int]) -> list[Turn]:
        done = order
        for slot, before in moves:
            done = moved(done, slot, before=before) or []
        return done

    assert after(mine, theirs) == after(theirs, mine)


def test_a_clock_counts_only_while_it_runs() -> None:
    clock = stopped_clock(3)
    assert (clock, seconds_left(clock, now=NOON)) == (Clock(ClockState.STOPPED, 180), 180)
    clock = clock_after(clock, ClockMove.START, minutes=3, now=NOON)
    assert clock_after(clock, ClockMove.START, minutes=3, now=NOON + timedelta(seconds=9)) == clock
    assert seconds_left(clock, now=NOON + timedelta(seconds=29.5)) == 151
    clock = clock_after(clock, ClockMove.PAUSE, minutes=3, now=NOON + timedelta(seconds=30))
    assert seconds_left(clock, now=NOON + timedelta(hours=1)) == 150
    clock = clock_after(clock, ClockMove.EXTEND, minutes=3, now=NOON)
    assert clock == Clock(ClockState.PAUSED, 180)
    clock = clock_after(clock, ClockMove.START, minutes=3, now=NOON)
    assert seconds_left(clock, now=NOON + timedelta(seconds=200)) == -20
    assert clock_after(clock, ClockMove.RESET, minutes=5, now=NOON) == Clock(ClockState.STOPPED, 300)


@given(st.lists(st.tuples(st.sampled_from([ClockMove.START, ClockMove.PAUSE, ClockMove.EXTEND]), st.integers(0, 90))))
def test_a_clock_neither_gains_nor_loses_a_second(moves: list[tuple[ClockMove, int]]) -> None:
    clock, now, expected = stopped_clock(3), NOON, 180
    for move, wait in moves:
        clock = clock_after(clock, move, minutes=3, now=now)
        expected += 30 * (move is ClockMove.EXTEND)
        expected -= wait * (clock.state is ClockState.RUNNING)
        now += timedelta(seconds=wait)
        assert seconds_left(clock, now=now) == expected


@pytest.mark.parametrize(("seconds", "signal", "face"), [
    (180, Signal.CALM, "3:00"), (31, Signal.CALM, "0:31"), (30, Signal.SOON, "0:30"), (1, Signal.SOON, "0:01"),
    (0, Signal.OVER, "0:00"), (-65, Signal.OVER, "−1:05"),
])
def test_the_clock_tells_the_end_before_and_when_it_comes(seconds: int, signal: Signal, face: str) -> None:
    assert (signal_at(seconds), clock_face(seconds)) == (signal, face)


@pytest.mark.parametrize(("title", "size"), [
    ("", "s"), ("行道樹地圖", "s"), ("Street tree map", "s"), ("一二三四五六七八九十一二三", "m"),
    ("字" * 56, "l"), ("字" * 90, "xl"), ("word " * 20, "l"),
])
def test_a_longer_title_stands_smaller(title: str, size: str) -> None:
    assert title_size(title) == size
