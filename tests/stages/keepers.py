"""A project and those who keep it, for the tests of stages."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.accounts.rules import Role
from registry.database.engine import Database
from registry.people.models import Person
from registry.people.rules import MembershipRole
from registry.projects.models import Project
from tests.factories import a_membership, a_person, a_project

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OWNER_PLAYED = "example-proposer"


async def a_kept_project(
    session: AsyncSession, *, role: MembershipRole = MembershipRole.OWNER, **fields: Any
) -> tuple[Project, Actor]:
    """A project, and a person with a part in it."""
    project = await a_project(session, **fields)
    person = await a_person(session, claimed_at=NOW)
    await a_membership(session, project=project, person=person, role=role)
    return project, actor_for(person)


def actor_for(person: Person, *roles: Role) -> Actor:
    """A person as who makes a request."""
    return Actor(
        person_id=person.id, slug=person.slug, name=person.display_name, roles=frozenset({Role.MEMBER, *roles})
    )


async def project_of_the_played_owner(database: Database, **fields: Any) -> str:
    """A new project of whom one plays as "owner"; its slug."""
    async with database.writing() as session:
        person = (await session.scalars(select(Person).where(Person.slug == OWNER_PLAYED))).one()
        project = await a_project(session, **fields)
        await a_membership(session, project=project, person=person)
        return project.slug
