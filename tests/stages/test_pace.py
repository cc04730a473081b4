from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from registry.stages.pace import Missing, Move, StagePace, Stay, most_often_missing, pace, stays

START = datetime(2020, 1, 1, tzinfo=UTC)
KEYS = ["a", "b", "c"]


def _day(number: int) -> datetime:
    return START + timedelta(days=number)


def _move(project: int, to: str, day: int, *, is_imported: bool = False, **fields: object) -> Move:
    return Move(**{  # type: ignore[arg-type]
        "project_id": project, "from_stage": None, "to_stage": to, "changed_at": _day(day), "is_imported": is_imported,
        "unmet": [], **fields,
    })


def test_a_stay_lasts_from_one_move_to_the_next_and_what_an_import_placed_has_no_beginning() -> None:
    moves = [
        _move(1, "a", 0), _move(2, "b", 0, is_imported=True), _move(1, "b", 10), _move(2, "c", 20),
        _move(3, "a", 30), _move(3, "b", 40, is_imported=True),
    ]
    assert stays(moves) == [
        Stay("a", _day(0), _day(10), "b"), Stay("b", _day(10)), Stay("c", _day(20)),
    ]


def test_the_pace_of_a_stage_counts_what_ended_and_what_was_watched_a_year() -> None:
    found = [
        Stay("a", _day(0), _day(10), "b"), Stay("a", _day(0), _day(30), "b"), Stay("a", _day(0), _day(400), "c"),
        Stay("a", _day(0)), Stay("a", _day(900), _day(901), "b"), Stay("b", _day(0), _day(5), "a"),
    ]
    assert pace(found, KEYS, now=_day(1000)) == {
        "a": StagePace(left=4, median_days=20, watched=4, moved_on=2),
        "b": StagePace(left=1, median_days=5, watched=1, moved_on=0),
        "c": StagePace(),
    }
    assert [one.share_moved_on for one in pace(found, KEYS, now=_day(1000)).values()] == [50, 0, None]


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from([*KEYS, "gone"]), st.booleans()), max_size=30))
def test_every_dated_move_begins_at_most_one_stay_and_none_overlap(plan: list[tuple[int, str, bool]]) -> None:
    moves = [_move(one, to, day, is_imported=imported) for day, (one, to, imported) in enumerate(plan)]
    found = stays(moves)
    began = [stay.came for stay in found]
    dated = {move.changed_at for move in moves if not move.is_imported}
    assert len(began) == len(set(began))
    assert set(began) <= dated
    assert all(stay.left is None or stay.left > stay.came for stay in found)
    paces = pace(found, KEYS, now=_day(2000))
    assert all(one.moved_on <= one.watched and one.left <= len(found) for one in paces.values())


def test_what_is_most_often_missing_counts_the_moves_past_a_stage() -> None:
    moves = [
        _move(1, "b", 0, from_stage="a", unmet=["a1", "a2"]), _move(2, "c", 0, from_stage="a", unmet=["a1", "b1"]),
        _move(3, "c", 0, is_imported=True, unmet=["a1", "a2", "b1"]), _move(1, "a", 1, from_stage="b"),
        _move(4, "a", 1), _move(5, "c", 1, from_stage="b", unmet=["b1"]),
    ]
    assert most_often_missing(moves, KEYS, "a", ["a1", "a2", "a3"]) == (3, [Missing("a1", 3), Missing("a2", 2)])
    assert most_often_missing(moves, KEYS, "b", ["b1"]) == (3, [Missing("b1", 3)])
    assert most_often_missing(moves, KEYS, "c", ["c1"]) == (0, [])
