"""Every route, method and role against the committed matrix: a new route or a changed right must be written there."""

from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from litestar import Litestar, Router, get
from litestar.params import FromPath
from litestar.testing import AsyncTestClient
from sqlalchemy import select

from registry.accounts.commands import grant_role
from registry.accounts.queries import VISITOR, Actor, roles_at_event, roles_in_project
from registry.accounts.rules import ALLOWED, Permission, Role
from registry.app import create_app
from registry.database.engine import Database
from registry.events.models import EventHelper
from registry.events.rules import HelperTask
from registry.people.models import Person
from registry.people.rules import MembershipRole
from registry.settings import Settings
from registry.tokens.rules import Scope
from registry.web.permissions import Needed, check_permission, needs
from tests.accounts.routes import example, routes
from tests.conftest import on_one_database, postgresql_in_trust
from tests.factories import a_membership, a_person, a_project, a_registration, an_event
from tests.tokens.scripts import a_script
from tests.visits import BASE, Visit, visit_to

WHOLE = Settings(page_cache=False, github_webhook_secret="a secret", slack_signing_secret="a secret")
"""An installation with every door that a secret opens."""
MATRIX = Path(__file__).with_name("permission_matrix.txt")
_LETTERS = dict(zip(Role, "VMRHICTOWGA", strict=True))
_HEAD = f"""\
What each route needs, and who may:
{", ".join(f"{letter} {role.value}" for role, letter in _LETTERS.items())}.
A role counts for the record it belongs to; see registry/accounts/rules.py. Where a scope is named, an access token with
it is needed, and a session opens nothing.
Rewrite this file with python -m tests.accounts.test_permissions, and read what changed.

"""


class Declared(NamedTuple):
    """What the matrix says of a route: what it needs, who may, and with which scope a script."""

    permission: str
    roles: frozenset[Role]
    scope: str


def declared() -> dict[tuple[str, str], Declared]:
    """The committed matrix, by method and address."""
    roles = {letter: role for role, letter in _LETTERS.items()}
    found = {}
    for line in MATRIX.read_text("utf-8").removeprefix(_HEAD).partition("\n\n")[2].splitlines():
        method, path, permission, letters, *scope = line.split()
        may = frozenset(roles[one] for one in letters if one != ".")
        found[method, path] = Declared(permission, may, *scope or [""])
    return found


def _row(permission: Permission) -> str:
    return "".join(letter if role in ALLOWED[permission] else "." for role, letter in _LETTERS.items())


def matrix(app: Litestar) -> str:
    lines = []
    for route in routes(app):
        needed: Needed | None = route.opt.get("needed")
        right = f"{needed.permission:<20} {_row(needed.permission)}" if needed else "NO PERMISSION DECLARED"
        lines.append(f"{route.method:<6} {route.path:<45} {right} {route.opt.get('scope', '')}".rstrip())
    permissions = [f"{permission:<20} {_row(permission)}" for permission in Permission]
    return _HEAD + "\n".join([*permissions, "", *lines]) + "\n"


def test_every_route_declares_a_permission_and_none_that_changes_is_open_as_reading() -> None:
    app = create_app(WHOLE)
    assert [route for route in routes(app) if "needed" not in route.opt] == []
    assert [
        route for route in routes(app) if route.method != "GET" and route.opt["needed"].permission is Permission.READ
    ] == []


async def test_a_route_without_a_permission_answers_nobody(settings: Settings) -> None:
    @get("/forgotten", sync_to_thread=False)
    def forgotten() -> str:
        return "secret"

    app = Litestar([forgotten], guards=[check_permission])
    async with AsyncTestClient(app) as client:
        answer = await client.get("/forgotten")
    assert (answer.status_code, "secret" in answer.text) == (500, False)


@on_one_database
@pytest.mark.parametrize(("part", "roles"), [
    (None, {Role.VISITOR}), ("proposer", {Role.MEMBER}), ("organiser", {Role.MEMBER, Role.ORGANISER}),
])
async def test_the_guard_answers_every_route_as_the_matrix_says(
    visit: Visit, part: str | None, roles: set[Role]
) -> None:
    """The short form of a promise of ``tests/trust``, where more people ask, at their own records and at others'."""
    if part:
        await visit.submit("/sign-in", f"/sign-in/as/{part}")
    wrong = []
    for route in routes(visit.client.app):  # type: ignore[attr-defined]
        answer = await visit.client.request(route.method, example(route.path), headers={"accept": "text/html"})
        if "scope" in route.opt:
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), route.path
            continue
        is_refused = answer.status_code == 403 and "may do this" in answer.text
        if is_refused is not ALLOWED[route.opt["needed"].permission].isdisjoint(roles):
            wrong.append(f"{route.method} {route.path}: {answer.status_code}")
    assert wrong == []


@on_one_database
@pytest.mark.parametrize("part", ["proposer", "organiser", "administrator"])
async def test_a_token_opens_what_its_owner_may_within_its_scopes_and_no_page(visit: Visit, part: str) -> None:
    roles = {Role.MEMBER} | ({Role(part)} if part in set(Role) else set())
    await visit.play(part)
    whole, reading = await a_script(visit, *Scope), await a_script(visit, Scope.READ)
    wrong = []
    for route in routes(visit.client.app):  # type: ignore[attr-defined]
        path, scope = example(route.path), route.opt.get("scope")
        if scope is None and not route.path.startswith("/api/"):
            if route.method == "GET" and Role.VISITOR not in ALLOWED[route.opt["needed"].permission]:
                answer = await whole.client.get(path, headers={"accept": "text/html"})
                assert answer.status_code == 403, path
            continue
        answers = [await script.client.request(route.method, path) for script in (whole, reading)]
        is_refused = answers[0].status_code == 403 and "may do this" in answers[0].text
        if is_refused is not ALLOWED[route.opt["needed"].permission].isdisjoint(roles):
            wrong.append(f"{route.method} {path}: {answers[0].status_code}")
        if scope not in {None, Scope.READ}:
            assert answers[1].status_code == 403, path
            assert f"“{scope}”" in answers[1].json()["detail"], path
            assert answers[1].headers["www-authenticate"].endswith(f'scope="{scope}"'), path
    assert wrong == []


async def test_a_refusal_says_who_could_and_offers_to_sign_in(visit: Visit) -> None:
    answer = await visit.client.get("/account", headers={"accept": "text/html"})
    assert answer.status_code == 403
    assert "Only people who are signed in may do this." in answer.text
    assert 'href="/sign-in?return=%2Faccount"' in answer.text


# Rights in a record.


@get("/projects/{slug:str}/edit", opt=needs(Permission.EDIT_PROJECT, there=roles_in_project), sync_to_thread=False)
def _edit(slug: FromPath[str]) -> str:
    return f"editing {slug}"


@get("/events/{slug:str}/run", opt=needs(Permission.RUN_EVENT, there=roles_at_event), sync_to_thread=False)
def _run(slug: FromPath[str]) -> str:
    return f"running {slug}"


async def _signed_in_person(visit: Visit, database: Database) -> Person:
    await visit.sign_in()
    async with database.reading() as reader:
        person_id = await reader.scalar(select(Person.id))
    async with database.writing() as session:
        return await session.get_one(Person, person_id)


@cache
def _application_with_routes_of_records(settings: Settings) -> Litestar:
    app = create_app(settings)
    app.register(Router("/tried", route_handlers=[_edit, _run]))
    return app


@pytest.fixture
async def visit_with_records(settings: Settings) -> AsyncIterator[Visit]:
    """A browser at a site with two routes more, each bound to a record."""
    async with AsyncTestClient(_application_with_routes_of_records(settings), base_url=BASE) as client:
        yield visit_to(client)


@postgresql_in_trust
@pytest.mark.parametrize(("role", "status"), [
    (MembershipRole.OWNER, 200), (MembershipRole.MAINTAINER, 200), (MembershipRole.CONTRIBUTOR, 403),
])
async def test_a_project_is_edited_by_those_who_keep_it_and_no_other_is(
    visit_with_records: Visit, database: Database, role: MembershipRole, status: int
) -> None:
    visit = visit_with_records
    person = await _signed_in_person(visit, database)
    async with database.writing() as session:
        mine, _other = await a_project(session, slug="mine"), await a_project(session, slug="other")
        await a_membership(session, project=mine, person=person, role=role)
    answers = [await visit.client.get(f"/tried/projects/{slug}/edit") for slug in ("mine", "other", "none")]
    assert [answer.status_code for answer in answers] == [status, 403, 403]


@postgresql_in_trust
async def test_an_organiser_of_one_event_has_no_power_over_another(
    visit_with_records: Visit, database: Database
) -> None:
    visit = visit_with_records
    person = await _signed_in_person(visit, database)
    async with database.writing() as session:
        mine, other = await an_event(session, slug="mine"), await an_event(session, slug="other")
        await a_registration(session, event=other, person=person)
        await a_registration(session, event=mine)  # somebody without an account, who must be no visitor's place
        session.add(EventHelper(event_id=other.id, person_id=person.id, task=HelperTask.DOOR))
        await grant_role(
            session, person=person, role=Role.ORGANISER, event_id=mine.id, granted_by="test", now=mine.starts_at
        )
    answers = [await visit.client.get(f"/tried/events/{slug}/run") for slug in ("mine", "other")]
    assert [answer.status_code for answer in answers] == [200, 403]
    async with database.reading() as reader:
        actor = Actor(person_id=person.id, organises=frozenset({mine.id}))
        assert await roles_at_event(reader, actor, "mine") == {Role.ORGANISER}
        assert await roles_at_event(reader, actor, "other") == {Role.REGISTERED, Role.HELPER}
        assert await roles_at_event(reader, VISITOR, "mine") == frozenset()


@postgresql_in_trust
async def test_who_left_a_project_keeps_no_right_to_it(visit_with_records: Visit, database: Database) -> None:
    visit = visit_with_records
    person = await _signed_in_person(visit, database)
    async with database.writing() as session:
        project, someone = await a_project(session, slug="mine"), await a_person(session)
        await a_membership(session, project=project, person=someone)
        membership = await a_membership(session, project=project, person=person)
        membership.left_on = project.created_at.date()
    assert (await visit.client.get("/tried/projects/mine/edit")).status_code == 403


if __name__ == "__main__":
    MATRIX.write_text(matrix(create_app(WHOLE)))
