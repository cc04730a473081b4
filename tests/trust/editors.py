"""Many people who edit one pitch at once, through two servers, and what became of what each of them wrote."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, NamedTuple

import httpx
from sqlalchemy import select

from registry.accounts.commands import start_session
from registry.activity.models import AuditEntry
from registry.activity.rules import Subject
from registry.app import create_app
from registry.database.engine import Database
from registry.people.rules import MembershipRole
from registry.proposals.models import Proposal
from registry.settings import Settings
from registry.web.page_cache import SESSION_COOKIE
from tests.factories import a_membership, a_person, a_project, a_proposal, an_event
from tests.visits import BASE, Visit, filled

SERVERS, SECONDS_UNTIL_AGAIN = 2, 1
PITCH = "shared"
FORM = f"/proposals/{PITCH}/edit"
FIELD = "why-en"
AT_FIRST = "As it was pitched."


class Sent(NamedTuple):
    """What became of a form: the text it was opened with, the one sent, the answer, and the text that came back."""

    seen: str
    written: str
    status: int
    kept: str


async def a_shared_pitch(database: Database, editors: int) -> list[str]:
    """A pitch that is out, of a project with as many maintainers; the token of each one's session."""
    now = datetime.now(UTC)
    async with database.writing() as session:
        event = await an_event(session, starts_on=(now + timedelta(days=14)).date())
        project = await a_project(session)
        await a_proposal(
            session, event=event, project=project, slug=PITCH, summary={"en": "A map."}, why={"en": AT_FIRST},
            revision=1,
        )
        tokens = []
        for _one in range(editors):
            person = await a_person(session)
            await a_membership(session, project=project, person=person, role=MembershipRole.MAINTAINER)
            tokens.append(await start_session(
                session, person_id=person.id, browser="", now=now, life=timedelta(days=1), instead_of=None
            ))
    return tokens


@asynccontextmanager
async def browsers(settings: Settings, tokens: Sequence[str]) -> AsyncIterator[list[Visit]]:
    """A browser for each session, in turn at one of the servers.

    The client of the tests would ask one thing after the other; these ask all at once.
    """
    async with AsyncExitStack() as stack:
        servers: list[Any] = [create_app(settings) for _one in range(SERVERS)]
        for server in servers:
            await stack.enter_async_context(server.lifespan())
        visits = []
        for number, token in enumerate(tokens):
            client = httpx.AsyncClient(
                transport=httpx.ASGITransport(servers[number % SERVERS]), base_url=BASE, cookies={SESSION_COOKIE: token}
            )
            visits.append(Visit(await stack.enter_async_context(client)))
        yield visits


async def all_at_once(visits: Sequence[Visit]) -> list[Sent]:
    """All have the form open, then all send it."""
    opened = await asyncio.gather(*map(_open, visits))
    return list(await asyncio.gather(*(
        _send(visit, page, f"Text {number} of all at once.")
        for number, (visit, page) in enumerate(zip(visits, opened, strict=True))
    )))


async def each_in_a_hurry(visits: Sequence[Visit]) -> list[Sent]:
    """Each opens the form and sends it, as quickly as they are answered."""
    async def edit(visit: Visit, written: str) -> Sent:
        return await _send(visit, await _open(visit), written)

    return list(await asyncio.gather(*(
        edit(visit, f"Text {number} in a hurry.") for number, visit in enumerate(visits)
    )))


async def history(database: Database) -> list[tuple[str, str]]:
    """The text before and after each change of the pitch, as its history tells."""
    async with database.reading() as reader:
        changes = await reader.scalars(
            select(AuditEntry.changes).where(AuditEntry.subject == Subject.PROPOSAL).order_by(AuditEntry.id)
        )
        return [(before["en"], after["en"]) for before, after in (change["why"] for change in changes)]


async def text_now(database: Database) -> str:
    """What the pitch says in the end."""
    async with database.reading() as reader:
        why: dict[str, str] = (await reader.scalars(select(Proposal.why).where(Proposal.slug == PITCH))).one()
    return why["en"]


async def _open(visit: Visit) -> httpx.Response:
    return await _answered(lambda: visit.client.get(FORM))


async def _send(visit: Visit, page: httpx.Response, written: str) -> Sent:
    form = filled(page, FORM)
    answer = await _answered(lambda: visit.client.post(FORM, data=form | {FIELD: written}))
    is_shown = answer.headers.get("content-type", "").startswith("text/html") and FORM in answer.text
    kept = filled(answer, FORM)[FIELD][0] if is_shown else ""
    return Sent(form[FIELD][0], written, answer.status_code, kept)


async def _answered(ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """An answer, asked for again while a full house says to come back later."""
    while (answer := await ask()).status_code == HTTPStatus.SERVICE_UNAVAILABLE:  # noqa: ASYNC110 — nothing tells
        await asyncio.sleep(SECONDS_UNTIL_AGAIN)
    return answer
