"""Applications that are built for a promise about all their routes, and what is asked of each route."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any
from unittest.mock import patch

from litestar import get
from litestar.datastructures import State
from litestar.testing import AsyncTestClient

from registry import app as application
from registry.accounts.rules import Permission
from registry.database.engine import Database
from registry.settings import Settings
from registry.web.permissions import needs
from tests.accounts.routes import Route, example, routes
from tests.factories import a_person
from tests.trust import canaries
from tests.trust.promises import promised
from tests.visits import BASE, Visit, visit_to

_STREAMS = ("/live", "stream")


@get("/left-open", opt=needs(Permission.READ))
async def _left_open(state: State) -> str:
    """Change the database, and tell an address: what no GET may do."""
    async with state.database.writing() as session:
        await a_person(session)
    return canaries.MAIL


def left_open() -> Any:
    """A fault: an application built meanwhile has one route more, which nobody declared."""
    return patch.object(application, "ROUTES", [*application.ROUTES, _left_open])


@asynccontextmanager
async def site_of(settings: Settings) -> AsyncIterator[Visit]:
    """An application built now, with the fault if one is planted."""
    site = application.create_app(settings)
    async with AsyncTestClient(site, base_url=BASE, raise_server_exceptions=False) as client:
        yield visit_to(client)


def routes_of(visit: Visit) -> list[Route]:
    """Each route of the application that is visited."""
    app: Any = visit.client.app  # type: ignore[attr-defined]
    return list(routes(app))


def pages_of(visit: Visit) -> list[str]:
    """The address of each GET route but streams, which have no end."""
    return [
        example(one.path) for one in routes_of(visit)
        if one.method == "GET" and not any(word in one.path for word in _STREAMS)
    ]


def changes_of(visit: Visit) -> list[str]:
    """The address of each route by which a form of a page is sent."""
    return [example(one.path) for one in routes_of(visit) if one.method == "POST"]


def hash_of(database: Database) -> str:
    """One number for all that a database in SQLite holds."""
    with sqlite3.connect(database.url.removeprefix("sqlite:///")) as file:
        return sha256("\n".join(file.iterdump()).encode()).hexdigest()


async def refused_by_every_change(visit: Visit, headers: dict[str, str], said: str) -> str:
    """Send nothing but ``headers`` to every route that changes something: each must refuse, and say why."""
    changing = [one for one in routes_of(visit) if one.method != "GET" and not one.opt.get("answers_to_anyone")]
    assert changing
    taken = []
    for one in changing:
        answer = await visit.client.request(one.method, example(one.path), headers=headers | {"accept": "text/html"})
        if answer.status_code != 403 or said not in answer.text:
            taken.append(f"{one.method} {one.path}: {answer.status_code}")
    with promised():
        assert taken == []
    return f"{len(changing)} routes, all refuse"
