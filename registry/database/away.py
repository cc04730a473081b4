"""Whether an error says that the database could not be asked just now, rather than that it was asked wrongly."""

import sqlite3

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

SECONDS_UNTIL_BACK = 5
_TO_SAVEPOINT = "ROLLBACK TO SAVEPOINT"
_DISK_FULL = "53100"  # PostgreSQL's
_PASSING = frozenset({
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN,
})


def is_away(error: BaseException) -> bool:
    """Whether the same request may work in a moment: the server restarts or is slow, or the file is locked.

    SQLite calls a table that is missing an operational error too, so its own code decides there.
    """
    error = _first(error)
    if isinstance(error, PoolTimeout):
        return True
    if is_full(error):
        return False
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.OperationalError):
        return getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF in _PASSING
    return isinstance(error, OperationalError | InterfaceError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


def is_full(error: BaseException) -> bool:
    """Whether there is no room on the disk to write anything: reading goes on, and somebody has to make room."""
    error = _first(error)
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_OK)
    return code & 0xFF == sqlite3.SQLITE_FULL or getattr(cause, "sqlstate", None) == _DISK_FULL


def _first(error: BaseException) -> BaseException:
    """The error that made SQLite take a whole transaction back: then the savepoint to go back to is gone, too."""
    before: BaseException | None = error
    while isinstance(before, DBAPIError) and (before.statement or "").startswith(_TO_SAVEPOINT):
        before = before.__context__
    return before or error
