"""The one seat for background work in an installation: whoever holds it works, others wait until it is free.

Taken without writing to the database, for a write would make every page in memory invalid: a lock on a file beside
an SQLite database, an advisory lock of PostgreSQL. Both are given back by the system itself when a process dies.
"""

import fcntl
import os
from pathlib import Path
from typing import Protocol

from registry.settings import Settings


class Seat(Protocol):
    """The right to do the background work."""

    async def take(self) -> bool:
        """Take the seat, or make sure that it is still held; false when somebody else has it."""

    async def leave(self) -> None:
        """Give the seat back."""


def seat_of(settings: Settings) -> Seat:
    """The seat of an installation."""
    if settings.is_sqlite:
        return FileSeat(settings.sqlite_path.with_name(settings.sqlite_path.name + "-worker"))
    from registry.jobs.advisory_seat import AdvisorySeat  # noqa: PLC0415 — only where PostgreSQL is used

    return AdvisorySeat(settings.database_url)


class FileSeat:
    """A lock on a file of a directory that only this machine's processes share, as SQLite itself demands."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: int | None = None

    async def take(self) -> bool:
        """Lock the file; who has it keeps it."""
        if self._held is not None:
            return True
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._held = descriptor
        return True

    async def leave(self) -> None:
        """Unlock the file, which stays: to remove it could unlock it for two."""
        if self._held is not None:
            os.close(self._held)
            self._held = None
