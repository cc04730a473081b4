"""Where a chart's marks and labels stand."""

from hypothesis import given
from hypothesis import strategies as st

from registry.web.charts import HEIGHT, MOST_LABELS, TOP, Point, bars, line, round_ceiling

POINTS = st.lists(st.builds(
    Point, words=st.just("w"), amount=st.integers(0, 10**9), label=st.sampled_from(["", "Jan"])
), max_size=60)


@given(st.integers(0, 10**12))
def test_a_scale_ends_just_above_the_largest_amount_and_its_half_is_whole(most: int) -> None:
    ceiling = round_ceiling(most)
    assert (most <= ceiling, ceiling % 2, ceiling <= max(2.5 * most, 2)) == (True, 0, True)


@given(POINTS)
def test_all_that_is_drawn_lies_within_the_drawing_in_its_order(points: list[Point]) -> None:
    drawn = bars(points)
    assert [mark.amount for mark in drawn.marks] == [point.amount for point in points]
    assert all(mark.left >= 0 and mark.left + mark.width <= 100.01 for mark in drawn.marks)
    assert all(mark.top >= TOP - 0.1 and abs(mark.top + mark.height - drawn.floor) < 0.11 for mark in drawn.marks)
    assert all(one.left + one.width < other.left for one, other in zip(drawn.marks, drawn.marks[1:], strict=False))
    assert len(drawn.labels) <= MOST_LABELS
    assert [drawn.scales[-1].top, drawn.floor] == [TOP, TOP + HEIGHT]
    assert len(line(points).segments) == max(len(points) - 1, 0)
