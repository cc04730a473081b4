"""Six people, each with another role, and two records of each kind: one that they have to do with, and another's."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from httpx import Cookies
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.commands import grant_role, start_session
from registry.accounts.rules import Permission, Role
from registry.people.models import Person
from registry.web.page_cache import SESSION_COOKIE
from tests.accounts.routes import Route, example
from tests.accounts.test_permissions import Declared, declared
from tests.factories import a_case, a_credit, a_membership, a_person, a_project, a_proposal, an_event
from tests.trust.sites import routes_of
from tests.visits import Visit, another_visit

FOR_ANY_EVENT = ("/audit", "/desk")
"""What the organiser of an event may see of all of them."""
_SLUG = re.compile(r"\{slug:str\}")
_KIND = re.compile(r"(?:/api/v1|/publishing)?/(\w+)")
_STREAM = re.compile(r"live|stream")


class Asked(NamedTuple):
    """What somebody's browser was answered, and whether it is what the table of routes says."""

    name: str
    method: str
    path: str
    status: int
    is_right: bool


class Part(NamedTuple):
    """What somebody is everywhere, and what to the records called ``mine``, by the first word of their addresses."""

    everywhere: frozenset[Role]
    of_mine: Mapping[str, Role] = {}

    def may(self, said: Declared, path: str, slug: str) -> bool:
        """Whether they may do what a route does, at the record with that slug."""
        roles = self.everywhere
        if path in FOR_ANY_EVENT and Role.ORGANISER in self.of_mine.values():
            roles |= {Role.ORGANISER}
        found = _KIND.match(path)
        if found and slug == "mine" and found[1] in self.of_mine and said.permission != Permission.MODERATE:
            roles |= {self.of_mine[found[1]]}  # whoever moderates does so everywhere
        return not said.roles.isdisjoint(roles)


PARTS = {
    "visitor": Part(frozenset({Role.VISITOR})),
    "member": Part(frozenset({Role.MEMBER})),
    "owner": Part(frozenset({Role.MEMBER}), dict.fromkeys(("projects", "proposals", "cases"), Role.OWNER)),
    "organiser of an event": Part(
        frozenset({Role.MEMBER}), dict.fromkeys(("events", "proposals"), Role.ORGANISER)
    ),
    "organiser": Part(frozenset({Role.MEMBER, Role.ORGANISER})),
    "administrator": Part(frozenset({Role.MEMBER, Role.ADMINISTRATOR})),
}


async def signed_in(session: AsyncSession, person: Person, *roles: Role, event_id: int | None = None) -> Cookies:
    """The cookies of a person's browser, once they have these roles (of an event, or of all)."""
    now = datetime.now(UTC)
    for role in roles:
        await grant_role(session, person=person, role=role, event_id=event_id, granted_by="test", now=now)
    token = await start_session(
        session, person_id=person.id, browser="", now=now, life=timedelta(days=1), instead_of=None
    )
    return Cookies({SESSION_COOKIE: token})


async def six_people(session: AsyncSession) -> dict[str, Cookies]:
    """The cookies of each part's browser, where those records are."""
    people = {name: await a_person(session) for name in PARTS}
    events = []
    for slug, owner in (("mine", people["owner"]), ("theirs", await a_person(session))):
        event, project = await an_event(session, slug=slug), await a_project(session, slug=slug)
        proposal = await a_proposal(session, slug=slug, event=event, project=project)
        await a_case(session, slug=slug, project=project)
        await a_membership(session, project=project, person=owner)
        await a_credit(session, proposal=proposal, person=owner)
        events.append(event.id)
    return {
        "visitor": Cookies(),
        "member": await signed_in(session, people["member"]),
        "owner": await signed_in(session, people["owner"]),
        "organiser of an event": await signed_in(
            session, people["organiser of an event"], Role.ORGANISER, event_id=events[0]
        ),
        "organiser": await signed_in(session, people["organiser"], Role.ORGANISER),
        "administrator": await signed_in(session, people["administrator"], Role.ADMINISTRATOR),
    }


def role_addresses(route: Route, declared: Declared) -> list[tuple[str, str]]:
    """Where to ask a route, with the slug: at both records, but where it is open to all or its answer has no end."""
    if not _SLUG.search(route.path) or Role.VISITOR in declared.roles or _STREAM.search(route.path):
        return [(example(route.path), "none")]
    return [(example(_SLUG.sub(slug, route.path)), slug) for slug in ("mine", "theirs")]


async def everyone_asks(visit: Visit, people: Mapping[str, Cookies]) -> AsyncIterator[Asked]:
    """Each route of the application that is visited, asked by each of them."""
    table = declared()
    for name, cookies in people.items():
        reader = another_visit(visit.client).client
        reader.cookies = cookies
        for route in routes_of(visit):
            said = table[route.method, route.path]
            for path, slug in role_addresses(route, said):
                answer = await reader.request(route.method, path, headers={"accept": "text/html"})
                if said.scope:  # no session opens it
                    is_right = (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
                else:
                    is_refused = answer.status_code == 403 and "may do this" in answer.text
                    is_right = is_refused is not PARTS[name].may(said, route.path, slug)
                yield Asked(name, route.method, path, answer.status_code, is_right)
