"""Who keeps a project: its team as its people see it, giving and ending parts, handing over, leaving."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor, roles_in_project
from registry.accounts.rules import Permission
from registry.database.engine import Reader
from registry.errors import NotFound, RegistryError
from registry.people.rules import MembershipRole
from registry.people.words import role_name
from registry.projects.commands.team import REASON, end_part, give_part, hand_over, leave_project
from registry.projects.queries.team import Team, people_offered, team_of
from registry.projects.words import no_such_project
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.permissions import needs
from registry.web.render import PageHead, render, render_fragment
from registry.web.typed import SEE_OTHER, Typed, attempt, read_typed, see

AnyRequest = Request[Any, Any, Any]
_ROLES_FIRST = [MembershipRole.OWNER, MembershipRole.MAINTAINER, MembershipRole.CONTRIBUTOR]


@get("/team")
async def project_team_page(
    request: AnyRequest, reader: InReader, actor: InActor, slug: FromPath[str]
) -> Response[str]:
    """The people of a project, and the forms that give and end their parts."""
    return await _team_page(request, reader, actor, slug, Typed.of(role=MembershipRole.MAINTAINER))


@post("/team", status_code=SEE_OTHER)
async def project_team(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Give somebody a part in a project."""
    typed = await read_typed(request)

    async def give() -> str:
        await give_part(
            session, slug=slug, person=typed("person"), role=typed("role"), reason=typed("reason"), by=actor, now=now
        )
        return f"/projects/{slug}/team"

    return await _answered(
        request, session, give, typed=typed, slug=slug, page=_team_page, by=actor, now=now
    )


@post("/team/end", status_code=SEE_OTHER)
async def project_team_end(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """End somebody's part in a project."""
    typed = await read_typed(request)

    async def end() -> str:
        await end_part(session, slug=slug, person=typed("leaver"), reason=typed("end_reason"), by=actor, now=now)
        return f"/projects/{slug}/team"

    return await _answered(
        request, session, end, typed=typed, slug=slug, page=_team_page, by=actor, now=now
    )


@get("/team/people")
async def project_people_suggestions(request: AnyRequest, reader: InReader) -> Response[str]:
    """People who hold what is typed so far in their name and can be given a part."""
    found = await people_offered(reader, request.query_params.get("person", ""))
    return render_fragment(
        "projects/edit/suggestions.html", suggestions=[(one.slug, one.name) for one in found]
    )


@get("/hand-over")
async def project_hand_over_page(
    request: AnyRequest, reader: InReader, actor: InActor, slug: FromPath[str]
) -> Response[str]:
    """The form with which a project changes hands."""
    return await _hand_over_page(request, reader, actor, slug, Typed.of(stays="yes"))


@post("/hand-over", status_code=SEE_OTHER)
async def project_hand_over(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Hand a project over."""
    typed = await read_typed(request)

    async def hand() -> str:
        await hand_over(
            session, slug=slug, person=typed("person"), stays=typed.has("stays"), reason=typed("reason"), by=actor,
            now=now,
        )
        return f"/projects/{slug}#people"

    return await _answered(
        request, session, hand, typed=typed, slug=slug, page=_hand_over_page, by=actor, now=now
    )


@get("/leave", opt=needs(Permission.LEAVE_PROJECT, there=roles_in_project))
async def project_leave_page(
    request: AnyRequest, reader: InReader, actor: InActor, slug: FromPath[str]
) -> Response[str]:
    """The form with which somebody leaves a project's team."""
    return await _leave_page(request, reader, actor, slug, Typed())


@post("/leave", opt=needs(Permission.LEAVE_PROJECT, there=roles_in_project), status_code=SEE_OTHER)
async def project_leave(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Leave a project's team."""
    typed = await read_typed(request)

    async def leave() -> str:
        await leave_project(
            session, slug=slug, reason=typed("reason"), seeks_owner=typed.has("seeks_owner"), by=actor, now=now
        )
        return f"/projects/{slug}"

    return await _answered(
        request, session, leave, typed=typed, slug=slug, page=_leave_page, by=actor, now=now, done="left"
    )


PROJECT_TEAM_ROUTES: Sequence[ControllerRouterHandler] = [
    Router("/projects/{slug:str}", opt=needs(Permission.HAND_OVER_PROJECT, there=roles_in_project), route_handlers=[
        project_team_page, project_team, project_team_end, project_people_suggestions, project_hand_over_page,
        project_hand_over, project_leave_page, project_leave,
    ]),
]

_Page = Callable[[AnyRequest, Reader, Actor, str, Typed], Awaitable[Response[str]]]


async def _answered(
    request: AnyRequest, session: AsyncSession, work: Callable[[], Awaitable[str]], *, typed: Typed, slug: str,
    page: _Page, by: Actor, now: datetime, done: str = "saved",
) -> Response[Any]:
    outcome = await attempt(session, typed, work, by=by, now=now)
    if isinstance(outcome, RegistryError):
        return await page(request, session, by, slug, typed)
    return see(outcome, done)


async def _team(reader: Reader, slug: str) -> Team:
    team = await team_of(reader, slug)
    if team is None:
        raise NotFound(no_such_project())
    return team


async def _team_page(request: AnyRequest, reader: Reader, actor: Actor, slug: str, typed: Typed) -> Response[str]:
    team = await _team(reader, slug)
    return render(
        request, "projects/team.html", typed=typed, status_code=typed.status, team=team,
        page=PageHead(title=_("The team of %(project)s") % {"project": plain(team.name)}, is_indexed=False),
        roles=[(role.value, role_name(role)) for role in _ROLES_FIRST], role_name=role_name, reason_length=REASON,
        leavers=[(one.slug, one.name) for one in team.current if one.person_id != actor.person_id],
        is_member=any(one.person_id == actor.person_id for one in team.current),
    )


async def _hand_over_page(
    request: AnyRequest, reader: Reader, actor: Actor, slug: str, typed: Typed
) -> Response[str]:
    team = await _team(reader, slug)
    return render(
        request, "projects/hand_over.html", typed=typed, status_code=typed.status, team=team, reason_length=REASON,
        page=PageHead(title=_("Hand over %(project)s") % {"project": plain(team.name)}, is_indexed=False),
        is_owner=any(
            (one.person_id, one.role) == (actor.person_id, MembershipRole.OWNER) for one in team.current
        ),
    )


async def _leave_page(request: AnyRequest, reader: Reader, actor: Actor, slug: str, typed: Typed) -> Response[str]:
    team = await _team(reader, slug)
    return render(
        request, "projects/leave.html", typed=typed, status_code=typed.status, team=team, reason_length=REASON,
        page=PageHead(title=_("Leave %(project)s") % {"project": plain(team.name)}, is_indexed=False),
        is_last_owner=team.is_last_owner(actor.person_id),
    )
