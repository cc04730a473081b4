"""SQLite without a thread: a read takes less time than handing it to another thread and back.

``aiosqlite`` passes every statement, cursor and fetch through a queue, about 25 times a page: under load an event
page spent 16 ms waiting on it. Reads of the embedded database are short, and no reader waits for a writer in
WAL mode, so they run where they are asked for. Writers may have to wait for each other: they keep their thread.
"""

import sqlite3
from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, URL, Connection, Dialect, Executable, Pool
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util import await_only

DRIVER_NAME = "inline"
DRIVER = f"sqlite+{DRIVER_NAME}"


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

    driver = DRIVER_NAME
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


class InlineStatement:
    """A statement as the driver takes it, and what SQLAlchemy would do with what goes in and comes out.

    What it is ``given`` are single values: with a list among them, each length would be another statement.
    """

    def __init__(self, statement: Executable, dialect: Dialect, given: Mapping[str, object]) -> None:
        made: Any = statement
        compiled = made.compile(dialect=dialect)
        whole = compiled.construct_expanded_state(given, escape_names=False)
        converts = {**compiled._bind_processors, **whole.processors}  # noqa: SLF001
        self._text: str = whole.statement
        self._parameters = [
            converts[name](value) if name in converts and name not in given else value
            for name, value in zip(whole.positiontup, whole.positional_parameters, strict=True)
        ]
        self._given = [
            (place, name, converts.get(name)) for place, name in enumerate(whole.positiontup) if name in given
        ]
        self._columns = [
            (place, read)
            for place, column in enumerate(compiled._result_columns)  # noqa: SLF001
            if (read := column.type._cached_result_processor(dialect, None))  # noqa: SLF001
        ]

    def rows(self, connection: Connection, given: Mapping[str, object]) -> list[list[Any]] | None:
        """The values of each row; none where SQLAlchemy is to ask itself.

        It is when somebody listens to what the engine runs, and when the database refuses: it says so in its words.
        """
        if connection.engine.dispatch.before_cursor_execute:
            return None
        if not connection.in_transaction():
            connection.begin()  # one picture for all that the connection reads
        parameters = self._parameters.copy()
        for place, name, convert in self._given:
            parameters[place] = convert(given[name]) if convert else given[name]
        try:
            rows = [list(row) for row in connection.connection.execute(self._text, parameters)]
        except sqlite3.Error:
            return None
        for place, read in self._columns:
            for row in rows:
                row[place] = read(row[place])
        return rows


registry.register("sqlite.inline", __name__, InlineSqliteDialect.__name__)
