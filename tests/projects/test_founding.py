"""A project begins with a name; whoever begins it owns it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from registry.accounts.queries import VISITOR, Actor
from registry.activity.models import AuditEntry
from registry.database.engine import Database
from registry.database.types import Localized
from registry.errors import BadInput
from registry.people.models import Membership
from registry.people.rules import MembershipRole
from registry.projects.commands.found import found_project
from registry.projects.models import Project
from registry.search.queries import suggestions
from tests.factories import a_person, a_project

NOW = datetime(2026, 1, 2, 3, tzinfo=UTC)


async def test_whoever_founds_a_project_owns_it_and_it_can_be_found(database: Database) -> None:
    async with database.writing() as session:
        await a_project(session, slug="budget-map")
        person = await a_person(session)
        founder = Actor(person_id=person.id, slug=person.slug)
        project = await found_project(
            session, name={"zh-Hant": " 預算  地圖 ", "en": "Budget map"}, summary={"en": ""}, by=founder, now=NOW
        )
        unnamed = await found_project(session, name={"zh-Hant": "空氣"}, summary={}, by=VISITOR, now=NOW)
    async with database.reading() as reader:
        rows = await reader.execute(
            select(Project.slug, Project.name, Project.stage_key, Membership.role, Membership.person_id)
            .outerjoin(Membership, Membership.project_id == Project.id)
            .where(Project.id.in_([project.id, unnamed.id])).order_by(Project.id)
        )
        assert rows.all() == [
            ("budget-map-2", {"zh-Hant": "預算 地圖", "en": "Budget map"}, "idea", MembershipRole.OWNER, person.id),
            ("空氣", {"zh-Hant": "空氣"}, "idea", None, None),
        ]
        assert [hit.slug for hit in await suggestions(reader, "預算")] == ["budget-map-2"]
        audits = await reader.execute(select(AuditEntry.actor, AuditEntry.action).order_by(AuditEntry.id))
        assert audits.all() == [(f"person:{person.slug}", "project founded"), ("visitor", "project founded")]


@pytest.mark.parametrize(("name", "field"), [
    ({}, "name-en"), ({"zh-Hant": " "}, "name-en"), ({"en": "x" * 101}, "name-en"),
])
async def test_a_project_without_a_name_or_with_a_long_one_is_refused(
    database: Database, name: Localized, field: str
) -> None:
    async with database.writing() as session:
        with pytest.raises(BadInput) as refusal:
            await found_project(session, name=name, summary={}, by=VISITOR, now=NOW)
    assert [one.name for one in refusal.value.errors] == [field]
