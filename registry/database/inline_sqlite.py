"""SQLite without a thread: a read takes less time than handing it to another thread and back.

``aiosqlite`` passes every statement, cursor and fetch through a queue, about 25 times a page: under load an event
page spent 16 ms waiting on it. Reads of the embedded database are short, and no reader waits for a writer in
WAL mode, so they run where they are asked for. Writers may have to wait for each other: they keep their thread.
"""

import sqlite3
from typing import Any

from sqlalchemy import JSON, URL, Dialect, Pool
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util import await_only

DRIVER = "sqlite+inline"


async def _nothing() -> None:
    """What SQLAlchemy awaits at least once in each statement, to know that its caller may."""


class _Cursor(sqlite3.Cursor):
    """A cursor that stays readable when SQLAlchemy hands its result from its own side to the caller's."""

    async def _async_soft_close(self) -> None:
        """Keep the rows: they are read in the same thread."""


class _Connection(sqlite3.Connection):
    """A connection whose cursors are those above."""

    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)


class _Json(JSON):
    """JSON whose values are decoded at once; SQLAlchemy has two functions of its own in between.

    A bare number comes as one: SQLite makes it of the text, as the name of the column's type has it.
    """

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:  # noqa: ARG002
        decode: Any = dialect._json_deserializer  # noqa: SLF001 — where it keeps what it was given
        return lambda value: decode(value) if isinstance(value, str) else value


class InlineSqliteDialect(SQLiteDialect_pysqlite):
    """Python's own ``sqlite3`` behind SQLAlchemy's asynchronous engine."""

    driver = "inline"
    is_async = True
    supports_statement_cache = True
    colspecs = {**SQLiteDialect_pysqlite.colspecs, JSON: _Json}  # noqa: RUF012 — as SQLAlchemy declares it

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:  # noqa: ARG003 — SQLAlchemy's signature
        """A pool whose waiting does not block the event loop."""
        return AsyncAdaptedQueuePool

    def create_connect_args(self, url: URL) -> Any:
        """What ``sqlite3.connect`` takes."""
        arguments, options = super().create_connect_args(url)
        return arguments, {**options, "factory": _Connection}

    def do_begin(self, dbapi_connection: Any) -> None:
        """Begin what reads one picture; a listener for this would slow every statement down."""
        dbapi_connection.execute("BEGIN")

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:  # noqa: ARG002
        """Run one statement."""
        await_only(_nothing())
        cursor.execute(statement, parameters)

    def do_execute_no_params(self, cursor: Any, statement: str, context: Any = None) -> None:  # noqa: ARG002
        """Run one statement as it is."""
        await_only(_nothing())
        cursor.execute(statement)


registry.register("sqlite.inline", __name__, InlineSqliteDialect.__name__)
