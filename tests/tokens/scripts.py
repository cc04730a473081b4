"""A person's script at a site under test: an access token and no cookie."""

import re
from typing import Any

from httpx import Response
from litestar.testing import AsyncTestClient
from sqlalchemy import select

from registry.app import create_app
from registry.database.engine import Database
from registry.people.models import Person
from registry.projects.models import Project
from registry.settings import Settings
from registry.tokens.rules import Scope
from tests.factories import a_membership, a_project
from tests.visits import BASE, Visit, another_visit, visit_to

_SHOWN = re.compile(r'id="token">(keng_[\w-]+)<')


class Script:
    """Asks the API with a token."""

    def __init__(self, visit: Visit, token: str) -> None:
        self.client = another_visit(visit.client).client
        self.token = token
        self.client.headers["Authorization"] = f"Bearer {token}"

    async def send(self, method: str, path: str, said: Any = None, **headers: str) -> Response:
        """Send a body to an operation; ``path`` is below the API's address."""
        return await self.client.request(method, f"/api/v1{path}", json=said, headers=headers)


async def make_token(visit: Visit, *scopes: Scope, **fields: Any) -> Response:
    """Fill in the form of a new token."""
    typed = {"name": "my laptop", "scopes": list(scopes), **fields}
    return await visit.fill("/account/tokens", "/account/tokens", **typed)


async def a_script(visit: Visit, *scopes: Scope) -> Script:
    """A script of whoever is signed in."""
    answer = await make_token(visit, *scopes)
    found = _SHOWN.search(answer.text)
    assert found, answer.text
    return Script(visit, found[1])


async def an_owners_token(database: Database, url: str) -> tuple[str, Project]:
    """An access token for projects at the installation of ``url``, and the project ``mine`` of whoever holds it."""
    async with AsyncTestClient(create_app(Settings(database_url=url)), base_url=BASE) as client:
        script = await a_script(await visit_to(client).play("owner"), Scope.PROJECTS)
    async with database.writing() as session:
        person = (await session.scalars(select(Person).where(Person.slug == "example-proposer"))).one()
        project = await a_project(session, slug="mine")
        await a_membership(session, project=project, person=person)
    return script.token, project
