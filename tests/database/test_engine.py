"""Transactions, foreign keys and times behave alike on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from registry.database.engine import Database
from registry.events.models import Event
from registry.projects.models import Link, Project
from registry.settings import Settings
from tests.factories import a_project, an_event


async def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError, match="stop"):
        async with database.writing() as session:
            await a_project(session)
            raise RuntimeError("stop")
    async with database.reading() as reader:
        assert (await reader.execute(select(Project.id))).all() == []


async def test_a_link_to_no_project_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.writing() as session:
            session.add(Link(project_id=12345, url="https://example.org"))


async def test_an_instant_comes_back_as_the_same_instant_in_utc(database: Database) -> None:
    taipei = timezone(timedelta(hours=8))
    starts_at = datetime(2024, 1, 6, 9, 30, tzinfo=taipei)
    async with database.writing() as session:
        await an_event(session, starts_at=starts_at, ends_at=starts_at + timedelta(hours=8))
    async with database.reading() as reader:
        stored = (await reader.execute(select(Event.starts_at, Event.timezone))).one()
    assert (stored.starts_at, stored.starts_at.tzinfo, stored.timezone) == (starts_at, UTC, "Asia/Taipei")


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="time zone"):
        async with database.writing() as session:
            await an_event(session, starts_at=datetime(2024, 1, 6, 9, 30))  # noqa: DTZ001


async def test_a_localized_text_keeps_its_characters(database: Database) -> None:
    name = {"zh-Hant": "「坑」＆𠮷", "en": "Pit"}
    async with database.writing() as session:
        await a_project(session, name=name)
    async with database.reading() as reader:
        assert (await reader.execute(select(Project.name))).scalar_one() == name


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_statement_that_hangs_is_broken_off(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.database.engine.SECONDS_A_STATEMENT", 1)
    database = Database(Settings(database_url=database_url))
    async with database.reading() as reader:
        assert await reader.scalar(text("SHOW idle_in_transaction_session_timeout")) == "2min"
        with pytest.raises(OperationalError, match="statement timeout"):
            await reader.execute(text("SELECT pg_sleep(20)"))
    await database.close()
