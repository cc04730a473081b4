"""The desk: one page with what waits, for organisers of everything and of one event."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import delete, select

from integrations.github.client import NOT_ACCEPTED
from registry.accounts.models import RoleGrant
from registry.accounts.rules import Role
from registry.activity.models import AuditEntry, DuplicateCandidate, OutboxMessage
from registry.activity.rules import Subject
from registry.claims.models import Claim
from registry.database.engine import Database
from registry.desk.rules import Fares, how_it_fares
from registry.desk.words import job_name
from registry.events.rules import EventState
from registry.hooks.models import HookDelivery
from registry.jobs.models import JobRun
from registry.jobs.schedule import SCHEDULE
from registry.joining.models import Offer
from registry.moderation.models import Report
from registry.moderation.rules import ReportReason
from registry.people.models import Person
from registry.privacy.models import ErasureRequest
from registry.projects.models import Link
from registry.projects.rules import LinkHealth
from registry.registrations.models import Registration
from registry.registrations.rules import RegistrationState
from registry.web.i18n import speak
from tests.conftest import postgresql_in_trust
from tests.factories import a_person, a_project, a_proposal, a_repository, an_event
from tests.pages import main_of, words
from tests.visits import Visit, visit_to

SOON = datetime.now(UTC) + timedelta(days=10)
LONG_AGO = datetime(2026, 2, 3, 12, tzinfo=UTC)


async def _all_kinds(database: Database, times: int) -> None:
    """So many of each thing that waits for an organiser."""
    async with database.writing() as session:
        for number in range(times):
            person = await a_person(session)
            left, right = await a_project(session), await a_project(session)
            session.add_all([
                Report(subject=Subject.PROJECT, subject_id=left.id, reason=ReportReason.SPAM, text="", note="",
                       reported_at=LONG_AGO),
                Claim(subject=Subject.PERSON, subject_id=person.id, claimer_id=person.id, evidence="Me",
                      made_at=LONG_AGO),
                Offer(project_id=left.id, person_id=person.id, note="Hi"),
                DuplicateCandidate(subject=Subject.PROJECT, left_id=left.id, right_id=right.id, likeness=0.9,
                                   found_at=LONG_AGO),
                OutboxMessage(key=f"letter:{number}", kind="mail", payload={}, created_at=LONG_AGO, due_at=LONG_AGO,
                              given_up_at=LONG_AGO, attempts=12, last_error="mailbox is full"),
                Link(project_id=left.id, url=f"https://gone.example/{number}", health=LinkHealth.DEAD,
                     checked_at=LONG_AGO),
                ErasureRequest(person_id=person.id, asked_at=LONG_AGO, due_at=SOON),
            ])


async def _organiser_of(database: Database, slug: str, *, event_id: int) -> None:
    """Make a persona of the demo an organiser of one event."""
    async with database.writing() as session:
        person = (await session.scalars(select(Person).where(Person.slug == slug))).one()
        session.add(RoleGrant(
            person_id=person.id, role=Role.ORGANISER, event_id=event_id, granted_by="test", granted_at=LONG_AGO
        ))


@postgresql_in_trust
async def test_everything_that_waits_stands_on_one_page_with_the_way_to_it(visit: Visit, database: Database) -> None:
    await _all_kinds(database, 2)
    await visit.play("organiser")
    page = main_of((await visit.client.get("/desk")).text)
    rows = re.findall(r'desk__count">(\d+)</span>.*?(?:<a href="([^"]+)"|<strong>(?=[^<]))', page, re.DOTALL)
    assert rows == [
        ("2", "/reports"), ("2", "/claims"), ("2", "/account/offers/waiting"), ("2", "/duplicates"), ("2", "/outbox"),
        ("2", "/desk/links"), ("2", ""),
    ]
    assert words(page).count("The oldest since Feb 3, 2026") == 5
    for _count, path in {row[:2] for row in rows if row[1]}:
        assert (await visit.client.get(path)).status_code == 200
    assert 'href="/desk"' in (await visit.client.get("/")).text


async def test_what_is_settled_does_not_wait(visit: Visit, database: Database) -> None:
    await _all_kinds(database, 1)
    async with database.writing() as session:
        (await session.scalars(select(Link))).one().health = LinkHealth.ALIVE
        (await session.scalars(select(OutboxMessage))).one().given_up_at = None
        await session.delete((await session.scalars(select(ErasureRequest))).one())
        for model in (Report, Claim, Offer, DuplicateCandidate):
            await session.delete((await session.scalars(select(model))).one())
    await visit.play("organiser")
    page = words(main_of((await visit.client.get("/desk")).text))
    assert "Nothing waits for you" in page
    assert "1 waits to leave" in page  # on its way, and nobody's task


@postgresql_in_trust
async def test_the_desk_asks_the_same_however_much_waits(
    client: AsyncTestClient, database: Database, statements: list[str]
) -> None:
    visit = await visit_to(client).play("organiser")
    counts = []
    for times in (1, 3):
        async with database.writing() as session:
            await session.execute(delete(OutboxMessage))
            for _number in range(times):
                await an_event(session, starts_at=SOON, ends_at=SOON, starts_on=SOON.date())
        await _all_kinds(database, times)
        await visit.client.get("/desk")
        statements.clear()
        assert (await visit.client.get("/desk")).status_code == 200
        counts.append(len(statements))
    assert counts == [8, 8]  # the session's two, and one each for what waits, events, jobs, outbox, hooks, repositories


async def test_organisers_of_one_event_see_their_event_alone(visit: Visit, database: Database) -> None:
    await _all_kinds(database, 1)
    async with database.writing() as session:
        mine, other = [
            await an_event(session, slug=slug, name={"en": slug.title()}, starts_at=SOON, ends_at=SOON,
                           starts_on=SOON.date(), state=state)
            for slug, state in (("mine", EventState.DRAFT), ("canary", EventState.PUBLISHED))
        ]
        for event in (mine, other):
            await a_proposal(session, project=await a_project(session), event=event)
            session.add(Registration(
                event_id=event.id, badge_name="Lin", state=RegistrationState.WAITING, waiting_since=LONG_AGO
            ))
    await visit.play("owner")
    assert (await visit.client.get("/desk")).status_code == 403
    await _organiser_of(database, "example-proposer", event_id=mine.id)
    page = words(main_of((await visit.client.get("/desk")).text))
    for said in ("Mine", "A draft: publish it", "1 pitch is not in the running order", "1 person waits for a place"):
        assert said in page, said
    for secret in ("Canary", "Reports to decide", "Connections", "mail"):
        assert secret not in page, secret
    assert (await visit.client.get("/desk/links")).status_code == 403


async def test_the_desk_tells_how_connections_and_jobs_fare(visit: Visit, database: Database) -> None:
    await _all_kinds(database, 1)
    now = datetime.now(UTC)
    async with database.writing() as session:
        session.add_all([
            JobRun(name="tell followers", ran_at=now, succeeded_at=now),
            JobRun(name="forget what is old", ran_at=now, succeeded_at=LONG_AGO, failures=6, failed_at=now,
                   last_error="TimeoutError in registry.activity"),
            JobRun(name="forget guests", ran_at=now, failures=1, failed_at=now, last_error=NOT_ACCEPTED),
            HookDelivery(source="github", delivery_id="1", event="push", received_at=LONG_AGO),
        ])
        await a_repository(session, await a_project(session), wanted_at=LONG_AGO)
    await visit.play("administrator")
    page = words(main_of((await visit.client.get("/desk")).text))
    for said in (
        "Signing in · is not set up", "Background work · works", "Messages: mail · is not set up", "1 was given up",
        "Forget what is no longer needed · fails TimeoutError in registry.activity",
        "Erase whoever asked for it · has not run yet", "GitHub does not accept the token. Make a new one",
        "What GitHub tells us 1 waits to be worked on Last told: Feb 3, 2026",
        "1 of the projects' repositories is followed 1 waits to be looked at Last read: May 2, 2024",
    ):
        assert said in page, said
    visit.client.cookies.set("lang", "zh-Hant")
    assert "GitHub 不接受這組權杖。" in words(main_of((await visit.client.get("/desk")).text))


async def test_dead_links_name_their_project_and_leave_out_hidden_ones(visit: Visit, database: Database) -> None:
    async with database.writing() as session:
        shown = await a_project(session, slug="shown", name={"en": "Shown"})
        pitch = await a_proposal(session, project=shown, event=await an_event(session))
        hidden = await a_project(session, hidden_at=LONG_AGO)
        session.add_all([
            Link(project_id=shown.id, url="https://gone.example/own", health=LinkHealth.DEAD, checked_at=LONG_AGO),
            Link(proposal_id=pitch.id, url="https://gone.example/pitch", health=LinkHealth.DEAD, checked_at=LONG_AGO),
            Link(project_id=shown.id, url="https://alive.example/", health=LinkHealth.ALIVE, checked_at=LONG_AGO),
            Link(project_id=hidden.id, url="https://gone.example/canary", health=LinkHealth.DEAD, checked_at=LONG_AGO),
        ])
    await visit.play("organiser")
    page = main_of((await visit.client.get("/desk/links")).text)
    assert sorted(re.findall(r'href="(https://[^"]+)"', page)) == [
        "https://gone.example/own", "https://gone.example/pitch"
    ]
    assert page.count('href="/projects/shown"') == 2


async def test_a_message_is_dropped_with_a_reason_that_the_log_keeps(visit: Visit, database: Database) -> None:
    await _all_kinds(database, 2)
    async with database.reading() as reader:
        number = await reader.scalar(select(OutboxMessage.id).where(OutboxMessage.key == "letter:0"))
    await visit.play("organiser")
    address = f"/outbox/{number}/drop"
    refused = await visit.fill(address, address, reason=" ")
    assert refused.status_code == 400
    assert (await visit.fill(address, address, reason="Old news")).status_code == 303
    assert (await visit.client.get(address)).status_code == 404
    async with database.reading() as reader:
        assert list(await reader.scalars(select(OutboxMessage.key))) == ["letter:1"]
        changes = await reader.scalar(select(AuditEntry.changes).where(AuditEntry.action == "message dropped"))
    assert changes == {"message": ["letter:0", None], "reason": [None, "Old news"]}


@postgresql_in_trust
async def test_a_message_on_its_way_cannot_be_dropped(visit: Visit, database: Database) -> None:
    await _all_kinds(database, 1)
    await visit.play("organiser")
    async with database.writing() as session:
        message = (await session.scalars(select(OutboxMessage))).one()
        address = f"/outbox/{message.id}/drop"
    page = await visit.client.get(address)
    async with database.writing() as session:
        (await session.scalars(select(OutboxMessage))).one().given_up_at = None
    token = re.findall(r'name="form_token" value="([0-9a-f]+)"', page.text)[0]
    answer = await visit.client.post(address, data={"form_token": token, "reason": "Old news"})
    assert answer.status_code == 404
    async with database.reading() as reader:
        assert len(list(await reader.scalars(select(OutboxMessage.id)))) == 1


@pytest.mark.parametrize(("facts", "fares"), [
    ({"is_set_up": False, "has_run": True, "failures": 9}, Fares.MISSING),
    ({"is_set_up": True, "has_run": False, "failures": 0}, Fares.NEW),
    ({"is_set_up": True, "has_run": True, "failures": 0}, Fares.WELL),
    ({"is_set_up": True, "has_run": True, "failures": 4}, Fares.STUMBLING),
    ({"is_set_up": True, "has_run": True, "failures": 0, "given_up": 1}, Fares.STUMBLING),
    ({"is_set_up": True, "has_run": True, "failures": 5}, Fares.FAILING),
])
def test_how_something_fares(facts: dict[str, int], fares: Fares) -> None:
    assert how_it_fares(**facts) is fares  # type: ignore[arg-type]


def test_every_job_is_said_in_words_of_the_reader() -> None:
    speak("zh-Hant")
    said = {job.name: job_name(job.name) or "" for job, _runs in SCHEDULE}
    speak("en")
    assert [name for name, words in said.items() if words.isascii()] == []
