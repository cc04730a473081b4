"""The whole of an installation in one file, to be moved to another: every table, hidden and private rows too.

A ZIP file with ``manifest.json`` (what is in it, of which schema) and ``tables/NAME.jsonl``, one row a line in the
order of the table's key. Nothing of an archive is ever unpacked to disk, and no name in it is a path to us.
"""

import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

import msgspec
from sqlalchemy import JSON, Table, bindparam, delete, func, insert, select
from sqlalchemy import text as plain_sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from registry.database.engine import Database, Reader, dialect_of
from registry.database.glance import knows_revision, newest_revision
from registry.database.rows import as_json, from_json
from registry.database.tables import Base
from registry.exchange.packed import MOST_PACKED, SMALL, is_a_way_out
from registry.exchange.problems import UnreadableSource
from registry.search.commands import rebuild

FORM: Final = 1
LEFT_OUT: Final = frozenset({"search_documents", "search_words", "sessions", "sign_in_attempts", "uploads"})
"""What is made anew from the rest, and what ends with the move: sign-ins, and files that are kept for a day."""
LARGEST: Final = 4 * 1024**3
"""Bytes that an archive may hold, unpacked."""
LONGEST_LINE: Final = 32 * 1024**2
MANIFEST: Final = "manifest.json"
_AT_ONCE = 500
_JSON = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class TableTold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many rows of a table there are, and the SHA-256 of its file."""

    rows: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What an archive says of itself."""

    form: int
    schema: str
    made_at: datetime
    tables: dict[str, TableTold]


async def write_archive(database: Database, file: Path, *, now: datetime) -> dict[str, int]:
    """Write everything into a file that only its owner may read; how many rows of each table.

    The file appears when it is whole. What is written is one picture of the database, however busy it is.
    """
    told: dict[str, TableTold] = {}
    with _whole_or_nothing(file) as archive:
        async with database.reading() as reader:
            if not database.is_sqlite:
                await reader.execution_options(isolation_level="REPEATABLE READ")
            for table in _tables():
                with archive.open(_name_of(table), "w", force_zip64=True) as part:
                    told[table.name] = await _write_table(reader, table, part)
        manifest = Manifest(FORM, newest_revision(), now, told)
        archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    return {name: one.rows for name, one in told.items()}


async def read_archive(database: Database, file: Path) -> dict[str, int]:
    """Load an archive into an installation that holds nothing yet; how many rows of each table. All of it, or nothing.

    Raises:
        UnreadableSource: it is none of ours, newer, older, cut or altered, or there is something here already.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _manifest(archive)
            async with database.writing() as session:
                await _refuse_a_full_house(session)
                for table in reversed(_tables()):
                    await session.execute(delete(table))
                for table in _tables():
                    await _read_table(session, archive, table, manifest.tables[table.name])
                await _go_on_counting(session)
                await rebuild(session)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, UnicodeDecodeError) as error:
        message = f"{file.name} is not a whole archive ({error}). Copy it again, or export it again."
        raise UnreadableSource(message) from error
    return {name: one.rows for name, one in manifest.tables.items()}


@contextmanager
def _whole_or_nothing(file: Path) -> Iterator[zipfile.ZipFile]:
    """An archive to fill; the file is there only once it is whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.part")
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            yield archive
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


async def _write_table(reader: Reader, table: Table, part: IO[bytes]) -> TableTold:
    told, count = hashlib.sha256(), 0
    for row in (await reader.execute(select(table).order_by(*table.primary_key))).mappings():
        line = msgspec.json.encode(as_json(dict(row))) + b"\n"
        told.update(line)
        part.write(line)
        count += 1
    return TableTold(count, told.hexdigest())


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    """What is in an archive, once its parts are such as we write, of our schema, and of a size that can be."""
    parts = archive.infolist()
    expected = {MANIFEST, *(_name_of(table) for table in _tables())}
    names = [part.filename for part in parts]
    if MANIFEST not in names:
        raise UnreadableSource("This is no archive of a registry: it has no manifest.json.")
    if any(is_a_way_out(name) for name in names) or len(set(names)) < len(names):
        raise UnreadableSource("The archive was altered: it holds names that `keng export archive` never writes.")
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
    if manifest.form > FORM or not knows_revision(manifest.schema):
        raise UnreadableSource("The archive is from a newer version of Keng. Update this one first, then import it.")
    if manifest.schema != newest_revision():
        raise UnreadableSource(
            f"The archive is from an older version of Keng (schema {manifest.schema}). Import it with that version, "
            "then update and run `keng migrate`."
        )
    if set(names) != expected or {f"tables/{name}.jsonl" for name in manifest.tables} != expected - {MANIFEST}:
        raise UnreadableSource("The archive was altered: its parts are not those that its manifest should name.")
    return manifest


async def _refuse_a_full_house(session: AsyncSession) -> None:
    for name in ("events", "projects", "people"):
        if await session.scalar(select(func.count()).select_from(Base.metadata.tables[name])):
            raise UnreadableSource(
                "This installation holds a record already, and an archive replaces everything. Import it into a new "
                "database: set KENG_DATABASE_URL, then run `keng migrate`."
            )


async def _read_table(session: AsyncSession, archive: zipfile.ZipFile, table: Table, told: TableTold) -> None:
    seen, count, rows = hashlib.sha256(), 0, []
    with archive.open(_name_of(table)) as part:
        for line in _lines(part, table):
            seen.update(line)
            count += 1
            rows.append(_row(table, line, count))
            if len(rows) == _AT_ONCE:
                await _insert(session, table, rows)
                rows = []
    if (count, seen.hexdigest()) != (told.rows, told.sha256):
        raise UnreadableSource(f"The archive was altered or cut: {table.name} is not what its manifest says.")
    await _insert(session, table, rows)


def _lines(part: IO[bytes], table: Table) -> Iterator[bytes]:
    while line := part.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise UnreadableSource(f"The archive is refused: a row of {table.name} is too long.")
        yield line


def _row(table: Table, line: bytes, number: int) -> dict[str, Any]:
    try:
        told = msgspec.json.decode(line, type=dict[str, Any])
        if set(told) != set(table.c.keys()):
            raise UnreadableSource(f"The archive was altered: row {number} of {table.name} has other columns.")
        return from_json(table, told)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise UnreadableSource(f"The archive was altered: row {number} of {table.name}: {error}.") from error


async def _insert(session: AsyncSession, table: Table, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    # What is not there is no value at all, and not the ``null`` of JSON: the two are different to a database.
    values = {
        column.name: bindparam(column.name, type_=_JSON if isinstance(column.type, JSON) else column.type)
        for column in table.c
    }
    try:
        await session.execute(insert(table).values(values), rows)
    except (DBAPIError, StatementError) as error:
        message = f"The archive was altered: rows of {table.name} contradict each other or the database's rules."
        raise UnreadableSource(message) from error


async def _go_on_counting(session: AsyncSession) -> None:
    """PostgreSQL counts new rows from where it was, not from the highest there is."""
    if dialect_of(session) != "postgresql":
        return
    for table in _tables():
        for column in table.primary_key:
            sequence = await session.scalar(
                plain_sql("SELECT pg_get_serial_sequence(:table, :column)"),
                {"table": table.name, "column": column.name},
            ) if len(table.primary_key) == 1 and column.name == "id" else None
            if sequence:
                highest = await session.scalar(select(func.max(column)))
                await session.execute(
                    plain_sql("SELECT setval(:sequence, :value, :is_used)"),
                    {"sequence": sequence, "value": highest or 1, "is_used": highest is not None},
                )


def _tables() -> list[Table]:
    """The tables of an archive, each after those that it refers to."""
    return [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]


def _name_of(table: Table) -> str:
    return f"tables/{table.name}.jsonl"
