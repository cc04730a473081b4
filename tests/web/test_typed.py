"""A form that is refused comes back filled; one that is sent twice is done once; two editors both keep their words."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar, Request, Response, get, post
from litestar.testing import AsyncTestClient
from sqlalchemy import func, select

from registry.accounts.rules import Permission
from registry.activity.commands import change_fields, note_change, refuse_older_revision, send_later
from registry.activity.models import AuditEntry, OutboxMessage
from registry.activity.rules import Subject
from registry.app import create_app
from registry.checks import Checks
from registry.database.engine import Database
from registry.errors import BadInput, RegistryError
from registry.projects.models import Project
from registry.settings import Settings
from registry.web.dependencies import InActor, InNow, InSession
from registry.web.permissions import needs
from registry.web.typed import Typed, attempt, read_typed, see
from tests.conftest import postgresql_in_trust
from tests.factories import a_project
from tests.visits import BASE, Visit

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@post("/tried", opt=needs(Permission.SIGN_IN))
async def _rename(request: Request[Any, Any, Any], actor: InActor, session: InSession, now: InNow) -> Response[Any]:
    typed = await read_typed(request)

    async def rename() -> str:
        project = (await session.scalars(select(Project).with_for_update())).one()
        refuse_older_revision(project, typed.revision, theirs={"name": project.name["en"]})
        changes = change_fields(project, {"name": {"en": typed("name")}}, now=now)
        note_change(session, now=now, actor=actor.label, action="tried", subject=Subject.PROJECT,
                    subject_id=project.id, changes=changes)
        checks = Checks()  # after the writing, to show that nothing of it stays
        checks.line("name", typed("name"), longest=5, is_required=True)
        checks.done()
        return "/about#there"

    outcome = await attempt(session, typed, rename, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        words = [typed("name"), typed.error("name"), typed.theirs("name"), str(typed.revision)]
        return Response("|".join(words), status_code=typed.status)
    return see(outcome, "saved")


@get("/tried", opt=needs(Permission.READ), sync_to_thread=False)
def _form(request: Request[Any, Any, Any]) -> Response[str]:
    from registry.web.forms import FormToken  # noqa: PLC0415

    token = FormToken(request)
    answer = Response(f'name="form_token" value="{token.give()}"')
    token.seal(answer)
    return answer


@cache
def _application_with_a_form(settings: Settings) -> Litestar:
    app = create_app(settings)
    app.register(_rename)
    app.register(_form)
    return app


@pytest.fixture
async def visit(settings: Settings, database: Database) -> AsyncIterator[Visit]:
    async with database.writing() as session:
        await a_project(session, name={"en": "Pit"})
    async with AsyncTestClient(_application_with_a_form(settings), base_url=BASE) as client:
        client.follow_redirects = False
        yield Visit(client)


async def _state(database: Database) -> tuple[str, int, int]:
    async with database.reading() as reader:
        name, revision = (await reader.execute(select(Project.name, Project.revision))).one()
        audits = await reader.scalar(select(func.count()).select_from(AuditEntry))
    return name["en"], revision, audits or 0


@postgresql_in_trust
async def test_what_was_typed_comes_back_with_what_is_wrong_and_nothing_was_changed(
    visit: Visit, database: Database
) -> None:
    answer = await visit.submit("/tried", "/tried", name="much too long", revision="1")
    assert (answer.status_code, answer.text) == (
        400, "much too long|Use at most 5 characters. These are 13.||1"
    )
    assert await _state(database) == ("Pit", 1, 0)


async def test_a_form_sent_twice_is_done_once_and_answered_twice(visit: Visit, database: Database) -> None:
    answers = [
        await visit.submit("/tried", "/tried", name="New", revision="1", form_key="k") for _ in range(2)
    ]
    assert [(one.status_code, one.headers["location"]) for one in answers] == [(303, "/about?done=saved#there")] * 2
    assert await _state(database) == ("New", 2, 1)


async def test_the_second_of_two_editors_sees_both_versions_and_then_decides(
    visit: Visit, database: Database
) -> None:
    await visit.submit("/tried", "/tried", name="First", revision="1", form_key="a")
    answer = await visit.submit("/tried", "/tried", name="Other", revision="1", form_key="b")
    assert (answer.status_code, answer.text) == (409, "Other||First|2")
    assert (await visit.submit("/tried", "/tried", name="Other", revision="2", form_key="c")).status_code == 303
    assert await _state(database) == ("Other", 3, 2)


async def test_a_nul_byte_in_a_form_is_refused(visit: Visit) -> None:
    assert (await visit.submit("/tried", "/tried", name="a\0b", revision="1")).status_code == 400


async def test_what_must_leave_goes_into_the_outbox_once(database: Database) -> None:
    async with database.writing() as session:
        for _ in range(2):
            await send_later(session, key="pitched:1", kind="mail", payload={"to": 1}, now=NOW)
    async with database.reading() as reader:
        rows = (await reader.execute(select(OutboxMessage.key, OutboxMessage.due_at, OutboxMessage.attempts))).all()
    assert rows == [("pitched:1", NOW, 0)]


@pytest.mark.parametrize(("written", "kept"), [
    ("example.org/a", "https://example.org/a"), ("HTTP://Example.org", "http://example.org"), ("", ""),
])
def test_a_web_address_is_kept_in_one_form(written: str, kept: str) -> None:
    checks = Checks()
    assert checks.web_address("url", written) == kept
    checks.done()


@pytest.mark.parametrize("written", ["javascript:alert(1)", "https://user:pw@example.org", "see the note", "data:x"])
def test_what_is_no_web_address_is_refused_with_its_field(written: str) -> None:
    checks = Checks()
    checks.web_address("url", written)
    with pytest.raises(BadInput) as refusal:
        checks.done()
    assert [one.name for one in refusal.value.errors] == ["url"]


@given(st.dictionaries(st.text(), st.lists(st.text())), st.text())
def test_no_form_however_odd_breaks_its_reading(fields: dict[str, list[str]], name: str) -> None:
    typed = Typed({**fields, "revision": [name]})
    assert (typed.revision >= 0, typed(name) == next(iter(typed.every(name)), "")) == (True, True)
