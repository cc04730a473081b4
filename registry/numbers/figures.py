"""A figure: numbers with a drawing, a table, a file and the list behind it."""

import csv
from collections.abc import Callable, Mapping, Sequence
from io import StringIO

import msgspec

from registry.database.types import Localized
from registry.exchange.own_formats import guarded
from registry.web.charts import Chart, Point, bars
from registry.web.i18n import plain_name

MOST_DRAWN = 15
"""Kinds that are drawn; the table and the file hold all of them."""


class Column(msgspec.Struct, frozen=True):
    """One kind of number: by its name in the file, and in words."""

    key: str
    words: str


class Row(msgspec.Struct, frozen=True):
    """The numbers of one year, event or kind; ``url`` is the list behind them, ``label`` what an axis says."""

    key: str
    name: Localized | str
    amounts: tuple[int, ...]
    url: str = ""
    label: str = ""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers that belong together. ``says`` tells how they were counted and what they cannot tell.

    ``row_key`` and ``row_name`` are what its rows are, in the file and in words; ``drawn`` of the columns are drawn.
    """

    key: str
    title: str
    says: Sequence[str]
    row_key: str
    row_name: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    list_url: str
    list_words: str
    drawn: int

    @property
    def csv_url(self) -> str:
        """The path of its file."""
        return f"/numbers/{self.key}.csv"

    @property
    def layers(self) -> list[str]:
        """What the layers of its bars are called; none where there is only one."""
        return [column.words for column in self.columns[: self.drawn]] if self.drawn > 1 else []

    @property
    def most(self) -> int:
        """The longest bar."""
        return max((sum(row.amounts[: self.drawn]) for row in self.rows), default=0)

    @property
    def is_empty(self) -> bool:
        """Whether it has nothing to show."""
        return not any(any(row.amounts) for row in self.rows)


class OverTime(Figure, frozen=True, kw_only=True):
    """A figure whose rows follow one another in time: bars that stand on an axis."""

    shape: str = "time"

    @property
    def chart(self) -> Chart:
        """Its drawing."""
        return bars([
            Point(plain_name(row.name), row.amounts[0], row.label, row.amounts[1 : self.drawn]) for row in self.rows
        ])


class ByKind(Figure, frozen=True, kw_only=True):
    """A figure whose rows are kinds of something: a bar in each row."""

    shape: str = "kinds"

    @property
    def drawn_rows(self) -> Sequence[Row]:
        """The rows that are drawn."""
        return self.rows[:MOST_DRAWN]

    @property
    def has_table(self) -> bool:
        """Whether the drawing does not say everything."""
        return len(self.columns) > 1 or len(self.rows) > MOST_DRAWN


class KindsOverTime(Figure, frozen=True, kw_only=True):
    """A figure of kinds (rows) over years (columns): a small drawing in each row."""

    shape: str = "kinds-over-time"

    @property
    def highest(self) -> int:
        """The highest bar of all."""
        return max((amount for row in self.rows for amount in row.amounts), default=0)


def by_year(amounts: Mapping[int, tuple[int, ...]], url: Callable[[int], str]) -> list[Row]:
    """A row for each year from the first to the last, also for those without anything."""
    if not amounts:
        return []
    nothing = (0,) * len(next(iter(amounts.values())))
    return [
        Row(str(year), str(year), tuple(amounts.get(year, nothing)), url(year), str(year))
        for year in range(min(amounts), max(amounts) + 1)
    ]


def sheet(figure: Figure) -> str:
    """A figure as a file that a spreadsheet reads without running anything."""
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow([figure.row_key, "name", *(guarded(column.key) for column in figure.columns)])
    for row in figure.rows:
        writer.writerow([guarded(row.key), guarded(plain_name(row.name)), *row.amounts])
    return written.getvalue()
