"""What is counted over the whole record: kept in the process until the next write, by whichever process."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from registry.database.version import DataVersion

Made = TypeVar("Made")


class Kept:
    """Values under a ``DataVersion``, each for the function that reads it; without one nothing is kept."""

    def __init__(self, version: DataVersion | None) -> None:
        self._version = version
        self._made: dict[Callable[[Any], Any], tuple[Hashable, Any]] = {}

    async def read(self, reader: AsyncConnection, make: Callable[[AsyncConnection], Awaitable[Made]]) -> Made:
        """What ``make`` reads of the record as it is now. To be asked before the reader reads anything else.

        A transaction under way may show an older record than the version that is asked now: nothing is kept of it.
        """
        version = None if self._version is None or reader.in_transaction() else await self._version.current()
        if version is None:
            return await make(reader)
        if make not in self._made or self._made[make][0] != version:
            self._made[make] = (version, await make(reader))
        made: Made = self._made[make][1]
        return made
