"""What is hidden, a draft or anonymous is in no format that leaves the registry: one word, looked for in all."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from litestar import Litestar
from litestar.testing import AsyncTestClient

from registry.cases.models import CaseWriter
from registry.database.engine import Database
from registry.events.rules import EventState
from registry.projects.models import Update
from registry.proposals.rules import ProposalState
from tests.conftest import on_one_database
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

NOW = datetime(2026, 7, 25, 1, tzinfo=UTC)
CANARY = "kanarienvogel"
SECRET = {"en": CANARY}
FORMATS = (".ics", ".atom", ".json", ".yml", ".cff", ".bib", ".zip", "/card", "/elsewhere")


@on_one_database
async def test_no_format_tells_what_the_pages_do_not(client: AsyncTestClient[Litestar], database: Database) -> None:
    async with database.writing() as session:
        event = await an_event(session, slug="e", name={"en": "Seen"})
        project = await a_project(session, slug="p", name={"en": "Seen"})
        await a_tag(session, project, slug="t")
        case = await a_case(session, project=project, slug="c", title={"en": "Seen"})
        hidden_person = await a_person(session, display_name=CANARY, is_public=False)
        seen_person = await a_person(session, display_name="Seen")
        anonymous = await a_proposal(
            session, event=event, project=project, title={"en": "Seen"}, is_anonymous=True, initiators=CANARY
        )
        (await a_credit(session, proposal=anonymous, person=seen_person)).name_as_written = CANARY
        await a_membership(session, project=project, person=hidden_person)
        session.add(CaseWriter(case_id=case.id, person_id=hidden_person.id, since=NOW))
        session.add_all([
            Update(project_id=project.id, text={"en": "Seen"}, text_html={"en": "<p>Seen</p>"}, posted_at=NOW,
                   author_id=hidden_person.id),
            Update(project_id=project.id, text=SECRET, text_html=SECRET, posted_at=NOW, hidden_at=NOW),
        ])
        hidden = await a_project(session, slug=f"p-{CANARY}", name=SECRET, hidden_at=NOW)
        for field in ("description", "summary"):
            setattr(hidden, field, SECRET)
        await a_need(session, project=project, key="designer")
        await a_need(session, project=hidden, key="writer", line=SECRET)
        await a_case(session, project=hidden, slug=f"c-{CANARY}", title=SECRET)
        await a_case(session, project=project, slug=f"d-{CANARY}", title=SECRET, version=None, published_at=None)
        await a_proposal(session, event=event, project=hidden, slug=f"a-{CANARY}")
        unseen: list[dict[str, Any]] = [{"hidden_at": NOW}, {"state": ProposalState.DRAFT}]
        for number, fields in enumerate(unseen):
            await a_proposal(
                session, event=event, project=project, slug=f"b-{CANARY}-{number}", title=SECRET, **fields
            )
        await an_event(session, slug=f"e-{CANARY}", name=SECRET, state=EventState.DRAFT)
        await an_event(session, slug=f"f-{CANARY}", name=SECRET, hidden_at=NOW)
        session.add(Update(project_id=hidden.id, text=SECRET, text_html=SECRET, posted_at=NOW))
        await a_tag(session, project, slug=f"t-{CANARY}", name=SECRET, hidden_at=NOW)
    addresses = sorted(set(_formats(client.app)))
    assert len(addresses) >= 20
    for address in addresses:
        answer = await client.get(address)
        assert answer.status_code == 200, address
        told = _unpacked(answer.content) if address.endswith(".zip") else answer.text
        assert CANARY not in told, address
    for kind, slug in (("projects", f"p-{CANARY}"), ("events", f"e-{CANARY}"), ("events", f"f-{CANARY}"),
                       ("tags", f"t-{CANARY}"), ("cases", f"c-{CANARY}"), ("cases", f"d-{CANARY}")):
        for address in _formats(client.app, {kind: slug}):
            assert (await client.get(address)).status_code == 404, address


def _formats(app: Litestar, slugs: dict[str, str] | None = None) -> Iterator[str]:
    """The address of each format: of the public records here, or of those of ``slugs`` alone."""
    known = slugs or {"events": "e", "projects": "p", "tags": "t", "needs": "designer", "cases": "c"}
    for route in app.routes:
        if not route.path.endswith(FORMATS) or route.path.startswith(("/feeds", "/registrations", "/account", "/api")):
            continue
        if "{" not in route.path:
            if slugs is None:
                yield route.path
            continue
        kind = route.path.split("/")[1]
        if kind in known and route.path.count("{") == 1:
            yield route.path.replace("{slug:str}", known[kind])


def _unpacked(content: bytes) -> str:
    archive = zipfile.ZipFile(io.BytesIO(content))
    return "".join(archive.read(name).decode() for name in archive.namelist())
