"""A hidden record is nowhere but before its own people and those who moderate, and comes back whole."""

from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient
from sqlalchemy import select

from registry.activity.models import AuditEntry
from registry.activity.rules import Subject
from registry.cases.models import CaseWriter
from registry.database.engine import Database
from registry.exchange.export import public_record
from registry.inbox.models import Notice
from registry.moderation.commands import hide_record, show_record
from registry.moderation.rules import FOLDERS, address_of, record_meant
from registry.people.models import Person
from registry.projects.models import ProjectRelation
from registry.projects.rules import RelationKind
from registry.search.commands import rebuild
from registry.web import live
from tests.accounts.routes import example, routes
from tests.conftest import postgresql_in_trust
from tests.factories import (
    a_case,
    a_credit,
    a_membership,
    a_need,
    a_person,
    a_project,
    a_proposal,
    a_tag,
    an_event,
)
from tests.moderation.acts import NOW, ORGANISER
from tests.visits import Visit

CANARIES = {subject: f"zq{subject.value}canary" for subject in FOLDERS}
SHARED = "everywhereword"
HIDDEN_SLUGS = {subject: f"{canary}-address" for subject, canary in CANARIES.items()}

AT_HIDDEN = f"{HIDDEN_SLUGS[Subject.EVENT]}-pitch"


async def _world(session: Any) -> dict[Subject, int]:
    """A record of each kind to hide, each tied to others that stay."""
    names = {subject: {"en": f"{canary} {SHARED}"} for subject, canary in CANARIES.items()}
    event = await an_event(session, slug="open-event", name={"en": "Open event"}, starts_on=date(2026, 2, 1))
    hidden_event = await an_event(
        session, slug=HIDDEN_SLUGS[Subject.EVENT], name=names[Subject.EVENT], place=names[Subject.EVENT],
        starts_on=date(2026, 2, 2),
    )
    project = await a_project(session, slug="open-project", name={"en": "Open project"})
    hidden_project = await a_project(
        session, slug=HIDDEN_SLUGS[Subject.PROJECT], name=names[Subject.PROJECT], summary=names[Subject.PROJECT],
        code_licence="MIT",
    )
    person = await a_person(session, slug="open-person", display_name="Open person")
    hidden_person = await a_person(
        session, slug=HIDDEN_SLUGS[Subject.PERSON], display_name=CANARIES[Subject.PERSON] + " " + SHARED,
        bio=names[Subject.PERSON], claimed_at=NOW,
    )
    hidden_proposal = await a_proposal(
        session, event=event, project=project, slug=HIDDEN_SLUGS[Subject.PROPOSAL], title=names[Subject.PROPOSAL],
        summary=names[Subject.PROPOSAL],
    )
    of_hidden_project = await a_proposal(
        session, event=event, project=hidden_project, slug="pitch-of-hidden", title=names[Subject.PROJECT]
    )
    at_hidden_event = await a_proposal(session, event=hidden_event, project=project, slug=AT_HIDDEN)
    open_proposal = await a_proposal(session, event=event, project=project, slug="open-proposal")
    for proposal in (hidden_proposal, of_hidden_project, at_hidden_event, open_proposal):
        await a_credit(session, proposal=proposal, person=person)
        await a_credit(session, proposal=proposal, person=hidden_person)
    for one in (project, hidden_project):
        await a_membership(session, project=one, person=person)
        await a_membership(session, project=one, person=hidden_person)
    await a_need(session, project=project, proposal_id=at_hidden_event.id)
    await a_need(session, project=project, key="writer", proposal_id=hidden_proposal.id)
    await a_need(session, project=hidden_project, line=names[Subject.PROJECT])
    await a_tag(session, project, slug="open-tag", name={"en": "Open tag"})
    hidden_tag = await a_tag(session, project, slug=HIDDEN_SLUGS[Subject.TAG], name=names[Subject.TAG])
    open_case = await a_case(session, project=project, slug="open-case")
    session.add(CaseWriter(case_id=open_case.id, person_id=hidden_person.id, since=NOW))
    await a_case(session, project=hidden_project, title=names[Subject.PROJECT])
    hidden_case = await a_case(
        session, project=project, slug=HIDDEN_SLUGS[Subject.CASE], title=names[Subject.CASE],
        summary=names[Subject.CASE],
    )
    session.add(ProjectRelation(project_id=project.id, other_id=hidden_project.id, kind=RelationKind.SPAWNED))
    await session.flush()
    await rebuild(session)
    return {
        Subject.EVENT: hidden_event.id, Subject.PROJECT: hidden_project.id, Subject.PERSON: hidden_person.id,
        Subject.PROPOSAL: hidden_proposal.id, Subject.TAG: hidden_tag.id, Subject.CASE: hidden_case.id,
    }


def _addresses(app: Litestar) -> list[str]:
    """Every address that anyone may read, with the slugs of all records of its kind, hidden and not."""
    of_kind = {
        folder: [f"open-{subject.value}", HIDDEN_SLUGS[subject]] for subject, folder in FOLDERS.items()
    }
    of_kind[FOLDERS[Subject.PROPOSAL]] += ["pitch-of-hidden", AT_HIDDEN]
    slugs = [slug for some in of_kind.values() for slug in some]
    found: list[str] = []
    for route in routes(app):
        if route.method != "GET" or route.path.startswith(("/static", "/sign-in")):
            continue
        if "{slug:str}" in route.path:
            folder = route.path.removeprefix("/api/v1").split("/")[1]
            found += [
                example(route.path.replace("{slug:str}", quote(slug))) for slug in of_kind.get(folder, slugs)
            ]
        else:
            found.append(example(route.path))
    return [
        *found, *(f"/report?about=/{folder}/{slug}" for folder in FOLDERS.values() for slug in slugs),
        f"/search?q={SHARED}", f"/api/v1/search?q={SHARED}", f"/search/suggestions?q={SHARED}",
        f"/projects?q={SHARED}", "/projects?licence=MIT", "/people?role=owner", "/events?year=2026",
        "/events/calendar?year=2026", "/needs/designer", "/needs/writer", "/stages/idea", "/proposals?need=designer",
    ]


async def _found(client: Any, app: Litestar) -> dict[Subject, set[str]]:
    """At which addresses each canary is found. An address may say its own slug."""
    found: dict[Subject, set[str]] = {subject: set() for subject in CANARIES}
    for address in _addresses(app):
        text = (await client.get(address)).text.replace(address, "")
        for subject, canary in CANARIES.items():
            own = HIDDEN_SLUGS[subject]
            if canary in (text.replace(own, "") if own in address else text):
                found[subject].add(address)
    return found




@postgresql_in_trust
async def test_what_is_hidden_is_found_in_no_page_list_search_map_or_export(
    visit: Visit, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "STREAM_SECONDS", 0.01)  # live parts are read too, and end
    async with database.writing() as session:
        ids = await _world(session)
    app: Litestar = visit.client.app  # type: ignore[attr-defined]
    before = await _found(visit.client, app)
    assert {subject: len(found) >= 5 for subject, found in before.items()} == dict.fromkeys(CANARIES, True), before
    async with database.writing() as session:
        for subject, row_number in ids.items():
            await hide_record(session, subject=subject, subject_id=row_number, reason="Spam", by=ORGANISER, now=NOW)
    after = await _found(visit.client, app)
    assert {subject: found for subject, found in after.items() if found} == {}
    async with database.reading() as reader:
        exported = str(await public_record(reader))
    assert [canary for canary in CANARIES.values() if canary in exported] == []
    assert "open-proposal" in exported

    async with database.writing() as session:
        for subject, row_number in ids.items():
            await show_record(session, subject=subject, subject_id=row_number, by=ORGANISER, now=NOW)
    for subject, found in before.items():
        address = next(one for one in sorted(found) if one.startswith("/api/"))
        assert CANARIES[subject] in (await visit.client.get(address)).text
    async with database.reading() as reader:
        acts = (await reader.execute(
            select(AuditEntry.action, AuditEntry.subject, AuditEntry.subject_id).order_by(AuditEntry.id)
        )).all()
    assert acts == [(act, subject, row_number) for act in ("hidden", "restored") for subject, row_number in ids.items()]


async def test_the_address_of_a_hidden_record_says_so_and_organisers_see_it_marked(
    visit: Visit, database: Database
) -> None:
    async with database.writing() as session:
        for subject, row_number in (await _world(session)).items():
            await hide_record(
                session, subject=subject, subject_id=row_number, reason="Secretword", by=ORGANISER, now=NOW
            )
    paths = {subject: address_of(subject, slug) for subject, slug in HIDDEN_SLUGS.items()}
    for path in paths.values():
        answer = await visit.client.get(path)
        assert (answer.status_code, "Secretword" in answer.text) == (410, False)
        assert "The organisers have hidden this." in answer.text
        assert (await visit.client.get(f"/report?about={path}")).status_code == 410
    assert (await visit.client.get("/people/nobody")).status_code == 404
    await visit.play("organiser")
    for subject, path in paths.items():
        seen = await visit.client.get(path)
        assert seen.status_code == 200
        assert ("Secretword" in seen.text, "Show again" in seen.text, CANARIES[subject] in seen.text) == (True,) * 3
        answer = await visit.submit(path, "/moderate/show", about=path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?done=shown")
        assert "Report this" in (await visit.client.get(path)).text


@postgresql_in_trust
async def test_its_owner_reads_the_reason_and_how_to_object_and_another_member_does_not(
    visit: Visit, database: Database
) -> None:
    await visit.play("owner")
    async with database.writing() as session:
        owner = (await session.scalars(select(Person).where(Person.slug == "example-proposer"))).one()
        project = await a_project(session, slug="mine", summary={"en": "What it was about"})
        await a_membership(session, project=project, person=owner)
        await hide_record(
            session, subject=Subject.PROJECT, subject_id=project.id, reason="Copied text", by=ORGANISER, now=NOW
        )
    page = await visit.client.get("/projects/mine")
    assert (page.status_code, "Show again" in page.text) == (200, False)
    for said in ("Copied text", "What it was about", "they can show it again at any time"):
        assert said in page.text
    await visit.play("proposer")
    assert (await visit.client.get("/projects/mine")).status_code == 410
    async with database.reading() as reader:
        told = (await reader.execute(select(Notice.person_id, Notice.kind, Notice.path))).all()
    assert told == [(owner.id, "record_hidden", "/projects/mine")]


@postgresql_in_trust
async def test_hiding_needs_a_reason_and_happens_once(visit: Visit, database: Database) -> None:
    async with database.writing() as session:
        await a_project(session, slug="one")
    await visit.play("organiser")
    answer = await visit.fill("/moderate?about=/projects/one", "/moderate/hide", reason="  ")
    assert (answer.status_code, "This is needed." in answer.text) == (400, True)
    form = {"about": "/projects/one", "reason": "Spam"}
    answer = await visit.submit("/moderate?about=/projects/one", "/moderate/hide", **form)
    assert answer.headers["location"] == "/projects/one?done=hidden"
    again = await visit.submit("/moderate?about=/projects/one", "/moderate/hide", **form)
    assert (again.status_code, "hidden already" in again.text) == (409, True)


async def test_moderating_takes_a_fixed_number_of_statements(
    client: AsyncTestClient, database: Database, statements: list[str]
) -> None:
    async with database.writing() as session:
        ids = await _world(session)
        await hide_record(
            session, subject=Subject.PROJECT, subject_id=ids[Subject.PROJECT], reason="x", by=ORGANISER, now=NOW
        )
    statements.clear()
    assert (await client.get(address_of(Subject.PROJECT, HIDDEN_SLUGS[Subject.PROJECT]))).status_code == 410
    assert len(statements) == 2


def test_an_address_means_the_record_whose_page_is_there() -> None:
    meant = {path: record_meant(path) for path in (
        "/people/ada", "/tags/x", "people/ada", "/people/", "/people/a/b", "/account/ada", "", "//people/ada",
    )}
    assert {path: found for path, found in meant.items() if found} == {
        "/people/ada": (Subject.PERSON, "ada"), "/tags/x": (Subject.TAG, "x"),
    }
    assert Path(address_of(Subject.EVENT, "a")).parts == ("/", "events", "a")
