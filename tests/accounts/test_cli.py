"""``keng admin``: the first administrator comes from the command line."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import TypeVar

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from typer.testing import CliRunner, Result

from registry.accounts.commands import person_for
from registry.accounts.models import RoleGrant
from registry.activity.models import AuditEntry
from registry.cli import app
from registry.database.engine import Database
from registry.people.rules import IdentityProvider
from registry.ports import Claims
from registry.settings import Settings, load_settings
from tests.factories import a_person, an_event

Answer = TypeVar("Answer")


@pytest.fixture
def installation(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An installation with Ada, who signed in with GitHub, Bo, who is only in the record, and two events."""

    async def fill(session: AsyncSession) -> None:
        claims = Claims(provider=IdentityProvider.GITHUB, subject="1", login="Ada-L", display_name="Ada")
        await person_for(session, claims=claims, now=datetime(2026, 1, 1, tzinfo=UTC))
        await a_person(session, slug="bo", display_name="Bo")
        await an_event(session, slug="hackath-0")
        await an_event(session, slug="hackath-1")

    monkeypatch.setenv("KENG_DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "200")
    load_settings.cache_clear()
    _in(database_url, fill)
    yield database_url
    load_settings.cache_clear()


def _in(url: str, work: Callable[[AsyncSession], Awaitable[Answer]]) -> Answer:
    async def run() -> Answer:
        database = Database(Settings(database_url=url))
        try:
            async with database.writing() as session:
                return await work(session)
        finally:
            await database.close()

    return asyncio.run(run())


def _keng(*words: str) -> Result:
    return CliRunner().invoke(app, ["admin", *words])


def _grants(url: str) -> list[tuple[str, int | None]]:
    async def ask(session: AsyncSession) -> list[tuple[str, int | None]]:
        rows = await session.execute(select(RoleGrant.role, RoleGrant.event_id).order_by(RoleGrant.id))
        return [(role.value, event_id) for role, event_id in rows]

    return _in(url, ask)


def test_a_role_is_granted_once_listed_and_revoked(installation: str) -> None:
    for name in ("github:ada-l", "ada-l"):
        assert _keng("grant", name, "administrator").exit_code == 0
    assert _grants(installation) == [("administrator", None)]
    listed = _keng("list").output
    assert ("ada-l" in listed, "administrator" in listed, "keng admin" in listed) == (True, True, True)
    assert _keng("revoke", "ada-l", "administrator").output == "ada-l is no longer administrator\n"
    assert _keng("revoke", "ada-l", "administrator").output == "ada-l was not administrator\n"
    assert _grants(installation) == []


def test_an_organiser_of_one_event_is_not_one_of_all(installation: str) -> None:
    assert _keng("grant", "bo", "organiser", "--event", "hackath-0").output == "bo is organiser of hackath-0\n"
    assert _keng("revoke", "bo", "organiser").output == "bo was not organiser\n"
    assert _keng("revoke", "bo", "organiser", "--event", "hackath-1").exit_code == 0
    [(role, event_id)] = _grants(installation)
    assert (role, event_id is not None) == ("organiser", True)


def test_every_grant_and_revocation_is_in_the_audit_log(installation: str) -> None:
    _keng("grant", "bo", "organiser")
    _keng("grant", "bo", "organiser")
    _keng("revoke", "bo", "organiser")

    async def ask(session: AsyncSession) -> list[tuple[str, str]]:
        rows = await session.execute(
            select(AuditEntry.action, AuditEntry.actor)
            .where(AuditEntry.action.startswith("role")).order_by(AuditEntry.id)
        )
        return [(row.action, row.actor) for row in rows]

    assert _in(installation, ask) == [("role granted", "system:keng admin"), ("role revoked", "system:keng admin")]


@pytest.mark.parametrize("words", [
    ("grant", "nobody", "organiser"), ("grant", "github:nobody", "organiser"), ("grant", "bo", "emperor"),
    ("grant", "bo", "organiser", "--event", "none"), ("grant", "bo", "administrator", "--event", "hackath-0"),
])
def test_what_cannot_be_granted_is_said_and_changes_nothing(installation: str, words: tuple[str, ...]) -> None:
    assert (_keng(*words).exit_code, _grants(installation)) == (2, [])
