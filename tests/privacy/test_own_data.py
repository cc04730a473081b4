"""What is kept about a person is listed, given to them, and erased when they ask: nothing of them is left anywhere."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import JSON, String, Text, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from typer.testing import CliRunner

from registry.accounts.commands import change_name, grant_role, start_session
from registry.accounts.queries import Actor
from registry.accounts.rules import Role
from registry.activity.commands import note_change, send_later, take_form_key
from registry.activity.models import Provenance, SlugRedirect
from registry.activity.rules import Subject
from registry.claims.models import Claim
from registry.cli import app as keng
from registry.database.engine import Database
from registry.database.tables import Base
from registry.duplicates.commands import merge_records
from registry.inbox.commands import tell
from registry.inbox.models import Delivery, Follow
from registry.inbox.rules import NoticeKind
from registry.moderation.models import Report
from registry.moderation.rules import ReportReason
from registry.people.models import Contribution, Identity, Person
from registry.people.rules import IdentityProvider, PersonOrigin
from registry.privacy.commands import ask_for_erasure, erase_due, erase_person, keep_person
from registry.privacy.models import ErasureRequest
from registry.privacy.queries import kept_about, named
from registry.privacy.rules import KEPT, MENTIONS, Tie, without_mentions
from registry.privacy.words import table_name
from registry.programme.models import Slot
from registry.programme.rules import StageSession
from registry.projects.models import Project
from registry.proposals.models import Proposal
from registry.registrations.models import Registration
from registry.repositories.models import CommitWeek, Repository, RepositoryContributor
from registry.roster.models import RosterMember
from registry.search.commands import rebuild
from registry.settings import Settings, load_settings
from tests.conftest import postgresql_in_trust
from tests.factories import a_credit, a_membership, a_person, a_project, a_proposal, an_event
from tests.moderation.acts import NOW, ORGANISER, acting
from tests.visits import Visit, another_visit

NAME, LOGIN, MAIL, BIO, SLUG = "Zqcanary Lin", "zqlogin", "zqmail@example.org", "zqbio of mine", "zqslug"
CANARIES = (NAME.split(maxsplit=1)[0], LOGIN, "zqmail", "zqbio", SLUG, "zqbadge", "zqmeal", "zqreach", "Zqformer")
LABEL = f"person:{SLUG}"


async def everything_about_someone(session: AsyncSession) -> Person:
    """A person of whom something is kept in every place that there is."""
    person = await a_person(
        session, slug=SLUG, display_name="Zqformer Lin", bio={"en": BIO}, claimed_at=NOW, origin=PersonOrigin.SIGNED_IN
    )
    await change_name(session, person_id=person.id, name=NAME, is_public=True, now=NOW)
    session.add_all([
        Identity(person_id=person.id, provider=IdentityProvider.GITHUB, subject="991", login=LOGIN, verified_at=NOW),
        Identity(person_id=person.id, provider=IdentityProvider.SLACK, subject="T1:U1", login=NAME, verified_at=NOW),
        RosterMember(chat=IdentityProvider.SLACK, subject="T1:U1", display_name=NAME, changed_at=NOW, seen_at=NOW),
        Identity(person_id=person.id, provider=IdentityProvider.EMAIL, subject=MAIL, login=MAIL, verified_at=NOW),
        SlugRedirect(subject=Subject.PERSON, subject_id=person.id, old_slug=f"{SLUG}-old"),
        Provenance(subject=Subject.PERSON, subject_id=person.id, source="csv", file="people.csv", row=SLUG, digest="x",
                   imported_on=NOW.date()),
    ])
    event = await an_event(session, starts_on=(NOW + timedelta(days=30)).date())
    project = await a_project(session, slug="left-behind")
    proposal = await a_proposal(session, event=event, project=project)
    await a_membership(session, project=project, person=person)
    await a_credit(session, proposal=proposal, person=person)
    session.add_all([
        Registration(event_id=event.id, person_id=person.id, badge_name="zqbadge", keywords=["zqbadge"],
                     meal="zqmeal", mail_address=MAIL, code="zqbadge-code"),
        Contribution(person_id=person.id, project_id=project.id, kind="commit", source="github", note=f"by {NAME}",
                     evidence_url=f"https://github.com/x/y/commits?author={LOGIN}", happened_on=NOW.date()),
        Delivery(person_id=person.id, email=MAIL, unconfirmed_email=MAIL),
        Follow(person_id=person.id, subject=Subject.PROJECT, target=str(project.id), since=NOW),
        Slot(event_id=event.id, session=StageSession.PITCHES, position=1, presenter=NAME, minutes=3),
        Report(subject=Subject.PROJECT, subject_id=project.id, reason=ReportReason.OTHER, text=f"I am {NAME}",
               reach="zqreach", reporter_id=person.id, reported_at=NOW),
        Report(subject=Subject.PERSON, subject_id=person.id, reason=ReportReason.WRONG, text=f"{NAME} is not so",
               reported_at=NOW, decided_by=LABEL, decided_at=NOW),
    ])
    repository = Repository(forge="github", full_name="x/y", name_key="x/y", url="https://github.com/x/y")
    session.add(repository)
    await session.flush()
    session.add_all([
        RepositoryContributor(repository_id=repository.id, account_id=991, login=f"{LOGIN}-today", commit_count=3),
        CommitWeek(repository_id=repository.id, account_id=991, week=NOW.date(), commit_count=3),
    ])
    joined = await a_person(session, slug=f"{SLUG}-imported", display_name=NAME, bio={"en": BIO})
    await a_credit(session, proposal=await a_proposal(session, event=event, project=await a_project(session)),
                   person=joined)
    claim = Claim(subject=Subject.PERSON, subject_id=joined.id, claimer_id=person.id, evidence=f"I am {NAME}",
                  made_at=NOW)
    session.add(claim)
    await session.flush()
    administrator = Actor(person_id=None, slug="other", roles=frozenset({Role.ADMINISTRATOR}))
    await merge_records(
        session, subject=Subject.PERSON, kept=person.id, gone=joined.id, by=administrator, now=NOW, is_proven=True
    )
    await grant_role(session, person=person, role=Role.ORGANISER, granted_by=LABEL, now=NOW)
    note_change(session, now=NOW, actor="person:other", action="owner added", subject=Subject.PROJECT,
                subject_id=project.id, changes={"owners": [[], [SLUG, "other"]], "by_name": [None, NAME]})
    note_change(session, now=NOW, actor=LABEL, action="project edited", subject=Subject.PROJECT,
                subject_id=project.id, changes={"name": [{"en": "a"}, {"en": "b"}]})
    other = await a_person(session, slug="other")
    tell(session, [other.id], kind=NoticeKind.OWNER_ADDED, path=f"/people/{SLUG}#x", now=NOW, by=NAME,
         project={"en": "P"})
    tell(session, [person.id], kind=NoticeKind.RECORD_SHOWN, path=f"/people/{SLUG}", now=NOW, about=NAME)
    await send_later(session, key="k1", kind="slack", payload={"text": {"who": NAME, "login": LOGIN}}, now=NOW)
    await take_form_key(session, key="f1", by=LABEL, now=NOW)
    await session.execute(text("UPDATE form_answers SET path = :path"), {"path": f"/people/{SLUG}?done=saved"})
    await ask_for_erasure(session, by=acting(person), typed_name=NAME, now=NOW)
    await start_session(session, person_id=person.id, browser="Firefox", now=NOW, life=timedelta(days=9),
                        instead_of=None)
    await rebuild(session)
    return person


async def test_signing_in_within_the_waiting_time_stops_it(database: Database) -> None:
    async with database.writing() as session:
        person = await a_person(session, display_name=NAME)
        await ask_for_erasure(session, by=acting(person), typed_name=NAME, now=NOW)
        assert await keep_person(session, person_id=person.id, now=NOW)
        assert not await keep_person(session, person_id=person.id, now=NOW)
        assert await erase_due(session, now=NOW + timedelta(days=30)) == 0


def test_all_that_is_tied_to_a_person_is_listed() -> None:
    listed = {(kept.table, kept.column) for kept in KEPT}
    needed = set()
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            if any(key.column.table.name == "people" for key in column.foreign_keys):
                needed.add((table.name, column.name))
            if isinstance(column.type, String) and not column.foreign_keys and (
                column.name == "actor" or column.name.endswith("_by")
            ):
                needed.add((table.name, column.name))
        if {"subject", "subject_id"} <= set(table.c.keys()):
            needed.add((table.name, "subject_id"))
    assert needed - listed == set()
    tables = {kept.table for kept in KEPT}
    assert {table for table in tables if table not in Base.metadata.tables} == set()
    assert [table for table in tables if table_name(table) == table] == []
    assert [
        (kept.table, name) for kept in KEPT
        for name in (kept.column, *kept.cleared, *kept.secret, *kept.shown)
        if name not in Base.metadata.tables[kept.table].c
    ] == []
    assert [
        (kept.table, kept.column) for kept in KEPT if kept.tie is Tie.PATH
        and not isinstance(Base.metadata.tables[kept.table].c[kept.column].type, Text)
    ] == []


def test_structured_facts_that_may_name_somebody_are_all_looked_through() -> None:
    declared = {
        (table.name, column.name) for table in Base.metadata.sorted_tables for column in table.c
        if isinstance(column.type, JSON) and column.name in {
            "changes", "facts", "payload", "actors", "rows", "columns", "report",
        }
    }
    assert declared == set(MENTIONS)
    assert without_mentions({"a": ["x", {"x": "y", "b": "x and y"}], "n": 1}, frozenset({"x"}), "-") == {
        "a": ["-", {"-": "y", "b": "x and y"}], "n": 1
    }


@postgresql_in_trust
async def test_the_page_of_ones_data_asks_as_little_whatever_is_kept(
    visit: Visit, statements_of_visit: list[str]
) -> None:
    await visit.play("owner")
    statements_of_visit.clear()
    await visit.client.get("/account/data")
    assert len(statements_of_visit) <= 4


@pytest.fixture
def statements_of_visit(visit: Visit) -> Any:
    from sqlalchemy import event  # noqa: PLC0415

    engine = visit.client.app.state.database.read_engine.sync_engine  # type: ignore[attr-defined]
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


@postgresql_in_trust
async def test_asking_to_be_erased_needs_the_name_signs_out_and_signing_in_brings_back(
    visit: Visit, database: Database
) -> None:
    await visit.play("owner")
    async with database.writing() as session:
        owner = (await session.scalars(select(Person).where(Person.slug == "example-proposer"))).one()
        await a_membership(session, project=await a_project(session, name={"en": "Only mine"}), person=owner)
        name = owner.display_name
    page = await visit.client.get("/account/erase")
    assert ("Only mine" in page.text, "after 7 days" in page.text) == (True, True)
    wrong = await visit.fill("/account/erase", "/account/erase", name="Somebody")
    assert (wrong.status_code, "exactly as it stands above" in wrong.text) == (400, True)
    answer = await visit.fill("/account/erase", "/account/erase", name=name)
    assert answer.headers["location"] == "/privacy?done=erasing"
    assert await visit.name() is None
    another = another_visit(visit.client)
    back = await another.submit("/sign-in", "/sign-in/as/owner")
    assert back.headers["location"] == "/?done=kept"
    async with database.reading() as reader:
        assert await reader.scalar(select(func.count()).select_from(ErasureRequest)) == 0


async def test_what_is_kept_is_asked_for_in_one_statement(database: Database) -> None:
    async with database.writing() as session:
        person = await everything_about_someone(session)
        found = await kept_about(session, await named(session, person.id), most=1)
    assert {one.kept.table for one in found if one.rows} >= {
        "people", "identities", "sessions", "memberships", "credits", "registrations", "notices", "audit", "reports",
    }
    assert max(len(one.rows) for one in found) == 1


async def test_an_erased_person_cannot_be_told_from_what_is_left_and_their_page_is_gone(
    visit: Visit, database: Database
) -> None:
    async with database.writing() as session:
        person = await everything_about_someone(session)
        await erase_person(session, person_id=person.id, now=NOW, by=ORGANISER.label)
    assert (await visit.client.get(f"/people/{SLUG}")).status_code == 404
    project = (await visit.client.get("/projects/left-behind")).text
    assert (NAME in project, "A new owner" in project) == (False, True)
    async with database.reading() as reader:
        pitch = await reader.scalar(select(Proposal.slug))
        assert "a contributor" in (await visit.client.get(f"/proposals/{pitch}")).text
        assert await reader.scalar(select(func.count()).select_from(Project)) == 2


@postgresql_in_trust
def test_an_administrator_erases_by_the_command_line(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio  # noqa: PLC0415

    async def add() -> None:
        database = Database(settings)
        async with database.writing() as session:
            await a_person(session, slug=SLUG, display_name=NAME)
        await database.close()

    asyncio.run(add())
    monkeypatch.setenv("KENG_DATABASE_URL", settings.database_url)
    load_settings.cache_clear()
    try:
        run = CliRunner()
        assert run.invoke(keng, ["people", "erase", SLUG], input="n\n").exit_code == 1
        answer = run.invoke(keng, ["people", "erase", SLUG, "--yes"])
        assert (answer.exit_code, answer.output) == (0, "erased\n")
        assert run.invoke(keng, ["people", "erase", SLUG, "--yes"]).exit_code == 2
    finally:
        load_settings.cache_clear()
