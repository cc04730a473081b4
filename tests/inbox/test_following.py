"""Following: the button, what followers hear of and never hear of, and the inbox."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.commands import note_change
from registry.activity.models import AuditEntry
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.events.rules import EventState
from registry.inbox.commands import tell
from registry.inbox.followers import tell_followers
from registry.inbox.models import Follow, Notice
from registry.inbox.rules import TOLD, NoticeKind, needs_opened, told_of
from registry.people.models import Person
from registry.ports import Workplace
from registry.proposals.rules import ProposalState
from registry.settings import Settings
from tests.conftest import postgresql_in_trust
from tests.factories import a_case, a_person, a_project, a_proposal, a_tag, an_event
from tests.pages import main_of, page_of, words
from tests.visits import Visit, another_visit, visit_to

NOW = datetime(2026, 7, 25, 1, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def workplace(settings: Settings, database: Database) -> Workplace:
    return Workplace(settings, database, lambda: LATER)


def did(session: AsyncSession, action: str, subject: Subject, subject_id: int, **more: Any) -> None:
    """Write an audit row as the commands of others do."""
    note_change(session, now=NOW, action=action, subject=subject, subject_id=subject_id,
                **{"actor": "person:someone", **more})


async def followers_of(session: AsyncSession, *records: tuple[Subject, str]) -> list[Person]:
    """A person for each record, who follows it."""
    people = []
    for subject, target in records:
        person = await a_person(session)
        session.add(Follow(person_id=person.id, subject=subject, target=target, since=NOW))
        people.append(person)
    return people


async def told(database: Database) -> dict[int, list[tuple[NoticeKind, str]]]:
    """What each person was told."""
    async with database.reading() as reader:
        rows = (await reader.execute(select(Notice.person_id, Notice.kind, Notice.path).order_by(Notice.id))).all()
    found: dict[int, list[tuple[NoticeKind, str]]] = {}
    for person_id, kind, path in rows:
        found.setdefault(person_id, []).append((kind, path))
    return found


async def test_a_record_is_followed_from_its_page_and_left_again(visit: Visit, database: Database) -> None:
    async with database.writing() as session:
        await a_project(session, slug="moedict")
        await an_event(session, slug="大松")
        await a_tag(session, slug="law", name={"en": "Law"})
    assert "Sign in to follow" in (await visit.client.get("/projects/moedict")).text
    await visit.play("owner")
    pages = ["/projects/moedict", "/events/大松", "/tags/law", "/needs/designer"]
    for page in pages:
        answer = await visit.fill(page, "/following")
        assert answer.status_code == 303
        assert "You follow this" in (await visit.client.get(answer.headers["location"])).text
    assert words(main_of((await visit.client.get("/following")).text)).count("Stop following") == 4
    for page in pages[1:]:
        assert (await visit.fill(page, "/following/end")).status_code == 303
    async with database.reading() as reader:
        assert len((await reader.scalars(select(Follow.target))).all()) == 1
        assert (await reader.scalars(select(AuditEntry.id).where(AuditEntry.action.like("%follow%")))).all() == []


@postgresql_in_trust
async def test_what_is_hidden_or_unknown_cannot_be_followed(visit: Visit, database: Database) -> None:
    async with database.writing() as session:
        await a_project(session, slug="hidden", hidden_at=NOW)
        await an_event(session, slug="draft", state=EventState.DRAFT)
    await visit.play("owner")
    refused = (("projects", "hidden"), ("events", "draft"), ("needs", "x"), ("people", "example-newcomer"))
    for collection, name in refused:
        answer = await visit.submit("/account", "/following", collection=collection, name=name)
        assert answer.status_code == 404


@postgresql_in_trust
async def test_followers_hear_of_what_they_follow_once_and_nobody_else_does(
    workplace: Workplace, database: Database
) -> None:
    async with database.writing() as session:
        event, project = await an_event(session), await a_project(session)
        tag = await a_tag(session, project)
        other = await a_project(session)
        proposal = await a_proposal(session, event=event, project=project)
        case = await a_case(session, project=project)
        of_project, of_event, of_tag, of_need, of_other = await followers_of(
            session, (Subject.PROJECT, str(project.id)), (Subject.EVENT, str(event.id)), (Subject.TAG, str(tag.id)),
            (Subject.NEED, "designer"), (Subject.PROJECT, str(other.id)),
        )
        did(session, "update posted", Subject.PROJECT, project.id)
    await tell_followers(workplace, LATER)
    assert await told(database) == {}  # the first turn: what was there before is no news

    async with database.writing() as session:
        did(session, "pitched", Subject.PROPOSAL, proposal.id)
        did(session, "update posted", Subject.PROJECT, project.id)
        did(session, "need opened", Subject.PROJECT, project.id, changes={"needs": [
            [{"key": "writer", "state": "open"}, {"key": "designer", "state": "filled"}],
            [{"key": "writer", "state": "open"}, {"key": "designer", "state": "open"}],
        ]})
        did(session, "stage moved", Subject.PROJECT, project.id)
        did(session, "event cancelled", Subject.EVENT, event.id)
        did(session, "case published", Subject.CASE, case.id)
        did(session, "drafted", Subject.PROPOSAL, proposal.id)
        did(session, "reticulated", Subject.PROJECT, project.id)  # an action that nobody has told us of
        did(session, "joined", Subject.PERSON, of_other.id)
    for _turn in range(2):
        await tell_followers(workplace, LATER)
    pitch = (NoticeKind.FOLLOWED_PITCH, f"/proposals/{proposal.slug}")
    page, study = f"/projects/{project.slug}", (NoticeKind.FOLLOWED_CASE, f"/cases/{case.slug}")
    assert await told(database) == {
        of_project.id: [pitch, (NoticeKind.FOLLOWED_UPDATE, page), (NoticeKind.FOLLOWED_NEED, page),
                        (NoticeKind.FOLLOWED_STAGE, page), study],
        of_event.id: [pitch, (NoticeKind.FOLLOWED_CANCELLATION, f"/events/{event.slug}")],
        of_tag.id: [pitch, study],
        of_need.id: [(NoticeKind.FOLLOWED_NEED, page)],
    }


async def test_nobody_hears_of_their_own_act_of_drafts_or_of_hidden_records(
    workplace: Workplace, database: Database
) -> None:
    await tell_followers(workplace, LATER)
    async with database.writing() as session:
        event, draft = await an_event(session), await an_event(session, state=EventState.DRAFT)
        project, hidden = await a_project(session), await a_project(session, hidden_at=NOW)
        sketch = await a_proposal(session, event=event, project=project, state=ProposalState.DRAFT)
        unseen = await a_proposal(session, event=draft, project=project)
        me, someone, _one, _two = await followers_of(
            session, (Subject.PROJECT, str(project.id)), (Subject.PROJECT, str(project.id)),
            (Subject.PROJECT, str(hidden.id)), (Subject.EVENT, str(draft.id)),
        )
        did(session, "pitched", Subject.PROPOSAL, sketch.id)
        did(session, "pitched", Subject.PROPOSAL, unseen.id)
        did(session, "case published", Subject.CASE, (await a_case(session, project=project, hidden_at=NOW)).id)
        did(session, "update posted", Subject.PROJECT, hidden.id)
        did(session, "event published", Subject.EVENT, draft.id)
        did(session, "stage moved", Subject.PROJECT, project.id, actor=f"person:{me.slug}")
    await tell_followers(workplace, LATER)
    assert await told(database) == {someone.id: [(NoticeKind.FOLLOWED_STAGE, f"/projects/{project.slug}")]}
    async with database.writing() as session:
        did(session, "hidden", Subject.PROJECT, hidden.id)
    await tell_followers(workplace, LATER)
    assert list(await told(database)) == [someone.id]
    async with database.writing() as session:
        did(session, "hidden", Subject.PROJECT, project.id)
    await tell_followers(workplace, LATER)
    assert await told(database) == {}  # taken back with what it told of


async def test_a_row_that_may_have_an_unfinished_neighbour_waits_on_postgresql(
    workplace: Workplace, database: Database
) -> None:
    await tell_followers(workplace, NOW)
    async with database.writing() as session:
        project = await a_project(session)
        await followers_of(session, (Subject.PROJECT, str(project.id)))
        did(session, "stage moved", Subject.PROJECT, project.id)
    await tell_followers(workplace, NOW + timedelta(seconds=1))
    assert len(await told(database)) == (1 if database.is_sqlite else 0)
    await tell_followers(workplace, LATER)
    assert len(await told(database)) == 1


def test_an_unknown_action_is_ignored_and_odd_changes_open_no_need() -> None:
    assert told_of(Subject.PROJECT, "reticulated") is None
    assert told_of(Subject.PERSON, "pitched") is None
    assert {told.kind for told in TOLD.values()} <= set(NoticeKind)
    odds: list[dict[str, Any]] = [
        {}, {"needs": None}, {"needs": ["designer"]}, {"needs": [[], ["designer", {"state": "open"}]]},
    ]
    assert [needs_opened(odd) for odd in odds] == [frozenset()] * 4


async def test_the_inbox_shows_the_new_first_counts_them_and_forgets_that_they_were_new(
    visit: Visit, database: Database
) -> None:
    await visit.play("owner")
    async with database.writing() as session:
        person_id = (await session.scalars(select(Person.id).where(Person.slug == "example-proposer"))).one()
        for number in range(3):
            tell(session, [person_id], kind=NoticeKind.FOLLOWED_UPDATE, path=f"/needs/{number}", now=NOW,
                 project={"en": f"Project {number}", "zh-Hant": f"專案{number}"})
    stranger = await another_visit(visit.client).play("organiser")
    page = (await visit.client.get("/inbox")).text
    assert "Inbox (3)" in page
    first = str(page).split('action="/inbox/')[2].split("/")[0]
    assert (await stranger.submit("/account", f"/inbox/{first}/read")).status_code == 404
    answer = await visit.submit("/inbox", f"/inbox/{first}/read", open="yes")
    assert (answer.status_code, answer.headers["location"]) == (303, "/needs/2")
    main = words(main_of((await visit.client.get("/inbox")).text))
    assert [main.index(f"Project {number} tells") for number in (1, 0, 2)] == sorted(
        main.index(f"Project {number} tells") for number in range(3)
    )
    assert "專案1有新消息" in (await visit.client.get("/inbox", headers={"accept-language": "zh-TW"})).text
    await visit.submit("/inbox", "/inbox/read")
    assert "Inbox</a>" in (await visit.client.get("/inbox")).text
    assert "tells what is new" not in (await stranger.client.get("/inbox")).text


@postgresql_in_trust
@pytest.mark.parametrize(("page", "most"), [("/inbox", 4), ("/following", 4)])
async def test_lists_ask_as_much_for_three_rows_as_for_one(
    client: AsyncTestClient, database: Database, page: str, most: int, statements: list[str]
) -> None:
    await visit_to(client).play("owner")
    counts = []
    for _round in range(2):
        async with database.writing() as session:
            person_id = (await session.scalars(select(Person.id).where(Person.slug == "example-proposer"))).one()
            for _one in range(2):
                tell(session, [person_id], kind=NoticeKind.FOLLOWED_UPDATE, path="/", now=NOW)
                project = await a_project(session)
                session.add(Follow(person_id=person_id, subject=Subject.PROJECT, target=str(project.id), since=NOW))
        statements.clear()
        await page_of(client, page)
        counts.append(len(statements))
    assert counts == [most, most]
