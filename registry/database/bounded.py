"""Counting that ends: a list says how many rows it has up to a bound, and beyond it that there are more."""

from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy import ScalarSelect, func, select

from registry.database.aggregate import AnySelect

MOST_COUNTED = 1_200
"""Rows that are counted: as many as a community has that met for twelve years, and no more work than those are."""
MOST_HITS = 1_000
"""Hits of a free text that a list goes through; fewer, for each is looked up by its number."""

Choices = Mapping[str, int | None]
"""How many rows each choice of a filter would leave; none where there are too many to count."""


class Total(msgspec.Struct, frozen=True):
    """How many rows a list has: where it ``has_more``, at least so many."""

    number: int
    has_more: bool = False


def counted(matching: AnySelect) -> ScalarSelect[int]:
    """How many rows a select finds, looked for until one more than `MOST_COUNTED` is found."""
    return select(func.count()).select_from(matching.limit(MOST_COUNTED + 1).subquery()).scalar_subquery()


def total_of(count: int, *, is_part: bool = False) -> Total:
    """What came out of ``counted``; ``is_part`` when a free text has more hits than were looked at."""
    return Total(min(count, MOST_COUNTED), has_more=is_part or count > MOST_COUNTED)


def without_numbers(choices: Iterable[str]) -> Choices:
    """Choices of which nobody knows how much they leave."""
    return dict.fromkeys(choices)
