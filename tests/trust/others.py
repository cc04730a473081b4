"""What belongs to somebody else: one of everything that a form of its owner names by a number or a code."""

import re
import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from secrets import token_hex
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import lxml.html
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.models import SignInSession
from registry.accounts.rules import Role
from registry.activity.commands import note_change
from registry.activity.rules import Subject
from registry.cases.models import CaseComment
from registry.claims.models import Claim
from registry.contributions.models import Statement
from registry.contributions.rules import SAID
from registry.database.engine import Database
from registry.events.models import Event
from registry.inbox.models import Notice
from registry.inbox.rules import NoticeKind
from registry.joining.models import Offer
from registry.people.models import Contribution, Identity, Person
from registry.people.rules import IdentityProvider
from registry.projects.models import Project, Update
from registry.receivers.models import Receiver
from registry.settings import Settings
from registry.stages.models import CheckpointEvidence
from registry.tokens.models import AccessToken
from tests import factories as make
from tests.accounts.routes import Route
from tests.trust.roles import signed_in
from tests.trust.sites import routes_of, site_of
from tests.visits import Visit, another_visit

THEIRS, MINE = "theirs", "mine"
_OWN_NAME = re.compile(rf"\b{THEIRS}\b|/\d+\b|/code-{THEIRS}\b")
_NUMBER, _STREAM = re.compile(r"\{\w+:int\}"), re.compile(r"live|stream")
_ENDS = (re.compile(r"(remove|end|revoke|withdraw|cancel|unlink/\d+)$"), re.compile(r"(discard|leave|hand-over|team)"))
Rows = dict[tuple[str, int], tuple[Any, ...]]


class Form(NamedTuple):
    """A form of a page as a button of it sends it."""

    action: str
    fields: dict[str, list[str]]

    def asked(self) -> list[tuple[str, list[str]]]:
        """What it sends but what is new each time."""
        return sorted((name, values) for name, values in self.fields.items() if not name.startswith("form_"))


async def someone(session: AsyncSession, slug: str) -> tuple[Person, Event, Project]:
    """A person with a project, its pitch and its case, who organises the event at which it was pitched."""
    person = await make.a_person(session, slug=slug, display_name=slug, is_public=True, claimed_at=_now())
    event = await make.an_event(session, slug=slug, starts_on=date(2099, 1, 2))
    project = await make.a_project(session, slug=slug, name={"en": slug})
    await make.a_membership(session, project=project, person=person)
    proposal = await make.a_proposal(session, slug=slug, event=event, project=project)
    await make.a_credit(session, proposal=proposal, person=person)
    await make.a_slot(session, event=event, proposal=proposal)
    await make.a_case(session, slug=slug, project=project)
    for provider in (IdentityProvider.GITHUB, IdentityProvider.SLACK):
        session.add(Identity(
            person_id=person.id, provider=provider, subject=slug, login=slug, verified_at=_now()
        ))
    return person, event, project


async def fill(session: AsyncSession, person: Person, event: Event, project: Project) -> None:
    """One more of everything that can be theirs."""
    now, stranger = _now(), await make.a_person(session)
    case = await make.a_case(session, slug=f"draft-{THEIRS}", project=project)
    for owner, of_project, of_event in (
        (person, project, None), (stranger, project, None), (stranger, None, event)
    ):
        session.add(Contribution(
            person_id=owner.id, project_id=of_project and of_project.id, event_id=of_event and of_event.id,
            kind="code", source=SAID, happened_on=date(2024, 1, 2), note="I did this.",
        ))
    await make.a_need(session, project=project)
    await make.a_registration(session, event=event, person=person, code=f"code-{THEIRS}")
    await make.a_work_table(session, event=event)
    session.add_all([
        *(Offer(project_id=project.id, person_id=one.id, note="I can help.") for one in (person, stranger)),
        *(Claim(
            subject=Subject.PROJECT, subject_id=project.id, claimer_id=one.id, evidence="It is mine.", made_at=now
        ) for one in (person, stranger)),
        SignInSession(
            token_hash="1" * 64, person_id=person.id, browser="another one", started_at=now, last_seen_at=now
        ),
        AccessToken(
            token_hash="0" * 64, person_id=person.id, name="script", shown="keng_0", scopes="read", created_at=now,
            expires_at=now + timedelta(days=9),
        ),
        Statement(code=f"code-{THEIRS}", person_id=person.id, content={}, content_hash="0" * 64, issued_at=now),
        Notice(person_id=person.id, kind=NoticeKind.OWNER_ADDED, path=f"/projects/{project.slug}", told_at=now, facts={
            "project": project.name, "by": "somebody",
        }),
        CheckpointEvidence(
            project_id=project.id, checkpoint_key="problem-written", source="person", note="Here.",
            said_by_id=person.id, noted_at=now,
        ),
        Update(project_id=project.id, author_id=person.id, text={"en": "x"}, text_html={"en": "x"}, posted_at=now),
        Receiver(
            project_id=project.id, made_by_id=person.id, address="https://a.example/", kinds=["pitched"], key="0" * 64
        ),
        CaseComment(case_id=case.id, part="summary", text="Why?", written_by_id=stranger.id, written_at=now),
    ])
    for subject, record in ((Subject.PROJECT, project), (Subject.EVENT, event)):
        note_change(
            session, now=now, actor=f"person:{person.slug}", action="changed", subject=subject, subject_id=record.id,
            changes={"name": [{"en": "before"}, record.name]},
        )


async def cookies_of(session: AsyncSession, person: Person, event: Event) -> Any:
    """The cookies with which somebody is signed in, as the organiser of their event."""
    return await signed_in(session, person, Role.ORGANISER, event_id=event.id)


@asynccontextmanager
async def site_of_two(settings: Settings, database: Database) -> AsyncIterator[tuple[Visit, Visit, list[Form], Rows]]:
    """A site with somebody who would change what is another's, its owner, the owner's forms and what came with them."""
    async with database.writing() as session:
        mallory = await someone(session, MINE)
        cookies = await cookies_of(session, mallory[0], mallory[1])
    not_theirs = set(rows(database))
    async with database.writing() as session:
        ada = await someone(session, THEIRS)
        await fill(session, *ada)
        her_cookies = await cookies_of(session, ada[0], ada[1])
    async with site_of(settings.model_copy(update={"account_writes_a_minute": 10**6})) as visit:
        attacker, owner = another_visit(visit.client), another_visit(visit.client)
        attacker.client.cookies, owner.client.cookies = cookies, her_cookies
        forms = await _forms_of(owner, routes_of(visit), rows(database))
        yield attacker, owner, forms, {key: row for key, row in rows(database).items() if key not in not_theirs}


async def _forms_of(owner: Visit, routes: Iterable[Route], numbers: Iterable[tuple[str, int]]) -> list[Form]:
    """Every form that somebody sees on the pages of what is theirs, those that end something last."""
    rows_there = {number for table, number in numbers if table != "audit"}
    paths = dict.fromkeys(
        _NUMBER.sub(str(number), route.path).replace("{slug:str}", THEIRS)
        for route in routes if route.method == "GET" and not _STREAM.search(route.path)
        for number in (rows_there if _NUMBER.search(route.path) else [0])
    )
    answers = [await owner.client.get(path) for path in paths if "{" not in path]
    pages = [one.text for one in answers if one.status_code == 200 and "<form" in one.text]
    forms = {repr((form.action, form.asked())): form for page in pages for form in _forms_in(page)}
    return sorted(forms.values(), key=lambda one: (*(bool(end.search(one.action)) for end in _ENDS[::-1]), one.action))


def _forms_in(page: str) -> Iterator[Form]:
    """Each form of a page that changes something with a name in its address, once for each of its buttons."""
    for form in lxml.html.fromstring(page).forms:
        fields: dict[str, list[str]] = {}
        for name, value in form.form_values():
            fields.setdefault(name, []).append(value)
        for button in form.xpath(".//button[not(@type) or @type='submit']") or [{}]:
            pressed = {button.get("name"): [button.get("value", "")]} if button.get("name") else {}
            action = urlsplit(button.get("formaction") or form.action or "").path
            if form.method == "POST" and _OWN_NAME.search(action):
                yield Form(action, {**fields, **pressed})


async def send(visit: Visit, form: Form, action: str) -> None:
    """Send a form to an address as a browser of somebody's, where it is new."""
    token = await visit.token("/account")
    await visit.client.post(action, data={**form.fields, "form_token": token, "form_key": token_hex()})


async def end_any_session(session: AsyncSession, *, person_id: int, session_id: int) -> None:
    """A fault: nobody looks whose session it is."""
    await session.execute(delete(SignInSession).where(SignInSession.id == session_id))


def rows(database: Database) -> Rows:
    """Every row of every table, by table and number; the search's own tables are left out."""
    found: Rows = {}
    with sqlite3.connect(database.url.removeprefix("sqlite:///")) as file:
        tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            if not table.startswith(("fts_", "sqlite_", "alembic", "data_version")):
                for row in file.execute(f'SELECT rowid, * FROM "{table}"'):  # noqa: S608 — our own tables
                    found[table, row[0]] = row[1:]
    return found


def _now() -> datetime:
    return datetime.now(UTC)
