"""Statements that are built once."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from sqlalchemy import bindparam as given
from sqlalchemy import column, event, select, table, update
from sqlalchemy.exc import DBAPIError

from registry.database.aggregate import json_rows
from registry.database.engine import Database
from registry.database.prepared import Prepared, prepared
from registry.database.types import Localized
from registry.events.models import Event
from registry.events.rules import EventKind, EventState
from registry.projects.models import Project
from tests.factories import an_event

LATER = datetime(2030, 1, 1, tzinfo=UTC)


class NameRow(msgspec.Struct, frozen=True):
    """An event's name, as part of a row."""

    name: Localized


class Row(msgspec.Struct, frozen=True):
    """A value of each type whose text in the database is another one."""

    slug: str
    name: Localized
    kind: EventKind
    starts_on: date
    starts_at: datetime
    is_all_day: bool
    names: list[NameRow]


ROWS: Prepared[Row] = prepared(
    select(
        Event.slug, Event.name, Event.kind, Event.starts_on, Event.starts_at, Event.is_all_day,
        json_rows(select(Event.name).where(Event.slug == given("slug")).correlate(None), NameRow),
    ).where(
        Event.slug == given("slug"), Event.starts_at <= given("now", type_=Event.starts_at.type),
        Event.state.in_([EventState.PUBLISHED, EventState.CANCELLED]),
    ), Row,
)


def test_a_prepared_statement_has_the_key_of_any_like_it_and_one_made_from_it_a_key_of_its_own() -> None:
    statement = select(Project.slug)
    prepared(statement, str)
    narrower = statement.where(Project.hidden_at.is_(None))

    assert (_key(statement), hash(_key(statement))) == (_key(select(Project.slug)), hash(_key(select(Project.slug))))
    assert _key(narrower) == _key(select(Project.slug).where(Project.hidden_at.is_(None)))
    assert _key(narrower) != _key(statement)


async def test_it_gives_what_sqlalchemy_gives_and_reads_one_picture(database: Database) -> None:
    async with database.writing() as session:
        held = await an_event(session, subtitle={"en": "Pits"})
        await an_event(session, state=EventState.DRAFT)
        given_row = await ROWS.row(session, slug=held.slug, now=LATER)  # within a transaction SQLAlchemy asks
    async with database.reading() as reader:
        found = await ROWS.rows(reader, slug=held.slug, now=LATER)
        async with database.writing() as session:
            await session.execute(update(Event).values(kind=EventKind.SMALL))
        again = await ROWS.rows(reader, slug=held.slug, now=LATER)

    assert found == [given_row] == [Row(
        held.slug, held.name, EventKind.LARGE, held.starts_on, held.starts_at, True, [NameRow(held.name)]
    )]
    assert again == (found if database.is_sqlite else [msgspec.structs.replace(found[0], kind=EventKind.SMALL)])


async def test_no_row_is_none_and_several_are_not_one(database: Database) -> None:
    everything = prepared(select(Event.slug), str)
    async with database.reading() as reader:
        assert await everything.row(reader) is None
    async with database.writing() as session:
        await an_event(session)
        await an_event(session)
    async with database.reading() as reader:
        with pytest.raises(ValueError, match="too many"):
            await everything.row(reader)


async def test_a_refusal_is_told_in_the_words_of_sqlalchemy_and_a_listener_hears_of_it(database: Database) -> None:
    nowhere = prepared(select(table("nowhere", column("slug"))), str)
    heard: list[str] = []
    async with database.reading() as reader:
        with pytest.raises(DBAPIError, match="nowhere"):
            await nowhere.rows(reader)
    event.listen(
        database.read_engine.sync_engine, "before_cursor_execute", lambda *parts: heard.append(parts[2])
    )
    async with database.reading() as reader:
        await ROWS.rows(reader, slug="x", now=LATER)
    assert [statement for statement in heard if statement.startswith("SELECT")] == heard[-1:]


def _key(statement: Any) -> Any:
    return statement._generate_cache_key().key
