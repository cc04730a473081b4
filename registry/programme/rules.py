"""The sessions of a hackathon's stage, its running order and its clock."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from math import ceil
from typing import NamedTuple


class StageSession(StrEnum):
    """What is on stage one after another; each has a running order of its own."""

    PITCHES = "pitches"
    TALKS = "talks"
    DEMOS = "demos"


class SlotState(StrEnum):
    """Where a slot of the running order stands."""

    WAITING = "waiting"
    ON_STAGE = "on_stage"
    DONE = "done"
    ABSENT = "absent"


class ClockState(StrEnum):
    """What the clock of a session does."""

    STOPPED = "stopped"
    RUNNING = "running"
    PAUSED = "paused"


MINUTES = {StageSession.PITCHES: 3, StageSession.TALKS: 8, StageSession.DEMOS: 5}
"""How long one slot lasts (handbook: a hackathon day)."""

SOON_SECONDS = 30
EXTENSION_SECONDS = 30
FEW_TABLES, SOME_TABLES, MANY_TABLES = 8, 15, 24
SHORT_TITLE, MIDDLING_TITLE, LONG_TITLE = 12, 28, 56
_FIRST_WIDE = "\u1100"


class SlotMove(StrEnum):
    """What the people beside the stage do with a slot."""

    CALL = "call"
    FINISH = "finish"
    MISS = "miss"
    WAIT = "wait"


class ClockMove(StrEnum):
    """What the timekeeper does with the clock."""

    START = "start"
    PAUSE = "pause"
    EXTEND = "extend"
    RESET = "reset"


class Signal(StrEnum):
    """What the clock tells whoever speaks."""

    CALM = "calm"
    SOON = "soon"
    OVER = "over"


class Turn(NamedTuple):
    """A slot as far as its place in the order is concerned."""

    slot: int
    state: SlotState


class Clock(NamedTuple):
    """A clock: while it runs, ``seconds_left`` were left at ``counted_from``; else they are left now."""

    state: ClockState
    seconds_left: int
    counted_from: datetime | None = None


_STATES: dict[SlotMove, dict[SlotState, SlotState]] = {
    SlotMove.CALL: {SlotState.WAITING: SlotState.ON_STAGE, SlotState.ABSENT: SlotState.ON_STAGE},
    SlotMove.FINISH: {SlotState.ON_STAGE: SlotState.DONE},
    SlotMove.MISS: {SlotState.WAITING: SlotState.ABSENT, SlotState.ON_STAGE: SlotState.ABSENT},
    SlotMove.WAIT: dict.fromkeys((SlotState.ABSENT, SlotState.ON_STAGE, SlotState.DONE), SlotState.WAITING),
}
_TARGETS = {move: next(iter(ways.values())) for move, ways in _STATES.items()}
_PARTS_OF_AN_ORDER = (SlotState.DONE, SlotState.ON_STAGE, SlotState.WAITING, SlotState.ABSENT)


def state_after(state: SlotState, move: SlotMove) -> SlotState | None:
    """The state in which a move leaves a slot, the same where it is there already; none where it cannot be made."""
    return state if state is _TARGETS[move] else _STATES[move].get(state)


def arranged(order: Sequence[Turn]) -> list[Turn]:
    """The order as it stands on the day: who was there, who is on stage, who waits, and absent ones last.

    Within each part the order stays (handbook: the caller moves an absent one to the end).
    """
    return sorted(order, key=lambda turn: _PARTS_OF_AN_ORDER.index(turn.state))


def moved(order: Sequence[Turn], slot: int, *, before: int | None) -> list[Turn] | None:
    """The order after one who waits was put before another who waits, or (``before`` none) after all who wait.

    It says what is meant rather than a place by number, so it holds whatever others have moved since. None where it
    means nothing any more: one of the two is gone, on stage, done or absent.
    """
    waiting = {turn.slot: turn for turn in order if turn.state is SlotState.WAITING}
    if slot not in waiting or (before is not None and before not in waiting):
        return None
    if slot == before:
        return list(order)
    others = [turn for turn in order if turn.slot != slot]
    place = next((at for at, turn in enumerate(others) if turn.slot == before), len(others))
    return arranged([*others[:place], waiting[slot], *others[place:]])


def marked(order: Sequence[Turn], slot: int, move: SlotMove) -> list[Turn] | None:
    """The order after a move of one slot; none where it cannot be made. To call one ends the turn on stage.

    One who goes missing is put behind those already absent.
    """
    now = {turn.slot: turn.state for turn in order}
    state = state_after(now[slot], move) if slot in now else None
    if state is None:
        return None
    if state is now[slot]:
        return list(order)
    changed = Turn(slot, state)
    others = [
        turn._replace(state=SlotState.DONE) if move is SlotMove.CALL and turn.state is SlotState.ON_STAGE else turn
        for turn in order if turn.slot != slot
    ]
    if move is SlotMove.MISS:
        return arranged([*others, changed])
    if move is SlotMove.WAIT and now[slot] is SlotState.ABSENT:
        place = next(at for at, turn in enumerate(order) if turn.slot == slot)
        return arranged([*others[:place], changed, *others[place:]])
    return arranged([changed, *others] if move is SlotMove.WAIT else [*others, changed])


def seconds_left(clock: Clock, *, now: datetime) -> int:
    """The seconds left at a moment, begun ones counted whole; below zero when the time is over."""
    if clock.state is not ClockState.RUNNING or clock.counted_from is None:
        return clock.seconds_left
    return ceil(clock.seconds_left - (now - clock.counted_from).total_seconds())


def clock_after(clock: Clock, move: ClockMove, *, minutes: int, now: datetime) -> Clock:
    """The clock after a move; ``minutes`` are the slot's. What is so already stays as it is."""
    is_running = clock.state is ClockState.RUNNING
    if move is ClockMove.START:
        return clock if is_running else Clock(ClockState.RUNNING, clock.seconds_left, now)
    if move is ClockMove.PAUSE:
        return Clock(ClockState.PAUSED, seconds_left(clock, now=now)) if is_running else clock
    if move is ClockMove.EXTEND:
        return clock._replace(seconds_left=clock.seconds_left + EXTENSION_SECONDS)
    return stopped_clock(minutes)


def stopped_clock(minutes: int) -> Clock:
    """The clock of a slot that has not begun."""
    return Clock(ClockState.STOPPED, minutes * 60)


def signal_at(seconds: int) -> Signal:
    """What so many seconds left tell: half a minute before the end, and at the end (handbook: the timekeeper)."""
    if seconds <= 0:
        return Signal.OVER
    return Signal.SOON if seconds <= SOON_SECONDS else Signal.CALM


def clock_face(seconds: int) -> str:
    """Seconds as minutes and seconds, such as 2:05; time run over has a minus sign."""
    minutes, rest = divmod(abs(seconds), 60)
    return f"{'−' if seconds < 0 else ''}{minutes}:{rest:02}"


def title_size(title: str) -> str:
    """How large a title can stand on a screen: ``s`` for a short one down to ``xl`` for the longest.

    A Han character is as wide as two Latin ones.
    """
    width = sum(1.0 if letter >= _FIRST_WIDE else 0.5 for letter in title)
    if width <= SHORT_TITLE:
        return "s"
    if width <= MIDDLING_TITLE:
        return "m"
    return "l" if width <= LONG_TITLE else "xl"


def map_size(tables: int) -> str:
    """How large the tables can stand on a screen: ``l`` for a few, ``m``, ``s``, and ``xs`` for very many."""
    if tables <= FEW_TABLES:
        return "l"
    if tables <= SOME_TABLES:
        return "m"
    return "s" if tables <= MANY_TABLES else "xs"
