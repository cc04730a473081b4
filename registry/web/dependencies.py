"""What Litestar hands to page functions: a reader, a writing session, the clock."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from registry.accounts.queries import Actor
from registry.addresses import Addresses
from registry.database.engine import Database
from registry.settings import Settings
from registry.web.sessions import actor_in

InReader = NamedDependency[AsyncConnection]
InSession = NamedDependency[AsyncSession]
InNow = NamedDependency[datetime]
InActor = NamedDependency[Actor]
InAddresses = NamedDependency[Addresses]


# What reads or writes comes after the clock, though it has no use for it: Litestar resolves what could be resolved at
# once in a group of tasks, and that costs fifty times what the clock does.
async def provide_reader(state: State, now: InNow) -> AsyncIterator[AsyncConnection]:  # noqa: ARG001
    """A connection to read with, for the length of the request."""
    database: Database = state.database
    async with database.reading() as connection:
        yield connection


async def provide_session(state: State, now: InNow) -> AsyncIterator[AsyncSession]:  # noqa: ARG001
    """A session for the request's one transaction: committed after the page function, rolled back on an error."""
    database: Database = state.database
    async with database.writing() as session:
        yield session


def provide_now() -> datetime:
    """The moment of the request (UTC)."""
    return datetime.now(UTC)


def provide_actor(request: Request[Any, Any, Any]) -> Actor:
    """Who makes the request; found before routing, so that this asks nothing."""
    return actor_in(request)


def provide_addresses(state: State) -> Addresses:
    """Full addresses of this installation's records."""
    settings: Settings = state.settings
    return Addresses(settings.base_url)


def dependencies_at(moment: datetime | None) -> dict[str, Provide]:
    """All of them; with a ``moment`` the clock stands there."""
    return {
        "addresses": Provide(provide_addresses, sync_to_thread=False),
        "reader": Provide(provide_reader),
        "session": Provide(provide_session),
        "actor": Provide(provide_actor, sync_to_thread=False),
        "now": Provide((lambda: moment) if moment else provide_now, sync_to_thread=False),
    }
