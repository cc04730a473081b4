"""Messages to programs of others: signed, in order, at least once, and never of what is not public."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from registry.activity.outbox import CLAIM, claim_next
from registry.activity.rules import MOST_ATTEMPTS, Subject
from registry.announcements.noticing import notice_dates
from registry.announcements.rules import FactKind
from registry.database.engine import Database
from registry.database.migrate import migrate
from registry.inbox.models import Notice
from registry.outside import could_be_asked
from registry.people.rules import MembershipRole
from registry.projects.models import Project
from registry.receivers.models import Dispatch, Receiver
from registry.receivers.rules import DispatchState, OffReason, signature_header
from registry.receivers.sending import Courier
from registry.receivers.telling import RECEIVER, forget_dispatches
from registry.receivers.verifying import is_genuine
from registry.repositories.models import RepositoryRelease
from registry.settings import Settings
from tests.conftest import on_one_database
from tests.factories import a_membership, a_person, a_project, a_proposal, a_repository, an_event
from tests.fakes.http import Reply
from tests.receivers.posts import FakeReceiver, PostOffice

DELIVER_AND_DIE = """
import asyncio, os, signal, sys
from datetime import datetime
from registry.activity.delivery import deliver_kind
from registry.database.engine import Database
from registry.outside import Outside
from registry.ports import Workplace
from registry.receivers.sending import Courier
from registry.receivers.telling import RECEIVER
from registry.settings import Settings
from tests.receivers.posts import Impatient


class Dying(Impatient):
    async def send(self, *asked, **more):
        await Outside.send(self, *asked, **more)
        os.kill(os.getpid(), signal.SIGKILL)


async def deliver():
    settings, now = Settings(), datetime.fromisoformat(sys.argv[1])
    courier = Courier(settings, clock=lambda: datetime.now(now.tzinfo), outside=Dying())
    await deliver_kind(Workplace(settings, Database(settings), lambda: now), RECEIVER, courier)

asyncio.run(deliver())
"""


@pytest.fixture
def office(settings: Settings, database: Database) -> Iterator[PostOffice]:
    with FakeReceiver() as fake:
        yield PostOffice(settings, database, fake)


async def test_news_reaches_the_programs_that_hear_of_it_once_and_what_was_hidden_meanwhile_never(
    office: PostOffice,
) -> None:
    async with office.database.writing() as session:
        event = await an_event(session, slug="h75", name={"en": "Hackathon 75"})
        ours = await a_project(session, slug="map", name={"en": "Map"})
        other = await a_project(session, slug="zq", name={"en": "Zq"})
        pitch = await a_proposal(
            session, event=event, project=ours, slug="map-75", title={"zh-Hant": "地圖"}, summary={"en": "See it"}
        )
    await office.open(FactKind.PITCHED, FactKind.EVENT_PUBLISHED, project_id=ours.id)
    await office.open(FactKind.EVENT_PUBLISHED, FactKind.STAGE_REACHED)
    for _time in range(2):
        await office.happens(Subject.PROPOSAL, pitch.id, "pitched")
        await office.happens(Subject.EVENT, event.id, "event published")
    await office.happens(Subject.PROJECT, other.id, "stage moved", stage_key=["gone", "idea"])
    assert await office.later(seconds=30) == []
    async with office.database.writing() as session:
        (await session.get_one(Project, other.id)).hidden_at = office.clock.now
    assert sorted(await office.later()) == ["event_published", "pitched"]
    pitched = next(message for message in office.fake.taken if message["kind"] == "pitched")
    assert (len(pitched.pop("id")), pitched.pop("noted_at") < office.clock.now.isoformat()) == (24, True)
    base = office.settings.base_url
    assert pitched == {
        "version": 1, "kind": "pitched", "text": {
            "en": "Pitched for Hackathon 75: 地圖", "zh-Hant": "在 Hackathon 75 提案：地圖",
        },
        "name": {"zh-Hant": "地圖"}, "line": {"en": "See it"}, "event": {"en": "Hackathon 75"}, "day": None,
        "moment": None, "detail": "", "is_over": False, "turns": [], "html_url": f"{base}/proposals/map-75",
        "url": f"{base}/api/v1/proposals/map-75",
    }
    assert await _states(office) == {"arrived": 2, "withdrawn": 1}
    await forget_dispatches(office.workplace, office.clock.now + timedelta(days=15))
    assert await _states(office) == {}


@on_one_database
@pytest.mark.parametrize("trouble", [
    Reply(status=500), Reply(status=302, headers={"Location": "/elsewhere"}), Reply(status=403), Reply(seconds=1.4),
    Reply({"a": "b" * 99}, is_cut=True),
])
async def test_what_is_not_taken_comes_again_with_the_same_id_and_what_follows_waits_for_it(
    office: PostOffice, trouble: Reply
) -> None:
    first, second = await _two_stages(office)
    office.fake.fail_next("/keng", trouble)
    assert await office.later() == []
    state, name = await _of(office, first)
    assert (state, office.fake.requests["POST /elsewhere"]) == (DispatchState.FAILING, 0)
    assert await office.later(minutes=2) == ["stage_reached"] * 2
    assert [message["id"] for message in office.fake.taken] == [name, (await _of(office, second))[1]]
    assert [message["name"]["en"] for message in office.fake.taken] == ["One", "Two"]


@on_one_database
async def test_a_program_that_takes_nothing_for_most_of_a_day_is_switched_off_and_its_people_are_told(
    office: PostOffice,
) -> None:
    async with office.database.writing() as session:
        project = await a_project(session, slug="map", name={"en": "Map"})
        owner = await a_person(session)
        await a_membership(session, person=owner, project=project, role=MembershipRole.OWNER)
    receiver = await office.open(FactKind.STAGE_REACHED, project_id=project.id)
    for stage in ("idea", "blueprint"):
        async with office.database.writing() as session:
            (await session.get_one(Project, project.id)).stage_key = stage
        await office.happens(Subject.PROJECT, project.id, "stage moved", stage_key=["gone", stage])
    office.fake.fail_next("/keng", Reply(status=500), times=MOST_ATTEMPTS)
    for _attempt in range(MOST_ATTEMPTS):
        assert await office.later(hours=8) == []
    assert office.fake.requests["POST /keng"] == MOST_ATTEMPTS
    assert await office.later() == []
    assert await _states(office) == {"failed": 1, "dropped": 1}
    async with office.database.reading() as reader:
        off = await reader.scalar(select(Receiver.off_reason).where(Receiver.id == receiver.id))
        told = (await reader.execute(select(Notice.person_id, Notice.path, Notice.facts))).all()
    assert (off, told) == (
        OffReason.FAILING, [(owner.id, f"/projects/map/webhooks/{receiver.id}", {"host": "127.0.0.1"})]
    )
    await office.happens(Subject.PROJECT, project.id, "need opened", needs=[[], [{"key": "x", "state": "open"}]])
    assert await _states(office) == {"failed": 1, "dropped": 1}


@on_one_database
async def test_a_program_that_is_gone_is_switched_off_at_once(office: PostOffice) -> None:
    await _two_stages(office)
    office.fake.fail_next("/keng", Reply(status=410))
    assert await office.later() == []
    assert await _states(office) == {"failed": 1, "dropped": 1}


@on_one_database
async def test_after_a_death_between_sending_and_noting_it_arrives_again_with_the_same_id(office: PostOffice) -> None:
    await _two_stages(office)
    office.clock.now += timedelta(minutes=3)
    async with office.database.writing() as session:
        claimed = await claim_next(session, kind=RECEIVER, now=office.clock.now)
    assert claimed is not None
    await office.courier.deliver(claimed.message, office.database)
    assert [message["name"]["en"] for message in office.fake.taken] == ["One"]
    assert await office.later(seconds=CLAIM.total_seconds() + 1) == ["stage_reached"] * 3
    assert [message["name"]["en"] for message in office.fake.taken] == ["One", "One", "Two"]
    assert [office.fake.taken[0]["id"] == message["id"] for message in office.fake.taken] == [True, True, False]


@pytest.mark.trust
async def test_a_worker_killed_after_the_program_took_a_message_sends_it_again_with_the_same_id(
    tmp_path: Path,
) -> None:
    address = f"sqlite:///{tmp_path / 'keng.sqlite3'}"
    migrate(address)
    settings = Settings(database_url=address)
    database = Database(settings)
    with FakeReceiver() as fake:
        office = PostOffice(settings, database, fake)
        await _two_stages(office)
        office.clock.now += timedelta(minutes=3)
        ended = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-c", DELIVER_AND_DIE, office.clock.now.isoformat()], check=False,
            cwd=Path(__file__).parents[2], env={**os.environ, "KENG_DATABASE_URL": address}, timeout=60,
        )
        assert (ended.returncode, len(fake.taken)) == (-signal.SIGKILL, 1)
        assert await office.later(seconds=CLAIM.total_seconds() + 1) == ["stage_reached"] * 3
        assert [message["id"] == fake.taken[0]["id"] for message in fake.taken] == [True, True, False]
    await database.close()


@on_one_database
async def test_an_address_that_leads_into_this_network_is_never_asked(office: PostOffice) -> None:
    first, _second = await _two_stages(office)
    office.courier = Courier(office.settings, clock=office.clock)
    assert await office.later() == []
    assert (office.fake.requests, (await _of(office, first))[0]) == ({}, DispatchState.FAILING)


@on_one_database
async def test_a_release_is_told_once_though_it_is_looked_for_again_and_again(office: PostOffice) -> None:
    async with office.database.writing() as session:
        project = await a_project(session, name={"en": "Map"})
        repository = await a_repository(session, project)
        session.add(RepositoryRelease(
            repository_id=repository.id, tag="v1", url="https://x.test", published_at=office.clock.now,
        ))
    await office.open(FactKind.RELEASED)
    for _time in range(2):
        await notice_dates(office.workplace, office.clock.now)
        assert await office.later() == ["released"]


@given(
    st.binary(max_size=60), st.text("ab坑", max_size=9), st.integers(0, 59),
    st.sampled_from(["body", "secret", "time"]),
)
def test_a_signature_holds_for_its_body_its_secret_and_its_time_alone(
    body: bytes, secret: str, place: int, changed: str
) -> None:
    seconds = int(time.time())
    header = signature_header(secret, body, at=datetime.fromtimestamp(seconds, UTC))
    assert is_genuine(secret, header, body)
    place %= len(body) + 1
    assert not {
        "body": is_genuine(secret, header, body[:place] + b"!" + body[place:]),
        "secret": is_genuine(secret + "x", header, body),
        "time": is_genuine(secret, header.replace(str(seconds), str(seconds + 1)), body),
    }[changed]


@pytest.mark.parametrize(("age", "is_taken"), [(298, True), (302, False)])
def test_an_old_message_is_no_longer_genuine(age: int, is_taken: bool) -> None:
    at = datetime.fromtimestamp(time.time() - age, UTC)
    assert is_genuine("s", signature_header("s", b"{}", at=at), b"{}") is is_taken


@pytest.mark.parametrize("header", ["", "t=", "v1=x", "t=x,v1=y", "t=²,v1=é", "garbage"])
def test_a_header_that_is_none_is_refused(header: str) -> None:
    assert not is_genuine("s", header, b"{}")


@pytest.mark.parametrize(("url", "may"), [
    ("https://example.org/keng", True), ("http://93.184.216.34:8080/x", True), ("https://例子.tw/", True),
    ("http://localhost/x", False), ("http://intern.local/", False), ("http://127.0.0.1/", False),
    ("http://[::1]/", False), ("http://10.0.0.8/", False), ("http://169.254.169.254/latest", False),
    ("ftp://example.org/", False), ("https://me:secret@example.org/", False), ("http://keng/", False),
])
def test_an_address_that_names_this_network_is_known_by_its_text(url: str, may: bool) -> None:
    assert could_be_asked(url) is may


async def _two_stages(office: PostOffice) -> tuple[Project, Project]:
    """Two pieces of news, one after the other, for one program."""
    async with office.database.writing() as session:
        first = await a_project(session, name={"en": "One"}, stage_key="idea")
        second = await a_project(session, name={"en": "Two"}, stage_key="idea")
    await office.open(FactKind.STAGE_REACHED)
    for project in (first, second):
        await office.happens(Subject.PROJECT, project.id, "stage moved", stage_key=["gone", "idea"])
    return first, second


async def _of(office: PostOffice, project: Project) -> tuple[DispatchState, str]:
    async with office.database.reading() as reader:
        row = (await reader.execute(
            select(Dispatch.state, Dispatch.name).where(Dispatch.subject_id == project.id)
        )).one()
    return row.state, row.name


async def _states(office: PostOffice) -> dict[str, int]:
    async with office.database.reading() as reader:
        states = [state.value for state in await reader.scalars(select(Dispatch.state))]
    return {state: states.count(state) for state in states}
