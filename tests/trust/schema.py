"""The tables at each revision: what they hold, and what a step changes about them."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from sqlalchemy import Connection, create_engine, inspect

from registry.database import migrate as migrating
from registry.database.engine import sync_url
from registry.database.migrate import migrate, pending_revisions
from registry.settings import Settings
from tests.bench.community import PROPOSALS, generate
from tests.trust.promises import promised

Columns = Mapping[str, frozenset[str]]
"""The columns of each table."""


class Shape(NamedTuple):
    """What the version before must know of a schema: columns that may be left out, and what refuses a row."""

    columns: Mapping[str, Mapping[str, str]]
    required: Mapping[str, frozenset[str]]
    bounds: Mapping[str, frozenset[str]]


def _revisions(place: Path) -> list[str]:
    """All of them, the oldest first."""
    return pending_revisions(f"sqlite:///{place}/nothing.sqlite3")


def shapes(place: Path, *, since: str = "") -> dict[str, Shape]:
    """The schema on SQLite at each revision; of those up to ``since`` at the newest alone."""
    url, found, known = f"sqlite:///{place}/empty.sqlite3", {}, _revisions(place)
    for revision in known[max(0, sum(one <= since for one in known) - 1):]:
        migrate(url, revision)
        with _connected(url) as connection:
            found[revision] = _shape(connection)
    return found


def _columns(shape: Shape) -> Columns:
    """The columns of each table."""
    return {table: frozenset(columns) for table, columns in shape.columns.items()}


def _what_breaks(before: Shape, after: Shape) -> list[str]:
    """What a step does that the version before would notice: it must do no more than add."""
    return [
        *(f"{table} is gone" for table in before.columns if table not in after.columns),
        *(
            f"{table}.{column} is no longer {kind}" for table, columns in before.columns.items()
            for column, kind in columns.items() if after.columns.get(table, {}).get(column) != kind
        ),
        *(
            f"{table}.{column} must be given" for table in before.columns
            for column in after.required.get(table, frozenset()) - before.required[table]
        ),
        *(
            f"{table} refuses more: {bound}" for table in before.columns
            for bound in after.bounds.get(table, frozenset()) - before.bounds[table]
        ),
    ]


def breaking_steps(found: Mapping[str, Shape]) -> list[str]:
    """What breaks in each step from one to the next."""
    return [
        f"{after}: {broken}" for before, after in pairwise(found)
        for broken in _what_breaks(found[before], found[after])
    ]


def _sums(url: str, columns: Columns) -> dict[str, tuple[int, int]]:
    """How many rows each table has, and a sum over what they hold in some columns, in any order."""
    with _connected(url) as connection:
        return {table: _sum(connection, table, sorted(names)) for table, names in columns.items()}


def _shared(one: Columns, other: Columns, *, only_changed: bool = False) -> Columns:
    """What two revisions both know; of all tables, or of those that differ."""
    return {
        table: one[table] & other[table] for table in one.keys() & other.keys()
        if not only_changed or one[table] != other[table]
    }


def go_down_and_up(url: str, place: Path, *, pitches: int) -> str:
    """Take a community with so many pitches down to the first tables and up again; the figure."""
    with patch.multiple("tests.bench.community", PEOPLE=1_000, CONTRIBUTIONS=1_000):  # pitches are what it is about
        generate(Settings(database_url=url), scale=pitches / PROPOSALS * 1.01)
    known = {revision: _columns(shape) for revision, shape in shapes(place).items()}
    newest_first = sorted(known, reverse=True)
    in_all = _shared(known[newest_first[0]], known[newest_first[-1]])
    before = _sums(url, in_all)
    assert before["proposals"][0] >= pitches
    for after, revision in pairwise(newest_first):
        changed = _shared(known[after], known[revision], only_changed=True)
        held = _sums(url, changed)
        migrate(url, revision)
        with promised():
            assert _sums(url, changed) == held, revision
    with promised():
        assert _sums(url, in_all) == before
    migrate(url)
    with promised():
        assert pending_revisions(url) == []
        assert _sums(url, in_all) == before
    rows = sum(count for count, _total in before.values())
    return f"{len(known)} steps down and up, {before['proposals'][0]:,} pitches among {rows:,} rows"


@contextmanager
def with_a_line(revision: str, in_function: str, line: str) -> Iterator[None]:
    """A fault: a line more at the beginning of a migration's ``upgrade`` or ``downgrade``."""
    with tempfile.TemporaryDirectory() as place:
        scripts = Path(place) / "migrations"
        shutil.copytree(migrating._SCRIPTS, scripts)
        [file] = (scripts / "versions").glob(f"{revision}_*.py")
        begin = f"def {in_function}() -> None:\n"
        file.write_text(file.read_text("utf-8").replace(begin, f"{begin}    {line}\n"), "utf-8")
        with patch.object(migrating, "_SCRIPTS", scripts):
            yield


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = create_engine(sync_url(url))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _shape(connection: Connection) -> Shape:
    inspector = inspect(connection)
    tables = [one for one in inspector.get_table_names() if not one.startswith(("fts_", "alembic_", "sqlite_"))]
    columns = {table: inspector.get_columns(table) for table in tables}
    return Shape(
        columns={table: {one["name"]: str(one["type"]) for one in found} for table, found in columns.items()},
        required={
            table: frozenset(
                one["name"] for one in found if not one["nullable"] and one["default"] is None and one["name"] != "id"
            ) for table, found in columns.items()
        },
        bounds={table: frozenset(_bounds(inspector, table)) for table in tables},
    )


def _bounds(inspector: Any, table: str) -> Iterator[str]:
    for one in inspector.get_unique_constraints(table):
        yield f"unique {sorted(one['column_names'])}"
    for one in inspector.get_indexes(table):
        if one["unique"]:
            yield f"unique {sorted(one['column_names'])}"
    for one in inspector.get_check_constraints(table):
        yield f"check {one['sqltext']}"
    for one in inspector.get_foreign_keys(table):
        yield f"refers {one['constrained_columns']} to {one['referred_table']}"


def _sum(connection: Connection, table: str, columns: list[str]) -> tuple[int, int]:
    names = ", ".join(f'"{one}"' for one in columns)
    rows = connection.exec_driver_sql(f'SELECT {names} FROM "{table}"')  # noqa: S608 — names of our own
    count = total = 0
    for row in rows:
        count, total = count + 1, total + hash(str(row))
    return count, total
