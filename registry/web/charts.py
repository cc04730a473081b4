"""Charts as the server draws them: where each mark and each label of an axis stands.

Across in hundredths of the drawing's width, so that it fits any screen and its text keeps its size; down in pixels.
``templates/_components/chart.html`` draws them, with the numbers in a table and in a file.
"""

from collections.abc import Sequence

import msgspec

HEIGHT = 160
TOP = 16
MOST_LABELS = 6
EDGE = 6
GAP = 0.16
"""The part of its place that a bar leaves free."""


class Point(msgspec.Struct, frozen=True):
    """An amount at a time: in full words, and as the axis says it (empty where it needs no label).

    ``more`` are amounts of other kinds at the same time, drawn as layers upon the first.
    """

    words: str
    amount: int
    label: str = ""
    more: tuple[int, ...] = ()


class Mark(msgspec.Struct, frozen=True):
    """A point as it is drawn: as a bar from ``left``, or at the middle of its place; layers count from the floor."""

    words: str
    amount: int
    left: float
    middle: float
    width: float
    top: float
    height: float
    layer: int = 0


class AxisLabel(msgspec.Struct, frozen=True):
    """A label of an axis and where it stands; ``anchor`` is which part of its text stands there."""

    text: str
    place: float
    anchor: str = "middle"


class Scale(msgspec.Struct, frozen=True):
    """A line across the drawing and the amount it stands for."""

    amount: int
    top: float


class Chart(msgspec.Struct, frozen=True):
    """A drawing; ``segments`` join the marks of a line."""

    marks: list[Mark]
    labels: list[AxisLabel]
    scales: list[Scale]
    segments: list[tuple[Mark, Mark]] = []

    @property
    def is_line(self) -> bool:
        """Whether amounts are joined by a line rather than drawn as bars."""
        return bool(self.segments)

    @property
    def floor(self) -> int:
        """Where nothing stands."""
        return TOP + HEIGHT


def bars(points: Sequence[Point]) -> Chart:
    """Amounts as bars, in the order of ``points``."""
    ceiling = round_ceiling(max((point.amount + sum(point.more) for point in points), default=0))
    return Chart(_marks(points, ceiling), _labels(points), _scales(ceiling))


def line(points: Sequence[Point]) -> Chart:
    """Amounts joined by a line, in the order of ``points``; a single one is drawn as a bar."""
    drawn = bars(points)
    pairs = list(zip(drawn.marks, drawn.marks[1:], strict=False))
    return msgspec.structs.replace(drawn, segments=pairs)


def round_ceiling(most: int) -> int:
    """The least of 2, 4, 10, 20, 40, 100, ... that is not below an amount: its half is whole too."""
    power = 1
    while True:
        for step in (2, 4, 10):
            if step * power >= most:
                return step * power
        power *= 10


def _marks(points: Sequence[Point], ceiling: int) -> list[Mark]:
    place = 100 / max(len(points), 1)
    marks = []
    for number, point in enumerate(points):
        reached = 0
        for layer, amount in enumerate((point.amount, *point.more)):
            reached += amount
            marks.append(Mark(
                point.words, amount, left=round(place * (number + GAP / 2), 2),
                middle=round(place * (number + 0.5), 2), width=round(place * (1 - GAP), 2),
                top=round(TOP + HEIGHT * (1 - reached / ceiling), 1), height=round(HEIGHT * amount / ceiling, 1),
                layer=layer,
            ))
    return marks


def _labels(points: Sequence[Point]) -> list[AxisLabel]:
    """The labels that fit: every second, third, ... of those there are; at the edges they stay within."""
    labelled = [(number, point.label) for number, point in enumerate(points) if point.label]
    step = -(-len(labelled) // MOST_LABELS) or 1
    place = 100 / max(len(points), 1)
    labels = []
    for number, text in labelled[::step]:
        middle = place * (number + 0.5)
        anchor = "start" if middle < EDGE else "end" if middle > 100 - EDGE else "middle"
        labels.append(AxisLabel(text, round(middle, 2), anchor))
    return labels


def _scales(ceiling: int) -> list[Scale]:
    return [Scale(amount, TOP + HEIGHT * (1 - amount / ceiling)) for amount in (ceiling // 2, ceiling)]
