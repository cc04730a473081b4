"""What a glance at a database tells, without SQLAlchemy and Alembic: they take longer to load than this to answer."""

import re
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

from registry.settings import Settings

_REVISIONS = Path(__file__).parent / "migrations" / "versions"
_REVISION = re.compile(r"^revision = ['\"](\w+)", re.MULTILINE)
_CAME_BEFORE = re.compile(r"^down_revision = ['\"](\w+)", re.MULTILINE)

_SAYS_IT_ADDS = re.compile(r"^only_adds = True$", re.MULTILINE)
"""In a migration whose statements cannot be told by their names: what it executes fills what it adds, and no more."""
_STEP = re.compile(r"\b(?:batch_)?op\.(\w+)")
_ADDING = frozenset({
    "batch_alter_table", "f", "create_table", "add_column", "create_foreign_key", "create_index", "drop_index",
    "create_unique_constraint",
})


@cache
def newest_revision() -> str:
    """The revision that this version of the software works with: the one that no migration comes after."""
    texts = [path.read_text(encoding="utf-8") for path in _REVISIONS.glob("[0-9]*.py")]
    revisions: set[str] = {found for text in texts for found in _REVISION.findall(text)}
    [newest] = revisions - {found for text in texts for found in _CAME_BEFORE.findall(text)}
    return newest


def knows_revision(revision: str) -> bool:
    """Whether this version of the software knows a revision, as its newest or from before."""
    return any(revision in _REVISION.findall(path.read_text(encoding="utf-8")) for path in _REVISIONS.glob("[0-9]*.py"))


def only_added_since(revision: str) -> bool:
    """Whether each migration after a revision did no more than add tables and columns, or change indexes.

    What was kept at that revision can then be taken as it is: nothing it holds has another place or meaning now.
    """
    texts = [path.read_text(encoding="utf-8") for path in _REVISIONS.glob("[0-9]*.py")]
    after = {before: text for text in texts for before in _CAME_BEFORE.findall(text)}
    while text := after.get(revision):
        steps = _STEP.findall(text.partition("def upgrade")[2].partition("def downgrade")[0])
        if not (_ADDING.issuperset(steps) or _SAYS_IT_ADDS.search(text)):
            return False
        [revision] = _REVISION.findall(text)
    return revision == newest_revision()


def is_up_to_date(settings: Settings) -> bool:
    """Whether the schema is at the newest revision; a database that is not there yet is not."""
    return _first_value(settings, "SELECT version_num FROM alembic_version") == newest_revision()


def is_empty(settings: Settings) -> bool:
    """Whether nothing was imported or written yet: no event and no project."""
    return not _first_value(settings, "SELECT EXISTS (SELECT 1 FROM events) OR EXISTS (SELECT 1 FROM projects)")


def _first_value(settings: Settings, question: str) -> object:
    """The answer to a question of one value; none where the database or its table is not there."""
    return _sqlite_value(settings.sqlite_path, question) if settings.is_sqlite else _postgresql_value(
        settings.database_url, question
    )


def _sqlite_value(path: Path, question: str) -> object:
    if not path.exists():
        return None
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as connection:
        try:
            row = connection.execute(question).fetchone()
        except sqlite3.OperationalError:
            return None
    return row[0] if row else None


def _postgresql_value(url: str, question: str) -> object:
    import psycopg  # noqa: PLC0415 — only where PostgreSQL is used

    with psycopg.connect(url, autocommit=True) as connection:
        try:
            row = connection.execute(question.encode()).fetchone()
        except psycopg.errors.UndefinedTable:
            return None
    return row[0] if row else None
