"""A site that a workspace on loopback is connected to."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from integrations.slack.bot import Bot
from registry.database.engine import Database
from registry.people.models import Identity, Person
from registry.people.rules import IdentityProvider
from registry.settings import Settings
from tests.conftest import application
from tests.databases import SqliteDatabase
from tests.factories import a_person
from tests.fakes.slack import TEAM_ID, TOKEN, FakeSlack
from tests.fakes.slack_sender import SIGNING_SECRET, SlackSender
from tests.visits import BASE


class Site:
    """The site, its database, the workspace, and what Slack sends."""

    def __init__(self, client: AsyncTestClient, slack: FakeSlack, database: Database) -> None:
        self.client, self.slack, self.database = client, slack, database
        self.sender = SlackSender(client, slack)
        self.bot: Bot = client.app.state.connections.hooks[0].hear.__self__.bot

    async def member(self, user: str = "U1", *, is_verified: bool = True, locale: str = "en-US") -> Person:
        """A member of the workspace who signs in here with Slack, unless not verified."""
        self.slack.add_user(user, user.lower(), locale=locale)
        async with self.database.writing() as session:
            person = await a_person(session, display_name=f"Member {user}")
            session.add(Identity(
                person_id=person.id, provider=IdentityProvider.SLACK, subject=f"{TEAM_ID}:{user}", login=user,
                verified_at=person.created_at if is_verified else None,
            ))
        return person

    async def settled(self) -> None:
        """Wait until all that Slack asked for is done."""
        async with asyncio.timeout(10):
            while not self.bot.errands.is_idle:  # noqa: ASYNC110 — the application has an event loop of its own
                await asyncio.sleep(0.005)

    async def open(self, text: str, *, user: str = "U1") -> str:
        """Type a command that opens a dialogue; the dialogue's id."""
        answer = await self.sender.command(text, user=user)
        await self.settled()
        assert answer.status_code == 200
        return list(self.slack.views)[-1]


@pytest.fixture(scope="session")
def loopback_workspace() -> Iterator[FakeSlack]:
    """One workspace for all tests, so that they can share an application."""
    with FakeSlack() as fake:
        yield fake


@pytest.fixture
def workspace(loopback_workspace: FakeSlack) -> FakeSlack:
    """The workspace, with one channel."""
    loopback_workspace.forget()
    loopback_workspace.add_channel("C1", "general")
    return loopback_workspace


@pytest.fixture
async def site(sqlite: SqliteDatabase, workspace: FakeSlack) -> AsyncIterator[Site]:
    """The site, on a database of its own."""
    settings = Settings(
        database_url=sqlite.cleaned(), page_cache=False, base_url=BASE, slack_url=workspace.url, slack_team_id=TEAM_ID,
        slack_bot_token=TOKEN, slack_signing_secret=SIGNING_SECRET,
    )
    async with AsyncTestClient(application(settings), base_url=BASE) as client:
        database = Database(settings)
        yield Site(client, workspace, database)
        await database.close()


def texts_of(told: Any) -> str:
    """Every text of a message or view, one a line."""
    if isinstance(told, dict):
        return "\n".join(filter(None, (texts_of(value) for key, value in told.items() if key != "private_metadata")))
    if isinstance(told, list):
        return "\n".join(filter(None, map(texts_of, told)))
    return told if isinstance(told, str) else ""
