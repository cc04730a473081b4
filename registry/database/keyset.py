"""Lists that are read on from the last row seen, so that rows added or removed meanwhile shift nothing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from registry.database.engine import Reader

Key = tuple[Any, ...]
Shape = TypeVar("Shape")


class Batch(msgspec.Struct, Generic[Shape], frozen=True):
    """Some rows of a list; ``last`` is the place of the final one when more follow."""

    rows: list[Shape]
    last: Key | None


class Place(msgspec.Struct, frozen=True):
    """Where to read on: after the row with the key ``after`` (or from the start), at most ``limit`` rows."""

    limit: int
    after: Key | None = None


async def read_batch(
    reader: Reader, statement: Select[Any], form: Callable[..., Shape], *,
    order: Sequence[InstrumentedAttribute[Any]], place: Place,
    parameters: Mapping[str, Any] | None = None,
) -> Batch[Shape]:
    """Read rows by ``order``, the greatest first (one statement); the last column of ``order`` is unique.

    ``form`` is called with each row's columns; ``parameters`` are the statement's own. An index over ``order`` makes
    the cost of a batch independent of how far into the list it lies.
    """
    chosen = statement.add_columns(*order).order_by(*(column.desc() for column in order))
    if place.after is not None:
        keys = (literal(value, column.type) for column, value in zip(order, place.after, strict=True))
        chosen = chosen.where(tuple_(*order) < tuple_(*keys))
    rows = list(await reader.execute(chosen.limit(place.limit + 1), parameters))
    last = tuple(rows[place.limit - 1][-len(order):]) if len(rows) > place.limit else None
    return Batch([form(*row[:-len(order)]) for row in rows[:place.limit]], last)
