"""A project, and a browser of somebody who has a part in it."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select

from registry.database.engine import Database
from registry.people.models import Person
from registry.people.rules import MembershipRole
from registry.projects.models import Project
from tests.factories import a_membership, a_project
from tests.visits import Visit

Keeping = Callable[..., Awaitable[Visit]]
ROLES = {"owner": MembershipRole.OWNER, "maintainer": MembershipRole.MAINTAINER,
         "contributor": MembershipRole.CONTRIBUTOR}


@pytest.fixture
def keeping(visit: Visit, database: Database) -> Keeping:
    """Sign in as somebody with a role in the project ``pit`` (made when missing): ``await keeping("maintainer")``."""

    async def keep(role: str = "owner", **fields: object) -> Visit:
        async with database.writing() as session:
            if await session.scalar(select(Project).where(Project.slug == "pit")) is None:
                await a_project(session, slug="pit", **{"name": {"en": "Pit"}, **fields})
        await visit.play({"organiser": "organiser"}.get(role, "owner"))
        if role in ROLES:
            async with database.writing() as session:
                project = (await session.scalars(select(Project).where(Project.slug == "pit"))).one()
                person = (await session.scalars(select(Person).where(Person.slug == "example-proposer"))).one()
                await a_membership(session, project=project, person=person, role=ROLES[role])
        return visit

    return keep
