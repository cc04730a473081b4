"""Owners take tables: one a project, one project a table, whoever else wants it at the same moment."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import select

from registry.accounts.queries import Actor
from registry.accounts.rules import Role
from registry.activity.models import AuditEntry
from registry.database.engine import Database
from registry.errors import Conflict
from registry.events.models import Event, WorkTable
from registry.floor.commands import take_table
from registry.people.rules import MembershipRole
from registry.projects.models import Project
from tests.conftest import postgresql_in_trust
from tests.factories import a_membership, a_person, a_project, a_proposal
from tests.floor.conftest import Day, played
from tests.pages import main_of, words
from tests.visits import Visit, another_visit, filled


async def _seated(database: Database) -> list[tuple[Any, ...]]:
    async with database.reading() as reader:
        rows = await reader.execute(
            select(WorkTable.label, Project.slug).join(Project, Project.id == WorkTable.project_id)
            .order_by(WorkTable.label)
        )
        return [tuple(row) for row in rows]


async def test_an_owner_takes_a_table_moves_and_leaves(visit: Visit, day: Day, database: Database) -> None:
    await visit.play("owner")
    answer = await visit.fill(f"{day.here}/mine", f"{day.here}/mine/table", table="A1")
    assert answer.headers["location"] == "/events/now/mine?done=table-taken#maps"
    assert await _seated(database) == [("A1", "maps")]
    await visit.fill(f"{day.here}/mine", f"{day.here}/mine/table", table="A2")
    assert await _seated(database) == [("A2", "maps")]
    assert "A2 Hall Maps of wells Pitched here Working" in words(
        main_of((await visit.client.get(f"{day.here}/board")).text)
    )
    await visit.submit(f"{day.here}/mine", f"{day.here}/mine/table", project="maps")
    assert await _seated(database) == []
    async with database.reading() as reader:
        actions = (await reader.execute(
            select(AuditEntry.action, AuditEntry.changes).where(AuditEntry.subject_id == day.project.id)
            .order_by(AuditEntry.id)
        )).all()
    assert [(action, changes["table"]) for action, changes in actions] == [
        ("table taken", [None, "A1"]), ("table taken", ["A1", "A2"]), ("table left", ["A2", None]),
    ]


async def test_of_two_who_take_the_same_table_at_once_exactly_one_gets_it(day: Day, database: Database) -> None:
    now = datetime.now(UTC)
    async with database.writing() as session:
        rivals = [await a_project(session, slug=f"rival-{number}") for number in range(4)]
    organiser = Actor(person_id=day.owner.id, slug="x", roles=frozenset({Role.MEMBER, Role.ORGANISER}))

    async def take(project: Project) -> str:
        try:
            async with database.writing() as session:
                await take_table(session, slug="now", project=project.slug, label="A1", by=organiser, now=now)
        except Conflict:
            return "refused"
        return project.slug

    answers = await asyncio.gather(*map(take, rivals))
    assert answers.count("refused") == 3
    assert await _seated(database) == [("A1", next(one for one in answers if one != "refused"))]


async def test_a_project_that_takes_two_tables_at_once_has_one(day: Day, database: Database) -> None:
    now = datetime.now(UTC)
    owner = Actor(person_id=day.owner.id, slug=day.owner.slug, roles=frozenset({Role.MEMBER}))

    async def take(label: str) -> None:
        async with database.writing() as session:
            await take_table(session, slug="now", project="maps", label=label, by=owner, now=now)

    await asyncio.gather(take("A1"), take("A2"))
    assert [slug for _label, slug in await _seated(database)] == ["maps"]


async def test_a_table_taken_meanwhile_is_refused_with_what_to_do(
    visit: Visit, day: Day, database: Database
) -> None:
    await visit.play("owner")
    async with database.writing() as session:
        other = await a_project(session, slug="other")
        await a_proposal(session, event=day.event, project=other, position=2)
    organiser = await another_visit(visit.client).play("organiser")
    form = await visit.client.get(f"{day.here}/mine")
    await organiser.submit(f"{day.here}/mine", f"{day.here}/mine/table", project="other", table="A1")
    answer = await visit.client.post(
        f"{day.here}/mine/table", data=filled(form, f"{day.here}/mine/table", table="A1")
    )
    assert answer.status_code == 409
    assert "Somebody has just taken table A1. Choose another one." in words(main_of(answer.text))
    assert await _seated(database) == [("A1", "other")]


@postgresql_in_trust
@pytest.mark.parametrize(("role", "status"), [
    (None, 403), (MembershipRole.CONTRIBUTOR, 403), (MembershipRole.MAINTAINER, 303), (MembershipRole.OWNER, 303),
])
async def test_only_its_people_take_a_table_for_a_project(
    visit: Visit, day: Day, database: Database, role: MembershipRole | None, status: int
) -> None:
    await visit.play("proposer")
    if role:
        async with database.writing() as session:
            await a_membership(
                session, project=day.project, person=await played(session, "example-newcomer"), role=role
            )
    answer = await visit.submit(f"{day.here}/mine", f"{day.here}/mine/table", project="maps", table="A1")
    assert answer.status_code == status
    assert len(await _seated(database)) == (status == 303)


@postgresql_in_trust
async def test_tables_are_given_out_from_the_evening_before_until_the_end(
    visit: Visit, day: Day, database: Database
) -> None:
    await visit.play("owner")
    now = datetime.now(UTC)
    for starts, ends, status in ((13, 20, 409), (-9, -1, 409), (11, 20, 303)):
        async with database.writing() as session:
            event = (await session.scalars(select(Event))).one()
            event.starts_at, event.ends_at = now + timedelta(hours=starts), now + timedelta(hours=ends)
        answer = await visit.submit("/about", f"{day.here}/mine/table", project="maps", table="A1")
        assert (starts, answer.status_code) == (starts, status)


async def test_the_board_and_the_tables_make_as_many_statements_with_three_projects_as_with_one(
    client: AsyncTestClient, statements: list[str], day: Day, database: Database
) -> None:
    counted = []
    for _round in range(2):
        for path in ("/board", "/tables", "/tables/A1"):
            statements.clear()
            assert (await client.get(day.here + path)).status_code == 200
            counted.append(len(statements))
        async with database.writing() as session:
            for number in range(2):
                other = await a_project(session)
                await a_proposal(session, event=day.event, project=other)
                await a_membership(session, project=other, person=await a_person(session))
                table = (await session.scalars(select(WorkTable).where(WorkTable.label == f"A{number + 1}"))).one()
                table.project_id = other.id
    assert counted[:2] == counted[3:5] == [2, 2]
    assert max(counted) <= 4


@postgresql_in_trust
async def test_cards_for_the_tables_hold_a_code_for_each(visit: Visit, day: Day) -> None:
    await visit.play("organiser")
    page = (await visit.client.get(f"{day.here}/table-cards")).text
    assert page.count("<svg") - (await visit.client.get("/about")).text.count("<svg") == 2
    assert "/events/now/tables/A2" in page
    await visit.submit("/about", "/sign-out")
    assert (await visit.client.get(f"{day.here}/table-cards")).status_code == 403
