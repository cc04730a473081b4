"""An archive moves everything to another installation, of either database; one that was altered is refused."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import JSON, Column, Enum, func, insert, select

from registry.database.engine import Database
from registry.database.glance import only_added_since
from registry.database.rows import as_json
from registry.database.tables import Base
from registry.database.types import UTCDateTime
from registry.exchange.archive import LEFT_OUT, check_archive, read_archive, write_archive
from registry.exchange.archive_file import MANIFEST, SEAL_LENGTH, seal
from registry.exchange.problems import UnreadableSource
from registry.search.models import SearchDocument
from registry.settings import Settings
from tests.conftest import on_one_database
from tests.databases import PostgresqlDatabase, SqliteDatabase
from tests.factories import a_case, a_credit, a_person, a_project, a_proposal, a_registration, a_repository, an_event
from tests.trust.promises import promised

NOW = datetime(2026, 7, 1, 8, 0, 0, 123_456, tzinfo=UTC)
_EITHER_OR = {"links.proposal_id"}
"""Columns that are empty where another is filled."""
Rows = dict[str, list[dict[str, Any]]]


async def _fill(database: Database) -> None:
    """A row with a value in every column of every table, and records as they are, with values that are not there."""
    async with database.writing() as session:
        for table in Base.metadata.sorted_tables:
            await session.execute(insert(table).values({
                column.name: _a_value(column) for column in table.c if f"{table.name}.{column.name}" not in _EITHER_OR
            }))
        event = await an_event(session, name={"zh-Hant": "第一次", "en": "<b>\u2028&"}, hidden_at=NOW)
        project = await a_project(session, name={"en": "Budget map"})
        person = await a_person(session, display_name="林 😀")
        pitch = await a_proposal(session, event=event, project=project)
        await a_credit(session, proposal=pitch, person=person)
        await a_registration(session, event=event, person=person)
        await a_case(session, project=project)
        await a_repository(session, project, forge_id=2**40)


def _a_value(column: Column[Any]) -> Any:
    kind = column.type
    if isinstance(kind, Enum):
        return next(iter(kind.enum_class or ()))
    if isinstance(kind, UTCDateTime):
        return NOW
    if isinstance(kind, JSON):
        return {"en": "A 字"}
    values: dict[type[Any], Any] = {str: "字", int: 1, bool: True, float: 0.1, date: NOW.date(), bytes: b"\0\xff"}
    return values[kind.python_type]


async def _everything(database: Database) -> Rows:
    async with database.reading() as reader:
        return {
            table.name: [
                as_json(dict(row))
                for row in (await reader.execute(select(table).order_by(*table.primary_key))).mappings()
            ]
            for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT
        }


async def test_everything_goes_to_postgresql_and_back_and_is_the_same(
    sqlite: SqliteDatabase, postgresql: PostgresqlDatabase, tmp_path: Path
) -> None:
    before: Rows = {}
    for step, url in enumerate((sqlite.cleaned(), postgresql.cleaned(), None)):
        address = url or sqlite.cleaned()
        database = Database(Settings(database_url=address))
        if step == 0:
            await _fill(database)
            before = await _everything(database)
        else:
            read = await read_archive(database, tmp_path / f"{step - 1}.keng")
            assert {name: len(rows) for name, rows in before.items()} == read
            assert await _everything(database) == before
        written = await write_archive(database, tmp_path / f"{step}.keng", now=NOW)
        assert written == {name: len(rows) for name, rows in before.items()}
        assert check_archive(tmp_path / f"{step}.keng").counts == written
        async with database.writing() as session:
            later = await a_person(session)
            found = await session.scalar(select(func.count()).select_from(SearchDocument))
        assert later.id == max(row["id"] for row in before["people"]) + 1
        assert (found or 0) > 1 if step else found == 1
        await database.close()
    assert _mode(tmp_path / "0.keng") == 0o600
    assert all(before.values())


@pytest.fixture
async def archive(database: Database, tmp_path: Path) -> Path:
    return await an_archive(database, tmp_path)


async def an_archive(database: Database, place: Path) -> Path:
    """An archive; the database is empty again."""
    await _fill(database)
    await write_archive(database, place / "good.keng", now=NOW)
    async with database.writing() as session:
        for table in reversed(Base.metadata.sorted_tables):
            await session.execute(table.delete())
    return place / "good.keng"


@on_one_database
async def test_what_is_not_as_it_was_is_refused_whole(database: Database, archive: Path) -> None:
    whole = _read(archive)

    def manifest(**fields: Any) -> Callable[[str, bytes], bytes]:
        def change(name: str, content: bytes) -> bytes:
            return json.dumps({**json.loads(content), **fields}).encode() if name == MANIFEST else content
        return change

    def row(name: str, content: bytes) -> bytes:
        return content.replace(b"Budget", b"Secret") if name == "tables/projects.jsonl" else content

    made = {
        "newer version": _changed(archive, manifest(schema="9999")), "newer": _changed(archive, manifest(form=3)),
        "older version": _changed(archive, manifest(schema="0001")),
        "cannot be understood": _changed(archive, manifest(tables=[])),
        "is not what its manifest says": _changed(archive, row),
        "no manifest.json": _zip({"readme.txt": b"hello"}),
        "names that": _changed(archive, more={"../../etc/cron.d/evil": b"x"}),
        "parts are not those": _changed(archive, more={"tables/strange.jsonl": b"{}\n"}),
        "is packed as no archive": _changed(archive, more={"tables/bomb.jsonl": b"0" * 30_000_000}),
    }
    for told, content in made.items():
        _put(archive, content)
        with pytest.raises(UnreadableSource, match=told):
            await read_archive(database, archive)
    assert sum(map(len, (await _everything(database)).values())) == 0
    _put(archive, whole)
    assert (await read_archive(database, archive))["people"] == 2
    before = await _everything(database)
    with pytest.raises(UnreadableSource, match="holds a record already"):
        await read_archive(database, archive)
    async with database.writing() as session:
        await a_project(session, name={"en": "Gone with the restore"})
    await read_archive(database, archive, replaces=True)
    assert await _everything(database) == before


async def spoilt_archives_are_refused(database: Database, archive: Path, times: int) -> str:
    """Cut or alter an archive in many ways and restore it: none is taken, and nothing is touched; the figure."""
    whole, chance = _read(archive), Random(14)  # noqa: S311 — the same faults each time
    async with database.writing() as session:
        await a_project(session)
    before = await _everything(database)
    for number in range(times):
        _put(archive, _spoilt(whole, number, chance))
        told = await _refusal(database, archive)
        with promised():
            assert "was cut or altered after it was written" in told, number
    with promised():
        assert await _everything(database) == before
    return f"{times} of {times} refused"


async def _refusal(database: Database, archive: Path) -> str:
    try:
        await read_archive(database, archive, replaces=True)
    except UnreadableSource as told:
        return str(told)
    return "taken"


@on_one_database
async def test_what_was_cut_or_altered_anywhere_is_refused_before_anything_is_touched(
    database: Database, archive: Path
) -> None:
    await spoilt_archives_are_refused(database, archive, times=20)


def _spoilt(whole: bytes, number: int, chance: Random) -> bytes:
    """A whole file with one fault: a bit turned, its end missing, bytes missing, doubled or added."""
    place = chance.randrange(len(whole))
    end = min(len(whole), place + chance.randint(1, 50))
    return (
        whole[:place] + bytes([whole[place] ^ 1 << chance.randrange(8)]) + whole[place + 1:],
        whole[:place],
        whole[:place] + whole[end:],
        whole[:end] + whole[place:],
        whole + whole[place:end],
    )[number % 5]


@on_one_database
async def test_an_older_archive_lacks_what_was_added_since_and_gets_the_defaults(
    database: Database, archive: Path
) -> None:
    assert only_added_since("0022")
    assert not only_added_since("0018"), "0019 dropped a column"
    assert not only_added_since("9999")
    before = _opened(archive)
    added_since = {"publications"}
    lost = {"projects": ("last_active_on", "pitch_count"), "events": ("note_url",)}

    def as_it_was(name: str, content: bytes) -> bytes:
        table = name.removeprefix("tables/").removesuffix(".jsonl")
        rows = [json.loads(line) for line in content.splitlines()] if table in lost else []
        for row in rows:
            for column in lost[table]:
                del row[column]
        return b"".join(json.dumps(row).encode() + b"\n" for row in rows) if rows else content

    _put(archive, _older(before, as_it_was, without=added_since))
    read = await read_archive(database, archive)
    assert set(before) - {f"tables/{name}.jsonl" for name in read} == {MANIFEST, "tables/publications.jsonl"}
    everything = await _everything(database)
    assert everything["publications"] == []
    assert {(row["pitch_count"], row["last_active_on"]) for row in everything["projects"]} == {(0, None)}
    assert [row["slug"] for row in everything["projects"]] == [
        json.loads(line)["slug"] for line in before["tables/projects.jsonl"].splitlines()
    ]


@on_one_database
async def test_an_older_archive_without_what_has_no_default_is_refused(database: Database, archive: Path) -> None:
    def nameless(name: str, content: bytes) -> bytes:
        if name != "tables/people.jsonl":
            return content
        rows = [{**json.loads(line), "slug": None} for line in content.splitlines()]
        for row in rows:
            del row["slug"]
        return b"".join(json.dumps(row).encode() + b"\n" for row in rows)

    _put(archive, _older(_opened(archive), nameless, without=set()))
    with pytest.raises(UnreadableSource, match=r"does not know what people\.slug should say"):
        await read_archive(database, archive)


def _opened(archive: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as whole:
        return {name: whole.read(name) for name in whole.namelist()}


def _older(parts: dict[str, bytes], change: Callable[[str, bytes], bytes], *, without: set[str]) -> bytes:
    """The archive as the version of schema 0022 would have written it."""
    tables = {
        name: change(name, content) for name, content in parts.items()
        if name != MANIFEST and name.removeprefix("tables/").removesuffix(".jsonl") not in without
    }
    told = {
        name.removeprefix("tables/").removesuffix(".jsonl"): {
            "rows": content.count(b"\n"), "sha256": hashlib.sha256(content).hexdigest(),
        } for name, content in tables.items()
    }
    manifest = {**json.loads(parts[MANIFEST]), "schema": "0022", "tables": told}
    return _zip({MANIFEST: json.dumps(manifest).encode()} | tables)


def _changed(
    archive: Path, change: Callable[[str, bytes], bytes] = lambda _name, content: content, *,
    more: dict[str, bytes] | None = None,
) -> bytes:
    with zipfile.ZipFile(archive) as old:
        return _zip({name: change(name, old.read(name)) for name in old.namelist()} | (more or {}))


def _read(path: Path) -> bytes:
    return path.read_bytes()


def _put(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def _zip(parts: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        new.comment = b"-" * SEAL_LENGTH
        for name, content in parts.items():
            new.writestr(name, content)
    seal(stream)
    return stream.getvalue()
