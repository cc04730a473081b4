"""The account page: name, linked accounts, signed-in browsers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from litestar import Response, Router, get, post
from litestar.params import FromPath, PathParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from registry.accounts.commands import NAME_LENGTH, change_name, end_other_sessions, end_session, unlink_identity
from registry.accounts.queries import Actor, identities_of, is_shown_in_public, sessions_of
from registry.accounts.rules import Permission
from registry.accounts.sign_in_pages import (
    SEE_OTHER,
    SIGN_IN_ROUTES,
    AnyRequest,
    complaint,
    form_targets,
    leave_for,
    providers,
)
from registry.accounts.words import browser_name
from registry.database.engine import Reader
from registry.errors import RegistryError
from registry.people.queries import projects_of_person
from registry.people.words import role_name
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.headers import policy_with_form_targets
from registry.web.i18n import gettext as _
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.sessions import session_limits
from registry.web.typed import Typed, attempt, read_typed, see

RowNumber = Annotated[int, PathParameter(ge=1, le=2**31 - 1)]


@get("/")
async def account_page(request: AnyRequest, actor: InActor, reader: InReader, now: InNow) -> Response[str]:
    """What is known of the reader's own account, and every way to change it."""
    is_public = await is_shown_in_public(reader, person_id=_person_id(actor))
    return await _account(request, actor, reader, now, Typed.of(name=actor.name, is_public="yes" if is_public else ""))


@post("/name", status_code=SEE_OTHER)
async def account_name(request: AnyRequest, actor: InActor, session: InSession, now: InNow) -> Response[Any]:
    """Change one's name, and whether the public sees it."""
    typed = await read_typed(request)

    async def change() -> str:
        await change_name(
            session, person_id=_person_id(actor), name=typed("name"), is_public=typed.has("is_public"), now=now
        )
        return "/account"

    outcome = await attempt(session, typed, change, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _account(request, actor, session, now, typed)
    return see(outcome, "saved")


async def _account(
    request: AnyRequest, actor: Actor, reader: Reader, now: datetime, typed: Typed
) -> Response[str]:
    person_id = _person_id(actor)
    settings = request.app.state.settings
    idle, life = session_limits(settings)
    sessions = await sessions_of(reader, person_id=person_id, now=now, idle=idle, life=life)
    answer = render(
        request, "accounts/account.html", page=PageHead(title=_("Your account"), is_indexed=False), typed=typed,
        status_code=typed.status,
        sessions=[(one, browser_name(one.browser), one.id == actor.session_id) for one in sessions],
        identities=await identities_of(reader, person_id=person_id), providers=providers(request),
        provider_names={one.provider: one.label for one in providers(request)}, name_length=NAME_LENGTH,
        timezone=settings.timezone,
        projects=[(role_name(one.role), one) for one in await projects_of_person(reader, person_id=person_id)],
        complaint=complaint(request), session_days=settings.session_days,
        idle_days=settings.session_idle_days,
    )
    answer.headers["Content-Security-Policy"] = policy_with_form_targets(form_targets(request))
    return answer


@post("/link/{provider:str}", status_code=SEE_OTHER)
async def account_link(
    request: AnyRequest, actor: InActor, provider: FromPath[str], session: InSession, now: InNow
) -> Response[Any]:
    """Leave for a provider to add an account there to one's own."""
    return await leave_for(
        request, provider, session, now=now, return_path="/account", linking=_person_id(actor)
    )


@post("/unlink/{identity_id:int}", status_code=SEE_OTHER)
async def account_unlink(
    actor: InActor, identity_id: RowNumber, session: InSession, now: InNow
) -> Response[Any]:
    """Take a linked account away."""
    await unlink_identity(session, person_id=_person_id(actor), identity_id=identity_id, now=now)
    return _back()


@post("/sessions/{session_id:int}/end", status_code=SEE_OTHER)
async def account_end_session(actor: InActor, session_id: RowNumber, session: InSession) -> Response[Any]:
    """Sign one of one's browsers out."""
    await end_session(session, person_id=_person_id(actor), session_id=session_id)
    return _back()


@post("/sessions/end-others", status_code=SEE_OTHER)
async def account_end_others(actor: InActor, session: InSession) -> Response[Any]:
    """Sign out everywhere but here."""
    await end_other_sessions(session, person_id=_person_id(actor), kept=actor.session_id or 0)
    return _back()


ACCOUNT_ROUTES: Sequence[ControllerRouterHandler] = [
    *SIGN_IN_ROUTES,
    Router("/account", opt=needs(Permission.MANAGE_OWN_ACCOUNT), route_handlers=[
        account_page, account_name, account_link, account_unlink, account_end_session, account_end_others,
    ]),
]


def _person_id(actor: Actor) -> int:
    assert actor.person_id is not None  # noqa: S101 — the permission is not a visitor's
    return actor.person_id


def _back() -> Response[Any]:
    return Redirect("/account", status_code=SEE_OTHER)
