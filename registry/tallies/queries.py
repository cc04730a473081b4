"""What is counted over the whole record: counted where it is asked for, or taken from what a job counted.

A small record is counted at each question, and one answer holds until the next write. Of a large one (``rules.LARGE``)
a job keeps each ``Tally`` in a table, and a page tells when it was counted. Both are counted by the same function.
"""

from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec
from sqlalchemy import bindparam as given
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from registry.database.engine import Reader
from registry.database.prepared import prepared
from registry.database.version import DataVersion
from registry.settings import Settings
from registry.tallies.models import StoredTally

Counted = TypeVar("Counted", bound=msgspec.Struct)


class Occasion(NamedTuple):
    """When something is counted, and by the settings of which installation."""

    settings: Settings
    now: datetime


class Tally(msgspec.Struct, Generic[Counted], frozen=True):
    """Something counted over the whole record: its name, what comes out, and how it is counted.

    What comes out holds numbers, keys and row numbers alone. Records are read by them when they are shown, so that one
    that is hidden is gone at once. ``count`` may take seconds, and depends on the day of its occasion, not on the hour.
    """

    name: str
    kind: type[Counted]
    count: Callable[[Reader, Occasion], Awaitable[Counted]]


class Tallied(msgspec.Struct, Generic[Counted], frozen=True):
    """What was counted; ``counted_at`` when a job did it before, none when it is of now."""

    value: Counted
    counted_at: datetime | None = None


async def tallied(reader: Reader, tally: Tally[Counted], occasion: Occasion) -> Tallied[Counted]:
    """What a tally says: stored, or else counted here and now (one statement, and those of its count)."""
    for value, taken_at in await _STORED.rows(reader, name=tally.name):
        try:
            return Tallied(msgspec.json.decode(value, type=tally.kind), taken_at)
        except msgspec.ValidationError:
            break  # another version of ours counted other things under this name; the job counts anew when it starts
    return Tallied(await tally.count(reader, occasion))


class Tallies:
    """The tallies as the pages of this process ask for them, remembered under a ``DataVersion``, if there is one."""

    def __init__(self, settings: Settings, version: DataVersion | None) -> None:
        self._settings, self._version = settings, version
        self._known: dict[str, tuple[Hashable, Tallied[Any]]] = {}

    async def read(self, reader: AsyncConnection, tally: Tally[Counted], now: datetime) -> Tallied[Counted]:
        """What a tally says of the record as it is now. To be asked before the reader reads anything else.

        A transaction under way may show an older record than the version that is asked now: nothing is kept of it.
        """
        occasion = Occasion(self._settings, now)
        version = None if self._version is None or reader.in_transaction() else await self._version.current()
        if version is None:
            return await tallied(reader, tally, occasion)
        under = (version, now.date())
        if tally.name not in self._known or self._known[tally.name][0] != under:
            self._known[tally.name] = (under, await tallied(reader, tally, occasion))
        known: Tallied[Counted] = self._known[tally.name][1]
        return known


_STORED = prepared(
    select(StoredTally.value, StoredTally.taken_at).where(StoredTally.name == given("name")),
    lambda value, taken_at: (value, taken_at),
)
