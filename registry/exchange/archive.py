"""The whole of an installation in one file, to be kept or moved: every table, hidden and private rows too.

A backup and a move are one thing, and the file knows no database: what SQLite wrote, PostgreSQL reads, and back.
"""

import hashlib
import zipfile
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

import msgspec
from sqlalchemy import JSON, Table, bindparam, delete, func, insert, select
from sqlalchemy import text as plain_sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from registry import __version__
from registry.database.engine import Database, dialect_of
from registry.database.glance import newest_revision
from registry.database.rows import Values, as_json, from_json
from registry.database.tables import Base
from registry.exchange.archive_file import (
    FORM,
    MANIFEST,
    Manifest,
    TableTold,
    lines_of,
    opened,
    part_of,
    whole_or_nothing,
)
from registry.exchange.problems import UnreadableSource
from registry.search.commands import rebuild

LEFT_OUT: Final = frozenset({
    "search_documents", "search_words", "sessions", "sign_in_attempts", "access_tokens", "uploads",
})
"""What is made anew from the rest, and files that are kept for a short time; sign-ins and access tokens end with a
restore: revoked ones would live again."""
FULL_HOUSE: Final = (
    "This installation holds a record already. Restore into a new database (set KENG_DATABASE_URL), or use --replace "
    "to throw away what is here."
)
_AT_ONCE = 500
_JSON = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


async def write_archive(database: Database, file: Path, *, now: datetime) -> dict[str, int]:
    """Write everything into a file that only its owner may read; how many rows of each table.

    The file appears when it is whole. What is written is one picture of the database, however busy it is: the
    transaction of a reader is one on SQLite, and on PostgreSQL when it asks for it.
    """
    told: dict[str, TableTold] = {}
    with whole_or_nothing(file) as archive:
        async with database.reading() as reader:
            if not database.is_sqlite:
                await reader.execution_options(isolation_level="REPEATABLE READ")
            for table in _tables():
                with archive.open(part_of(table.name), "w", force_zip64=True) as part:
                    told[table.name] = await _write_table(reader, table, part)
        manifest = Manifest(FORM, __version__, newest_revision(), now, told)
        archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest.counts


def check_archive(file: Path) -> Manifest:
    """Read an archive to its end without a database; what it says of itself.

    Raises:
        UnreadableSource: `read_archive` would refuse it.
    """
    with opened(file, [table.name for table in _tables()]) as (archive, manifest):
        for table in _tables_of(manifest):
            columns = _columns(archive, table, manifest)
            for number, line in enumerate(lines_of(archive, table.name), start=1):
                _row(table, line, number, columns)
    return manifest


async def read_archive(database: Database, file: Path, *, replaces: bool = False) -> dict[str, int]:
    """Load an archive; how many rows of each table. All of it, or nothing: what is there stays until all is.

    Whoever was signed in no longer is. ``replaces`` is for a database that holds a record already. An archive of an
    older version is taken while nothing was done to the schema since but add: a column that it lacks takes its default.

    Raises:
        UnreadableSource: it is none of ours, newer, too old, cut or altered, or there is something here already.
    """
    with opened(file, [table.name for table in _tables()]) as (archive, manifest):
        async with database.writing() as session:
            if dialect_of(session) == "postgresql":
                await session.execute(plain_sql("SET LOCAL statement_timeout = 0"))  # to empty a large table takes long
            if not replaces:
                await _refuse_a_full_house(session)
            # Sign-ins too: they would belong to whoever has their person's number in the archive.
            for table in reversed(Base.metadata.sorted_tables):
                await session.execute(delete(table))
            for table in _tables_of(manifest):
                await _read_table(session, archive, table, _columns(archive, table, manifest))
            await _go_on_counting(session)
            await rebuild(session)
    return manifest.counts


async def _write_table(reader: AsyncConnection, table: Table, part: IO[bytes]) -> TableTold:
    told, count = hashlib.sha256(), 0
    async for row in _rows(reader, table):
        line = msgspec.json.encode(as_json(row)) + b"\n"
        told.update(line)
        part.write(line)
        count += 1
    return TableTold(count, told.hexdigest())


async def _rows(reader: AsyncConnection, table: Table) -> AsyncIterator[Values]:
    """The rows of a table by its key, never all of them in memory."""
    question = select(table).order_by(*table.primary_key).execution_options(yield_per=_AT_ONCE)
    if dialect_of(reader) == "sqlite":
        for row in (await reader.execute(question)).mappings():  # our driver fetches them as they are asked for
            yield dict(row)
        return
    async with reader.stream(question) as rows:
        async for row in rows.mappings():
            yield dict(row)


async def _refuse_a_full_house(session: AsyncSession) -> None:
    for name in ("events", "projects", "people"):
        if await session.scalar(select(func.count()).select_from(Base.metadata.tables[name])):
            raise UnreadableSource(FULL_HOUSE)


def _columns(archive: zipfile.ZipFile, table: Table, manifest: Manifest) -> frozenset[str]:
    """The columns of a table that an archive has; each that an older one lacks has a default to take instead."""
    ours = frozenset(map(str, table.c.keys()))
    first = next(lines_of(archive, table.name), None) if manifest.is_older else None
    if first is None:
        return ours
    columns = ours & _read(table, first, 1).keys()
    for column in table.c:
        has_default = column.nullable or column.default is not None or column.server_default is not None
        if column.name not in columns and not has_default:
            raise UnreadableSource(
                f"The archive is from an older version of Keng ({manifest.version}), which does not know what "
                f"{table.name}.{column.name} should say. Restore it with that version, then update and run "
                "`keng migrate`."
            )
    return columns


async def _read_table(
    session: AsyncSession, archive: zipfile.ZipFile, table: Table, columns: frozenset[str]
) -> None:
    rows = []
    for number, line in enumerate(lines_of(archive, table.name), start=1):
        rows.append(_row(table, line, number, columns))
        if len(rows) == _AT_ONCE:
            await _insert(session, table, rows, columns)
            rows = []
    await _insert(session, table, rows, columns)


def _row(table: Table, line: bytes, number: int, columns: frozenset[str]) -> dict[str, Any]:
    told = _read(table, line, number)
    if set(told) != columns:
        raise UnreadableSource(f"The archive was altered: row {number} of {table.name} has other columns.")
    try:
        return from_json(table, told)
    except msgspec.ValidationError as error:
        raise UnreadableSource(f"The archive was altered: row {number} of {table.name}: {error}.") from error


def _read(table: Table, line: bytes, number: int) -> dict[str, Any]:
    try:
        return msgspec.json.decode(line, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise UnreadableSource(f"The archive was altered: row {number} of {table.name}: {error}.") from error


async def _insert(session: AsyncSession, table: Table, rows: list[dict[str, Any]], columns: frozenset[str]) -> None:
    if not rows:
        return
    # What is not there is no value at all, and not the ``null`` of JSON: the two are different to a database.
    values = {
        column.name: bindparam(column.name, type_=_JSON if isinstance(column.type, JSON) else column.type)
        for column in table.c if column.name in columns
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


def _tables_of(manifest: Manifest) -> list[Table]:
    return [table for table in _tables() if table.name in manifest.tables]


def _tables() -> list[Table]:
    """The tables of an archive, each after those that it refers to."""
    return [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]
