"""Statements that are built once, when their module is imported, and asked with nothing around them."""

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncConnection

from registry.database.engine import Reader
from registry.database.inline_sqlite import DRIVER_NAME, InlineStatement

Row = TypeVar("Row")


class _Key(tuple[Any, ...]):
    """A key that knows its hash: Python's tuples add up theirs at each look into a dict."""

    _hash: int

    def __new__(cls, parts: tuple[Any, ...]) -> "_Key":
        key = super().__new__(cls, parts)
        key._hash = hash(parts)
        return key

    def __hash__(self) -> int:
        return self._hash


class Prepared(Generic[Row]):
    """A statement, and what becomes of each row of its result. What is ``given`` are its ``bindparam``s, by name.

    Where SQLite is read without a thread, the driver is asked directly: to prepare, execute and unpack a statement
    takes SQLAlchemy as long as SQLite takes to answer. Elsewhere, and while somebody listens to the engine,
    SQLAlchemy asks.
    """

    def __init__(self, statement: Executable, row: Callable[..., Row]) -> None:
        self.statement = statement
        self._row = row
        self._inline: InlineStatement | None = None

    async def rows(self, reader: Reader, **given: object) -> list[Row]:
        """Every row."""
        row = self._row
        return [row(*values) for values in await self._values(reader, given)]

    async def row(self, reader: Reader, **given: object) -> Row | None:
        """The only row; none where there is none.

        Raises:
            ValueError: there are several.
        """
        rows = await self.rows(reader, **given)
        if not rows:
            return None
        [row] = rows
        return row

    async def _values(self, reader: Reader, given: dict[str, object]) -> Iterable[Any]:
        connection = reader.sync_connection if isinstance(reader, AsyncConnection) else None
        if connection and connection.dialect.driver == DRIVER_NAME:
            if self._inline is None:
                self._inline = InlineStatement(self.statement, connection.dialect, given)
            rows = self._inline.rows(connection, given)
            if rows is not None:
                return rows
        return await reader.execute(self.statement, given)


def prepared(statement: Executable, row: Callable[..., Row]) -> Prepared[Row]:
    """A statement that is cheap to ask; each row of its result is what ``row`` makes of its values.

    SQLAlchemy finds its compiled form by a key of all its parts, nested tuples of some thousand values: to hash it
    anew took 80 microseconds for an event's page and 320 for a project's, as long as the database takes.
    """
    made: Any = statement  # how SQLAlchemy keeps what it makes once is its own affair; its version is locked
    key = made._generate_cache_key()  # noqa: SLF001
    known = key._replace(key=_Key(key.key))
    made._set_memoized_attribute("_generate_cache_key", lambda: known)  # noqa: SLF001
    return Prepared(statement, row)
