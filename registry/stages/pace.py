"""How long projects stay on a stage, and where they get stuck, from the moves whose day is known."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median

import msgspec

A_YEAR = timedelta(days=365)


class Move(msgspec.Struct, frozen=True):
    """A project came to a stage; of one that an import put there nobody knows when it came."""

    project_id: int
    from_stage: str | None
    to_stage: str
    changed_at: datetime
    is_imported: bool
    unmet: list[str]


class Stay(msgspec.Struct, frozen=True):
    """A project's time on a stage: until it ``left`` for another stage, or until now."""

    stage: str
    came: datetime
    left: datetime | None = None
    left_for: str | None = None


class StagePace(msgspec.Struct, frozen=True):
    """How projects get on from a stage.

    ``left`` of the stays on it that have a beginning and an end lasted ``median_days`` in the median (none when there
    are none). Of ``watched`` stays that began a year ago or longer, ``moved_on`` went forward within a year.
    """

    left: int = 0
    median_days: int | None = None
    watched: int = 0
    moved_on: int = 0

    @property
    def share_moved_on(self) -> int | None:
        """How many of a hundred moved on within a year; none when no stay was watched that long."""
        return round(100 * self.moved_on / self.watched) if self.watched else None


def stays(moves: Iterable[Move]) -> list[Stay]:
    """The stays whose beginning is known, from ``moves`` in the order in which they happened.

    What comes after an import's placement has an unknown beginning and is left out.
    """
    here: dict[int, Move] = {}
    found: list[Stay] = []
    for move in moves:
        before = here.get(move.project_id)
        if before and not before.is_imported and not move.is_imported:
            found.append(Stay(before.to_stage, before.changed_at, move.changed_at, move.to_stage))
        here[move.project_id] = move
    return [*found, *(Stay(move.to_stage, move.changed_at) for move in here.values() if not move.is_imported)]


def pace(found: Collection[Stay], stages: Sequence[str], *, now: datetime) -> dict[str, StagePace]:
    """How projects get on from each of ``stages`` (the ladder's keys in order)."""
    places = {key: place for place, key in enumerate(stages)}

    def went_on(stay: Stay) -> bool:
        return (
            stay.left is not None and stay.left - stay.came <= A_YEAR
            and places.get(stay.left_for or "", -1) > places[stay.stage]
        )

    paces = {}
    for key in stages:
        here = [stay for stay in found if stay.stage == key]
        days = [(stay.left - stay.came).days for stay in here if stay.left is not None]
        watched = [stay for stay in here if now - stay.came >= A_YEAR]
        paces[key] = StagePace(
            left=len(days), median_days=round(median(days)) if days else None, watched=len(watched),
            moved_on=sum(went_on(stay) for stay in watched),
        )
    return paces


class Missing(msgspec.Struct, frozen=True):
    """A checkpoint of a stage, and how many of the moves past the stage left it unmet."""

    checkpoint: str
    count: int


def most_often_missing(
    moves: Iterable[Move], stages: Sequence[str], key: str, checkpoints: Collection[str]
) -> tuple[int, list[Missing]]:
    """How many moves went past stage ``key``, and its checkpoints that they left unmet, the commonest first.

    A project that an import put beyond the stage went past it too.
    """
    places = {one: place for place, one in enumerate(stages)}
    past = [
        move for move in moves
        if places.get(move.from_stage or "", 0) <= places[key] < places.get(move.to_stage, 0)
    ]
    counts = {one: sum(one in move.unmet for move in past) for one in checkpoints}
    ranked = sorted(counts.items(), key=lambda pair: -pair[1])
    return len(past), [Missing(one, count) for one, count in ranked if count]
