"""The rest of the day: demos until they are closed, joining at a table, what the board says of whom."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from registry.accounts.queries import Actor
from registry.accounts.rules import Role
from registry.activity.models import AuditEntry
from registry.database.engine import Database
from registry.events.models import Event, WorkTable
from registry.events.rules import EventState
from registry.floor.commands import join_at_table
from registry.floor.rules import JOINING_AFTER, OPENS_BEFORE, FloorTimes, can_withdraw_demo
from registry.inbox.models import Notice
from registry.inbox.rules import NoticeKind
from registry.people.models import Contribution, Person
from registry.people.rules import MembershipRole
from registry.programme.models import Slot, StageClock
from registry.programme.rules import SlotState, StageSession
from registry.projects.models import Update
from tests.conftest import postgresql_in_trust
from tests.factories import a_membership, a_person
from tests.floor.conftest import Day, played
from tests.pages import main_of, words
from tests.visits import Visit, another_visit

STARTS = datetime(2026, 7, 25, 1, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=9)


@pytest.mark.parametrize(("moment", "tables", "joining", "demos"), [
    (STARTS - OPENS_BEFORE - timedelta(seconds=1), False, False, True),
    (STARTS - OPENS_BEFORE, True, True, True),
    (ENDS - timedelta(seconds=1), True, True, True),
    (ENDS, False, True, False),
    (ENDS + JOINING_AFTER, False, False, False),
])
def test_what_can_be_done_when(moment: datetime, *, tables: bool, joining: bool, demos: bool) -> None:
    times = FloorTimes(EventState.PUBLISHED, STARTS, ENDS, None)
    assert (times.can_take_tables(moment), times.can_join(moment), times.can_sign_up_for_demos(moment)) == (
        tables, joining, demos
    )
    called_off = times._replace(state=EventState.CANCELLED)
    assert not called_off.can_take_tables(moment)
    assert not called_off.can_join(moment)
    assert not times._replace(demos_closed_at=STARTS).can_sign_up_for_demos(moment)


def test_a_demo_can_be_taken_back_until_it_is_on_stage() -> None:
    assert [state for state in SlotState if can_withdraw_demo(state)] == [SlotState.WAITING]


async def _demos(database: Database) -> list[tuple[Any, ...]]:
    async with database.reading() as reader:
        rows = await reader.execute(
            select(Slot.project_id, Slot.minutes).where(Slot.session == StageSession.DEMOS).order_by(Slot.position)
        )
        return [tuple(row) for row in rows]


async def test_a_contributor_signs_up_for_the_demos_and_withdraws(
    visit: Visit, day: Day, database: Database
) -> None:
    await visit.play("proposer")
    async with database.writing() as session:
        session.add(Slot(
            event_id=day.event.id, session=StageSession.DEMOS, position=7, title={"en": "Opening"}, minutes=9,
        ))
        session.add(StageClock(event_id=day.event.id, session=StageSession.DEMOS, updated_at=STARTS, revision=3))
        await a_membership(
            session, project=day.project, person=await played(session, "example-newcomer"),
            role=MembershipRole.CONTRIBUTOR,
        )
    for _twice in range(2):
        answer = await visit.submit("/about", f"{day.here}/mine/demo", project="maps")
        assert answer.headers["location"] == "/events/now/mine?done=demo-signed-up#maps"
    assert await _demos(database) == [(None, 9), (day.project.id, 5)]
    assert "In the demos" in words(main_of((await visit.client.get(f"{day.here}/board")).text))
    page = f"{day.here}/mine"
    assert f'action="{page}/table"' not in (await visit.client.get(page)).text
    await visit.fill(page, f"{page}/demo/withdraw")
    assert await _demos(database) == [(None, 9)]
    async with database.reading() as reader:
        assert await reader.scalar(select(StageClock.revision)) == 5
        actions = list(await reader.scalars(select(AuditEntry.action).where(
            AuditEntry.subject_id == day.project.id, AuditEntry.subject == "project"
        ).order_by(AuditEntry.id)))
    assert actions == ["demo signed up", "demo withdrawn"]


async def test_organisers_close_the_demos_and_what_is_on_stage_stays(
    visit: Visit, day: Day, database: Database
) -> None:
    organiser = await another_visit(visit.client).play("organiser")
    await visit.play("owner")
    assert (await visit.submit("/about", f"{day.here}/demos/close")).status_code == 403
    await organiser.fill(f"{day.here}/board", f"{day.here}/demos/close")
    answer = await visit.submit("/about", f"{day.here}/mine/demo", project="maps")
    assert (answer.status_code, await _demos(database)) == (409, [])
    assert f'action="{day.here}/mine/demo"' not in (await visit.client.get(f"{day.here}/mine")).text
    await organiser.fill(f"{day.here}/board", f"{day.here}/demos/open")
    assert (await visit.submit("/about", f"{day.here}/mine/demo", project="maps")).status_code == 303
    async with database.writing() as session:
        (await session.scalars(select(Slot))).one().state = SlotState.ON_STAGE
    assert (await visit.submit("/about", f"{day.here}/mine/demo/withdraw", project="maps")).status_code == 409
    assert len(await _demos(database)) == 1


async def _joined(database: Database) -> list[tuple[Any, ...]]:
    async with database.reading() as reader:
        rows = await reader.execute(
            select(Person.slug, Contribution.kind, Contribution.source, Contribution.event_id)
            .join(Person, Person.id == Contribution.person_id).order_by(Contribution.id)
        )
        return [tuple(row) for row in rows]


async def _seat(database: Database, day: Day, label: str = "A1") -> None:
    async with database.writing() as session:
        table = (await session.scalars(select(WorkTable).where(WorkTable.label == label))).one()
        table.project_id = day.project.id


async def test_a_newcomer_joins_at_the_table_once_a_day_and_the_owner_may_remove_it(
    visit: Visit, day: Day, database: Database
) -> None:
    await _seat(database, day)
    table = f"{day.here}/tables/A1"
    page = words(main_of((await visit.client.get(table)).text))
    assert "Sign in and join" in page
    newcomer = await another_visit(visit.client).play("proposer")
    answer = await newcomer.fill(table, f"{day.here}/join")
    assert answer.headers["location"] == f"{table}?done=joined"
    await newcomer.submit("/about", f"{day.here}/join", table="A1")
    assert await _joined(database) == [("example-newcomer", "joined", "table", day.event.id)]
    assert "You joined here today." in words(main_of((await newcomer.client.get(table)).text))
    async with database.reading() as reader:
        notices = (await reader.execute(select(Notice.person_id, Notice.kind, Notice.path))).all()
    assert notices == [(day.owner.id, NoticeKind.JOINED_AT_TABLE, f"{day.here}/mine")]
    await visit.play("owner")
    async with database.reading() as reader:
        number = await reader.scalar(select(Contribution.id))
    other = await another_visit(visit.client).play("administrator")
    await visit.fill(f"{day.here}/mine", f"{day.here}/joined/{number}/remove")
    assert await _joined(database) == []
    assert (await other.submit("/about", f"{day.here}/joined/{number}/remove")).status_code == 404


async def test_a_stranger_may_not_remove_what_somebody_joined(visit: Visit, day: Day, database: Database) -> None:
    await _seat(database, day)
    async with database.writing() as session:
        person = await a_person(session)
        session.add(Contribution(
            person_id=person.id, project_id=day.project.id, event_id=day.event.id, kind="joined", source="table",
            happened_on=date(2026, 7, 25),
        ))
    await visit.play("proposer")
    assert (await visit.submit("/about", f"{day.here}/joined/1/remove")).status_code == 403
    assert len(await _joined(database)) == 1


async def test_two_clicks_at_once_are_one_contribution(day: Day, database: Database) -> None:
    await _seat(database, day)
    async with database.writing() as session:
        person = await a_person(session)
    actor = Actor(person_id=person.id, slug=person.slug, roles=frozenset({Role.MEMBER}))

    async def join() -> None:
        async with database.writing() as session:
            await join_at_table(session, slug="now", label="A1", by=actor, now=datetime.now(UTC))

    await asyncio.gather(*(join() for _click in range(4)))
    assert len(await _joined(database)) == 1


@postgresql_in_trust
async def test_nobody_joins_at_a_free_table_or_an_event_that_is_long_over(
    visit: Visit, day: Day, database: Database
) -> None:
    await visit.play("proposer")
    assert (await visit.submit("/about", f"{day.here}/join", table="A2")).status_code == 409
    assert (await visit.submit("/about", f"{day.here}/join", table="Z9")).status_code == 409
    await _seat(database, day)
    async with database.writing() as session:
        event = (await session.scalars(select(Event))).one()
        event.starts_at, event.ends_at = event.starts_at - timedelta(days=3), event.ends_at - timedelta(days=3)
    assert (await visit.submit("/about", f"{day.here}/join", table="A1")).status_code == 409
    assert await _joined(database) == []


async def test_the_board_names_only_whom_the_public_sees_and_counts_the_others(
    visit: Visit, day: Day, database: Database
) -> None:
    await _seat(database, day)
    async with database.writing() as session:
        people = [
            await a_person(session, display_name="Shown Shih"),
            await a_person(session, display_name="Canary Chen", is_public=False),
            await a_person(session, display_name="Canary Chou", hidden_at=STARTS),
            await a_person(session, display_name="Canary Chu"),
        ]
        session.add_all(Contribution(
            person_id=person.id, project_id=day.project.id, event_id=day.event.id, kind="joined", source="table",
            happened_on=date(2026, 7, 25), is_shown=person is not people[3],
        ) for person in people)
        await a_membership(session, project=day.project, person=people[1])
        session.add_all([
            Update(project_id=day.project.id, text={"en": "old"}, text_html={"en": "<p>Canary old</p>"},
                   posted_at=day.event.starts_at - timedelta(hours=1)),
            Update(project_id=day.project.id, text={"en": "new"}, text_html={"en": "<p>First wells drawn</p>"},
                   picture_url="https://pictures.example.org/1", picture_text="the map",
                   posted_at=day.event.starts_at + timedelta(minutes=1)),
        ])
    for path in ("/board", "/tables/A1", "/tables"):
        page = words(main_of((await visit.client.get(day.here + path)).text))
        assert "Canary" not in page
        if path != "/tables":
            assert "Shown Shih" in page
            assert "3 more people" in page
    assert "First wells drawn" in words(main_of((await visit.client.get(f"{day.here}/board")).text))


@postgresql_in_trust
async def test_there_is_no_board_of_a_draft_or_of_no_event(visit: Visit, day: Day, database: Database) -> None:
    async with database.writing() as session:
        (await session.scalars(select(Event))).one().state = EventState.DRAFT
    for slug in ("now", "none"):
        for path in ("board", "board/live", "tables", "tables/A1"):
            assert (await visit.client.get(f"/events/{slug}/{path}")).status_code == 404
