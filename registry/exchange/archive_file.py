"""The file of an archive: what stands in it, and whether it is as it was written. Nothing here asks a database.

A ZIP file with ``manifest.json`` (what is in it, of which schema) and ``tables/NAME.jsonl``, one row a line in the
order of the table's key. Its comment, the last bytes of the file, is the seal: the SHA-256 of everything before it, so
that whatever was cut or altered is seen before a row is read. Nothing of an archive is ever unpacked to disk, and no
name in it is a path to us.
"""

import hashlib
import os
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Final

import msgspec

from registry.database.glance import knows_revision, newest_revision, only_added_since
from registry.exchange.packed import MOST_PACKED, SMALL, is_a_way_out
from registry.exchange.problems import UnreadableSource

FORM: Final = 2
MANIFEST: Final = "manifest.json"
LARGEST: Final = 64 * 1024**3
"""Bytes that an archive may hold, unpacked."""
LONGEST_LINE: Final = 32 * 1024**2
SEAL_LENGTH: Final = 64


class TableTold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many rows of a table there are, and the SHA-256 of its file."""

    rows: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What an archive says of itself; ``version`` is of the software that wrote it."""

    form: int
    version: str
    schema: str
    made_at: datetime
    tables: dict[str, TableTold]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each table there are."""
        return {name: told.rows for name, told in self.tables.items()}

    @property
    def is_older(self) -> bool:
        """Whether it was written at an older schema, which may lack tables and columns of ours."""
        return self.schema != newest_revision()


@contextmanager
def whole_or_nothing(file: Path) -> Iterator[zipfile.ZipFile]:
    """An archive to fill, readable by its owner alone; the file is there only once it is whole, sealed and on disk."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.part")
    try:
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w+b") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.comment = b"-" * SEAL_LENGTH
                yield archive
            seal(stream)
            os.fsync(stream.fileno())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def seal(stream: IO[bytes]) -> None:
    """Put the digest of all that stands before the archive's comment into it."""
    digest = _digest_before_seal(stream)
    stream.seek(-SEAL_LENGTH, os.SEEK_END)
    stream.write(digest)
    stream.flush()


def part_of(table: str) -> str:
    """The name of a table's part."""
    return f"tables/{table}.jsonl"


@contextmanager
def opened(file: Path, tables: Collection[str]) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """An archive that is whole, and holds exactly these tables as its manifest tells of them.

    It is of our schema, or of an older one to which nothing was done since but add: it may then lack tables.

    Raises:
        UnreadableSource: it is none of ours, newer, too old, cut or altered.
    """
    try:
        with file.open("rb") as stream:
            _refuse_broken_seal(stream, file)
            with zipfile.ZipFile(stream) as archive:
                manifest = _manifest(archive, tables)
                for name, told in manifest.tables.items():
                    _refuse_other_rows(archive, name, told)
                yield archive, manifest
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, UnicodeDecodeError) as error:
        message = f"{file.name} is not a whole archive ({error}). Copy it again, or make it again."
        raise UnreadableSource(message) from error


def lines_of(archive: zipfile.ZipFile, table: str) -> Iterator[bytes]:
    """The rows of a table, as they stand in the file."""
    with archive.open(part_of(table)) as part:
        while line := part.readline(LONGEST_LINE + 1):
            if len(line) > LONGEST_LINE:
                raise UnreadableSource(f"The archive is refused: a row of {table} is too long.")
            yield line


def _digest_before_seal(stream: IO[bytes]) -> bytes:
    left, digest = stream.seek(0, os.SEEK_END) - SEAL_LENGTH, hashlib.sha256()
    stream.seek(0)
    while left > 0 and (some := stream.read(min(SMALL, left))):
        digest.update(some)
        left -= len(some)
    return digest.hexdigest().encode()


def _refuse_broken_seal(stream: IO[bytes], file: Path) -> None:
    digest = _digest_before_seal(stream)
    if stream.read(SEAL_LENGTH) != digest:
        raise UnreadableSource(
            f"{file.name} is not a whole archive: it was cut or altered after it was written, or another program made "
            "it. Copy it again, or use an older backup."
        )
    stream.seek(0)


def _manifest(archive: zipfile.ZipFile, tables: Collection[str]) -> Manifest:
    """What is in an archive, once its parts are such as we write, of our schema, and of a size that can be."""
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if MANIFEST not in names:
        raise UnreadableSource("This is no archive of a registry: it has no manifest.json.")
    if any(is_a_way_out(name) for name in names) or len(set(names)) < len(names):
        raise UnreadableSource("The archive was altered: it holds names that `keng backup` never writes.")
    for part in parts:
        is_bomb = part.file_size > SMALL and part.file_size > part.compress_size * MOST_PACKED
        if is_bomb or part.flag_bits & 1 or part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise UnreadableSource(f"The archive is refused: {part.filename} is packed as no archive of ours is.")
    if sum(part.file_size for part in parts) > LARGEST or archive.getinfo(MANIFEST).file_size > SMALL:
        raise UnreadableSource(f"The archive is refused: unpacked it is larger than {LARGEST >> 30} GB.")
    try:
        manifest = msgspec.json.decode(archive.read(MANIFEST), type=Manifest)
    except msgspec.DecodeError as error:
        raise UnreadableSource(f"manifest.json cannot be understood: {error}.") from error
    _refuse_other_schema(manifest)
    is_as_told = set(names) == {MANIFEST, *map(part_of, manifest.tables)} and set(tables).issuperset(manifest.tables)
    if not is_as_told or (set(manifest.tables) != set(tables) and not manifest.is_older):
        raise UnreadableSource("The archive was altered: its parts are not those that its manifest should name.")
    return manifest


def _refuse_other_schema(manifest: Manifest) -> None:
    if manifest.form > FORM or not knows_revision(manifest.schema):
        raise UnreadableSource(
            f"The archive is from a newer version of Keng ({manifest.version}). Update this one first, then restore it."
        )
    if not only_added_since(manifest.schema):
        raise UnreadableSource(
            f"The archive is from an older version of Keng ({manifest.version}, schema {manifest.schema}), since which "
            "what is kept has changed. Restore it with that version, then update and run `keng migrate`."
        )


def _refuse_other_rows(archive: zipfile.ZipFile, table: str, told: TableTold) -> None:
    seen, count = hashlib.sha256(), 0
    for line in lines_of(archive, table):
        seen.update(line)
        count += 1
    if (count, seen.hexdigest()) != (told.rows, told.sha256):
        raise UnreadableSource(f"The archive was altered or cut: {table} is not what its manifest says.")
