"""The one machine that may use an SQLite file: its locks and its shared memory reach no further than one kernel.

Beside the file lies a note of which machine uses it, written anew every few seconds. Another machine, which sees it on
a network's disk, watches whether that goes on. Nobody's clock is trusted, and nothing is written to the database, for a
write would make every page in memory invalid. Containers of one machine share its kernel, and so the file.
"""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

from registry.settings import Settings

SECONDS_BETWEEN_NOTES = 5.0
SECONDS_OF_SILENCE = 3 * SECONDS_BETWEEN_NOTES
"""A machine that has not written its note for this long is gone."""
NETWORKS = frozenset({
    "9p", "afs", "beegfs", "ceph", "cifs", "fuse.ceph", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs", "gfs2",
    "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "smb3", "smbfs", "virtiofs",
})
"""File systems that several machines can see, as the kernel names them."""
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_MOUNTS = Path("/proc/mounts")
_log = logging.getLogger("keng.database")


class OtherMachine(Exception):
    """Another machine uses the file; the message says which, and what to do."""


class Machine(NamedTuple):
    """A running kernel, known by what it drew at its start, and what it is called."""

    boot: str
    name: str


def this_machine() -> Machine:
    """The machine that this process runs on."""
    return Machine(_BOOT.read_text("ascii").strip() if _BOOT.is_file() else socket.getfqdn(), socket.gethostname())


@contextmanager
def sole_machine(settings: Settings) -> Iterator[None]:
    """Use the database as the only machine for the length of the block; PostgreSQL takes any number.

    Raises:
        OtherMachine: another one uses the file.
    """
    if not settings.is_sqlite:
        yield
        return
    note = Note(settings.sqlite_path, this_machine())
    note.claim()
    is_over = threading.Event()
    keeper = threading.Thread(target=_keep, args=(note, is_over, _stop), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        is_over.set()
        keeper.join(SECONDS_BETWEEN_NOTES)
        note.remove()


class Note:
    """The note beside a database file, as one machine writes and reads it."""

    def __init__(self, database: Path, machine: Machine) -> None:
        self._path = database.with_name(database.name + "-machine")
        self._machine = machine
        self._has_claimed = self._is_first = False

    def claim(self) -> None:
        """Write the note, unless another machine goes on writing it (then it takes up to 15 seconds to say so).

        Raises:
            OtherMachine: it does.
        """
        found = first = self._read()
        self._is_first = not found or not self._is_ours(found)
        deadline = time.monotonic() + SECONDS_OF_SILENCE
        while found and not self._is_ours(found) and time.monotonic() < deadline:
            time.sleep(SECONDS_BETWEEN_NOTES / 10)
            found = self._read()
            if found and found != first and not self._is_ours(found):
                raise OtherMachine(
                    f"The machine {_name_in(found)} uses {self._path.parent}. SQLite cannot be shared by machines: "
                    "stop Keng there, or move to PostgreSQL, which several can share (docs/several-machines.md)."
                )
        self.write()

    def write(self) -> None:
        """Say that this machine uses the file.

        Raises:
            OtherMachine: another one has said so meanwhile, for we were silent for too long.
        """
        found = self._read()
        if found and not self._is_ours(found) and self._has_claimed:
            raise OtherMachine(f"The machine {_name_in(found)} has taken over {self._path.parent}.")
        draft = self._path.with_name(f"{self._path.name}-{token_hex(4)}")
        draft.write_text(f"{self._machine.boot} {self._machine.name} {token_hex(8)}\n", "utf-8")
        draft.replace(self._path)
        self._has_claimed = True

    def remove(self) -> None:
        """Let another machine begin at once; where a process of this one wrote the note before us, it goes on."""
        if self._is_first and self._is_ours(self._read()):
            self._path.unlink(missing_ok=True)

    def _read(self) -> str:
        try:
            return self._path.read_text("utf-8")
        except FileNotFoundError:
            return ""

    def _is_ours(self, found: str) -> bool:
        return found.split(" ", 1)[0] == self._machine.boot


def network_of(path: Path) -> str:
    """The kind of network file system on which a path lies; empty where it is a disk, or where this cannot be known."""
    if not _MOUNTS.is_file():
        return ""
    return network_among(_MOUNTS.read_text("utf-8", "replace"), path.resolve())


def network_among(mounts: str, path: Path) -> str:
    """The same, by what the kernel says is mounted (a line each: what, where, kind)."""
    kinds = {}
    for line in mounts.splitlines():
        _what, where, kind, *_rest = line.split(" ")
        kinds[where.replace("\\040", " ")] = kind
    nearest = next((kinds[str(place)] for place in (path, *path.parents) if str(place) in kinds), "")
    return nearest if nearest in NETWORKS else ""


def _name_in(found: str) -> str:
    return found.split(" ")[1] if found.count(" ") > 1 else "that wrote the note beside it"


def _keep(note: Note, is_over: threading.Event, stop: Callable[[], None]) -> None:
    while not is_over.wait(SECONDS_BETWEEN_NOTES):
        try:
            note.write()
        except OtherMachine as trouble:
            _log.critical("%s This one stops, so that nothing is lost.", trouble)
            stop()
            return
        except OSError:
            _log.exception("the note beside the database could not be written; trying again")


def _stop() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
