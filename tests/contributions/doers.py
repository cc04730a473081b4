"""People who do something for a project or at an event, for the tests of contributions."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.rules import Subject
from registry.contributions.commands import SaidContribution, say_contribution
from registry.contributions.deciding import Asked, confirm_contribution
from registry.people.models import Contribution, Person
from tests.factories import a_person
from tests.stages.keepers import actor_for

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = date(2026, 3, 1)
DOER_PLAYED = "example-newcomer"


async def a_doer(session: AsyncSession, **fields: Any) -> Actor:
    """Somebody with an account and no part in anything yet."""
    return actor_for(await a_person(session, claimed_at=NOW, **fields))


async def said(session: AsyncSession, by: Actor, **fields: Any) -> Contribution:
    """What ``by`` says they did; name the ``project`` or ``event`` by its slug."""
    wish = SaidContribution(**{"kind": "design", "day": "2026-02-03", "note": "Drew the icons", **fields})
    return await say_contribution(session, said=wish, by=by, today=TODAY, now=NOW)


async def confirmed(session: AsyncSession, by: Actor, owner: Actor, *, project: str, **fields: Any) -> Contribution:
    """What ``by`` said they did for a project, confirmed by its owner."""
    contribution = await said(session, by, project=project, **fields)
    asked = Asked(Subject.PROJECT, project, contribution.id, contribution.revision)
    return await confirm_contribution(session, asked=asked, by=owner, now=NOW)


async def played(session: AsyncSession, slug: str = DOER_PLAYED) -> Actor:
    """The person whom a browser plays as."""
    return actor_for((await session.scalars(select(Person).where(Person.slug == slug))).one())
