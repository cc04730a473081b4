"""Looking after webhooks: by the owners of a project for theirs, by organisers for everything."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from registry.activity.models import AuditEntry
from registry.activity.rules import Subject
from registry.announcements.rules import FactKind
from registry.database.engine import Database
from registry.people.models import Person
from registry.people.rules import MembershipRole
from registry.projects.models import Project
from registry.settings import Settings
from tests.conftest import on_one_database
from tests.factories import a_membership, a_project
from tests.fakes.http import Reply
from tests.pages import main_of, words
from tests.receivers.posts import FakeReceiver, PostOffice
from tests.visits import Visit, another_visit

PLACE = "/projects/map/webhooks"
ADDRESS = "https://example.org/keng?token=zqsecret"
SECRET = re.compile(r'<code class="receiver__address">([\w-]{43})</code>')


@pytest.fixture
def office(settings: Settings, database: Database) -> Iterator[PostOffice]:
    with FakeReceiver() as fake:
        yield PostOffice(settings, database, fake)


async def _own(visit: Visit, database: Database, role: MembershipRole = MembershipRole.OWNER) -> None:
    await visit.play("owner")
    async with database.writing() as session:
        person = (await session.scalars(select(Person).where(Person.slug == "example-proposer"))).one()
        await a_membership(session, person=person, project=await a_project(session, slug="map"), role=role)


async def test_an_owner_adds_a_webhook_sees_its_secret_once_and_removes_it(visit: Visit, database: Database) -> None:
    await _own(visit, database)
    for wrong in ("http://localhost:9200/", "http://10.0.0.1/keng"):
        refused = await visit.fill(PLACE, PLACE, address=wrong, kinds=["pitched"])
        assert (refused.status_code, wrong in refused.text) == (400, True)
        assert "We send to the public internet alone." in refused.text
    added, twice = [
        await visit.submit(PLACE, PLACE, form_key="k1", address=ADDRESS, kinds=["pitched", "released"])
        for _time in range(2)
    ]
    secret = SECRET.findall(added.text)
    assert (len(secret), SECRET.findall(twice.text)) == (1, secret)
    page = f"{PLACE}/1"
    assert SECRET.findall((await visit.client.get(page)).text) == []
    renewed = await visit.submit(page, f"{page}/secret")
    assert SECRET.findall(renewed.text) not in ([], secret)
    new = "https://example.org/new"
    assert (await visit.fill(page, page, address=new, kinds=["event_published"])).status_code == 400
    await visit.fill(page, page, address=new, kinds=["case_published"])
    older = await visit.fill(page, page, address=ADDRESS, revision="1")
    assert (older.status_code, new in older.text) == (409, True)
    for act, said in (("off", "Switched off: it is told nothing."), ("on", "Switch it off")):
        assert (await visit.submit(page, f"{page}/{act}")).status_code == 303
        assert said in words(main_of((await visit.client.get(page)).text))
    assert (await visit.submit(page, f"{page}/remove")).headers["location"] == f"{PLACE}?done=removed"
    async with database.reading() as reader:
        rows = (await reader.execute(
            select(AuditEntry.action, AuditEntry.changes).where(AuditEntry.subject == Subject.RECEIVER)
            .order_by(AuditEntry.id)
        )).all()
    assert [row.action.removeprefix("receiver ") for row in rows] == [
        "added", "secret renewed", "changed", "switched", "switched", "removed",
    ]
    assert rows[0].changes == {"host": [None, "example.org"], "kinds": [None, ["pitched", "released"]]}
    assert "zqsecret" not in str(rows)


@on_one_database
async def test_a_test_and_what_is_sent_again_show_what_the_program_answered(visit: Visit, office: PostOffice) -> None:
    await _own(visit, office.database)
    async with office.database.reading() as reader:
        project_id = await reader.scalar(select(Project.id).where(Project.slug == "map"))
    receiver = await office.open(FactKind.PITCHED, project_id=project_id)
    page = f"{PLACE}/{receiver.id}"
    office.fake.fail_next("/keng", Reply(status=418))
    await visit.submit(page, f"{page}/test")
    assert await office.later() == []
    shown = words(main_of((await visit.client.get(page)).text))
    assert "A test Not taken · HTTP 418" in shown
    await visit.submit(page, f"{page}/sent/1/again")
    assert await office.later() == ["test"]
    shown = words(main_of((await visit.client.get(page)).text))
    assert ("A test Arrived" in shown, '"kind":"test"' in shown) == (True, True)


@on_one_database
async def test_a_webhook_is_looked_after_where_it_belongs_alone(visit: Visit, office: PostOffice) -> None:
    await _own(visit, office.database)
    async with office.database.writing() as session:
        other = await a_project(session, slug="zq")
    own, theirs = [await office.open(FactKind.PITCHED, project_id=one) for one in (other.id, None)]
    for receiver in (own, theirs):
        page = f"{PLACE}/{receiver.id}"
        assert (await visit.client.get(page)).status_code == 404
        for act in ("", "/secret", "/test", "/on", "/off", "/remove"):
            answer = await visit.submit(PLACE, page + act, address=ADDRESS, kinds=["pitched"])
            assert answer.status_code == 404, act
    for path in ("/webhooks", f"/webhooks/{theirs.id}", "/projects/zq/webhooks"):
        assert (await visit.client.get(path, headers={"accept": "text/html"})).status_code == 403
    organiser = await another_visit(visit.client).play("organiser")
    statuses = [
        (await organiser.client.get(path)).status_code
        for path in (f"/webhooks/{theirs.id}", f"/webhooks/{own.id}", f"/projects/zq/webhooks/{own.id}")
    ]
    assert statuses == [200, 404, 200]


@on_one_database
async def test_the_list_and_the_log_ask_as_much_for_three_as_for_one(
    visit: Visit, office: PostOffice, statements_of_visit: list[str]
) -> None:
    await visit.play("organiser")
    counts = []
    receiver = await office.open(FactKind.PITCHED)
    page = f"/webhooks/{receiver.id}"
    for _round in range(2):
        await visit.submit(page, f"{page}/test")
        for path in ("/webhooks", page):
            statements_of_visit.clear()
            assert (await visit.client.get(path)).status_code == 200
            counts.append(len(statements_of_visit))
        await office.open(FactKind.PITCHED)
        await office.open(FactKind.PITCHED)
        for _time in range(2):
            await visit.submit(page, f"{page}/test")
    assert (counts[:2], max(counts) <= 8) == (counts[2:], True)


@on_one_database
async def test_a_maintainer_may_not_and_everyone_may_read_how_to_receive(visit: Visit, database: Database) -> None:
    await _own(visit, database, MembershipRole.MAINTAINER)
    assert (await visit.client.get(PLACE)).status_code == 403
    answer = await another_visit(visit.client).client.get("/webhooks/receiving")
    assert ("hmac.compare_digest" in answer.text, "stage_reached" in answer.text) == (True, True)
