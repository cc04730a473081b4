"""An event that runs at the moment, with the demo's owner and a project of theirs."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.personas import Persona, person_played
from registry.database.engine import Database
from registry.events.models import Event, Room
from registry.people.models import Person
from registry.projects.models import Project
from tests.factories import a_membership, a_need, a_project, a_proposal, a_work_table, an_event


class Day(NamedTuple):
    """What a test of the day begins with."""

    event: Event
    project: Project
    owner: Person

    @property
    def here(self) -> str:
        """The event's path."""
        return f"/events/{self.event.slug}"


@pytest.fixture
async def day(database: Database) -> Day:
    """A running event with the tables A1 and A2 in a hall, and a project pitched there that looks for a designer."""
    now = datetime.now(UTC)
    async with database.writing() as session:
        event = await an_event(
            session, slug="now", starts_on=now.date(), name={"zh-Hant": "今天的黑客松", "en": "Today"},
        )
        event.starts_at, event.ends_at = now - timedelta(hours=2), now + timedelta(hours=5)
        hall = Room(event_id=event.id, name={"en": "Hall", "zh-Hant": "大廳"})
        session.add(hall)
        await session.flush()
        for label in ("A1", "A2"):
            await a_work_table(session, event=event, label=label, room_id=hall.id)
        owner = await person_played(session, persona=Persona.OWNER, now=now)
        project = await a_project(session, slug="maps", name={"en": "Maps of wells", "zh-Hant": "水井地圖"})
        await a_proposal(session, event=event, project=project, position=1)
        await a_need(session, project=project, key="designer")
        await a_membership(session, project=project, person=owner)
    return Day(event, project, owner)


async def played(session: AsyncSession, slug: str) -> Person:
    """A part of the demo that has signed in."""
    return (await session.scalars(select(Person).where(Person.slug == slug))).one()
