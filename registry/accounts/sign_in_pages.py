"""Signing in: the page, the way to a provider and back, the parts of a demo, and signing out."""

import logging
from datetime import datetime
from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.commands import begin_sign_in, end_session, person_for, start_session, take_attempt
from registry.accounts.personas import Persona, person_played
from registry.accounts.reasons import sign_in_reason
from registry.accounts.rules import SIGN_IN_TIME, Permission, SignInProblem, safe_return_path
from registry.accounts.words import persona_words, sign_in_problem
from registry.database.engine import Database
from registry.errors import Conflict, NotFound
from registry.ports import Claims, ProviderUnreachable, SignInProvider, SignInRefused
from registry.privacy.commands import keep_person
from registry.roster.queries import has_left
from registry.settings import Mode, Settings
from registry.web.address_limits import limit_sign_ins
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.headers import policy_with_form_targets
from registry.web.i18n import gettext as _
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.sessions import actor_in, session_cookie, session_limits
from registry.web.typed import see

_log = logging.getLogger("keng.accounts")
ATTEMPT_COOKIE = "keng_sign_in"
SEE_OTHER: Final = 303
ReturnPath = Annotated[str, QueryParameter(name="return")]
AnyRequest = Request[Any, Any, Any]


@get("/sign-in", opt=needs(Permission.SIGN_IN))
async def sign_in_page(request: AnyRequest, reader: InReader, wish: ReturnPath = "/") -> Response[str]:
    """Every way to sign in, and what for; after a sign-in that failed, why."""
    doors = providers(request)
    answer = render(
        request, "accounts/sign_in.html", page=PageHead(title=_("Sign in"), is_indexed=False),
        providers=doors, return_path=safe_return_path(wish),
        reason=await sign_in_reason(reader, safe_return_path(wish)), complaint=complaint(request),
        personas=[(one.value, *persona_words(one)) for one in Persona] if _is_demo(request) else [],
    )
    answer.headers["Content-Security-Policy"] = policy_with_form_targets(form_targets(request))
    return answer


@post("/sign-in/{provider:str}", opt=needs(Permission.SIGN_IN), status_code=SEE_OTHER, guards=[limit_sign_ins])
async def sign_in_begin(
    request: AnyRequest, provider: FromPath[str], session: InSession, now: InNow
) -> Response[Any]:
    """Leave for a provider."""
    return await leave_for(request, provider, session, now=now, return_path=await _return_path(request))


async def leave_for(
    request: AnyRequest, provider: str, session: AsyncSession, *, now: datetime, return_path: str,
    linking: int | None = None,
) -> Response[Any]:
    """Send the reader to a provider, remembering where to come back to and for whom (``linking``) it is.

    Raises:
        NotFound: there is no such provider here.
    """
    door = provider_named(request, provider)
    begun = await begin_sign_in(
        session, provider=door.provider, return_path=return_path, now=now, linking=linking
    )
    away = door.authorization_url(
        state=begun.state, nonce=begun.nonce, code_verifier=begun.code_verifier,
        redirect_uri=_callback_address(request, door),
    )
    answer = Redirect(away, status_code=SEE_OTHER)
    answer.set_cookie(_attempt_cookie(request, begun.state))
    return answer


@get("/sign-in/{provider:str}/callback", opt=needs(Permission.SIGN_IN))
async def sign_in_callback(
    request: AnyRequest, actor: InActor, provider: FromPath[str], now: InNow
) -> Response[Any]:
    """Come back from a provider.

    Two transactions of its own: the attempt is used up before the provider is asked, and nothing is held open while
    it thinks. Every answer is a redirect, so that no page is shown at an address with a code in it.
    """
    door = provider_named(request, provider)
    database: Database = request.app.state.database
    async with database.writing() as session:
        attempt = await take_attempt(
            session, state=request.query_params.get("state", ""), provider=door.provider, now=now,
            cookie_state=request.cookies.get(ATTEMPT_COOKIE, ""),
        )
    if attempt is None or attempt.linking_person_id not in {None, actor.person_id}:
        return _failed(request, SignInProblem.EXPIRED, door, "/")
    claims = await _claims(request, door, nonce=attempt.nonce, code_verifier=attempt.code_verifier)
    if isinstance(claims, SignInProblem):
        return _failed(request, claims, door, attempt.return_path)
    try:
        async with database.writing() as session:
            if await has_left(session, provider=claims.provider, subject=claims.subject):
                return _failed(request, SignInProblem.LEFT, door, attempt.return_path)
            person = await person_for(session, claims=claims, now=now, linking=attempt.linking_person_id)
            return await signed_in(request, session, person_id=person.id, now=now, return_path=attempt.return_path)
    except Conflict:
        return _failed(request, SignInProblem.TAKEN, door, attempt.return_path)
    except IntegrityError:  # the same newcomer in two browsers at once; the other one was first
        return _failed(request, SignInProblem.EXPIRED, door, attempt.return_path)


async def signed_in(
    request: AnyRequest, session: AsyncSession, *, person_id: int, now: datetime, return_path: str
) -> Response[Any]:
    """Start a person's session on this browser, in place of the one it had, and go on to ``return_path``."""
    settings: Settings = request.app.state.settings
    is_kept = await keep_person(session, person_id=person_id, now=now)
    token = await start_session(
        session, person_id=person_id, browser=request.headers.get("user-agent", ""), now=now,
        life=session_limits(settings).life, instead_of=actor_in(request).session_id,
    )
    answer = see(return_path, "kept" if is_kept else "")
    answer.set_cookie(session_cookie(settings, token))
    answer.set_cookie(_attempt_cookie(request, ""))
    return answer


@post("/sign-out", opt=needs(Permission.SIGN_IN), status_code=SEE_OTHER)
async def sign_out(request: AnyRequest, actor: InActor, session: InSession) -> Response[Any]:
    """Sign this browser out."""
    if actor.person_id is not None and actor.session_id is not None:
        await end_session(session, person_id=actor.person_id, session_id=actor.session_id)
    answer = Redirect("/", status_code=SEE_OTHER)
    answer.set_cookie(session_cookie(request.app.state.settings, ""))
    return answer


@post("/sign-in/as/{persona:str}", opt=needs(Permission.SIGN_IN), status_code=SEE_OTHER, guards=[limit_sign_ins])
async def sign_in_as(request: AnyRequest, persona: FromPath[str], session: InSession, now: InNow) -> Response[Any]:
    """Play a part of the demo. This route exists in demo mode alone."""
    if persona not in set(Persona):
        raise NotFound(_("There is no such part in this demo."))
    person = await person_played(session, persona=Persona(persona), now=now)
    return await signed_in(
        request, session, person_id=person.id, now=now, return_path=await _return_path(request)
    )


SIGN_IN_ROUTES = [sign_in_page, sign_in_begin, sign_in_callback, sign_out]
DEMO_ROUTES = [sign_in_as]


def providers(request: AnyRequest) -> tuple[SignInProvider, ...]:
    """The outside accounts with which people sign in here."""
    found: tuple[SignInProvider, ...] = request.app.state.connections.sign_in
    return found


def provider_named(request: AnyRequest, name: str) -> SignInProvider:
    """The provider that an address names.

    Raises:
        NotFound: there is none of that name here.
    """
    found = _provider(request, name)
    if found is None:
        raise NotFound(_("Nobody signs in that way here. Choose one of the ways on the sign-in page."))
    return found


def form_targets(request: AnyRequest) -> list[str]:
    """Where the forms of a page with sign-in buttons may lead."""
    return [target for one in providers(request) for target in one.form_targets]


def complaint(request: AnyRequest) -> str:
    """What to say of the failed sign-in from which the reader comes; empty when they come from none."""
    problem, door = request.query_params.get("problem"), _provider(request, request.query_params.get("provider"))
    return sign_in_problem(SignInProblem(problem), door.label) if door and problem in set(SignInProblem) else ""


def _provider(request: AnyRequest, name: str | None) -> SignInProvider | None:
    return next((one for one in providers(request) if one.provider.value == name), None)


async def _return_path(request: AnyRequest) -> str:
    wish = (await request.form()).get("return")
    return safe_return_path(wish if isinstance(wish, str) else None)


async def _claims(
    request: AnyRequest, door: SignInProvider, *, nonce: str, code_verifier: str
) -> Claims | SignInProblem:
    code, error = request.query_params.get("code", ""), request.query_params.get("error", "")
    if error or not code:
        return SignInProblem.DECLINED if error == "access_denied" else SignInProblem.REFUSED
    try:
        return await door.identify(
            code=code, nonce=nonce, code_verifier=code_verifier, redirect_uri=_callback_address(request, door)
        )
    except SignInRefused as refusal:
        _log.warning("sign-in with %s refused: %s", door.label, refusal)
        return SignInProblem.REFUSED
    except ProviderUnreachable as trouble:
        _log.warning("sign-in with %s failed: %s", door.label, trouble)
        return SignInProblem.UNREACHABLE


def _failed(request: AnyRequest, problem: SignInProblem, door: SignInProvider, return_path: str) -> Response[Any]:
    page = "/account" if actor_in(request).is_signed_in else "/sign-in"
    query = {"problem": problem.value, "provider": door.provider.value, "return": return_path}
    answer = Redirect(page, status_code=SEE_OTHER, query_params=query)
    answer.set_cookie(_attempt_cookie(request, ""))
    return answer


def _callback_address(request: AnyRequest, door: SignInProvider) -> str:
    settings: Settings = request.app.state.settings
    return f"{settings.base_url}/sign-in/{door.provider.value}/callback"


def _attempt_cookie(request: AnyRequest, state: str) -> Cookie:
    settings: Settings = request.app.state.settings
    return Cookie(
        ATTEMPT_COOKIE, value=state, httponly=True, samesite="lax", path="/sign-in",
        secure=settings.base_url.startswith("https://"), max_age=int(SIGN_IN_TIME.total_seconds()) if state else 0,
    )


def _is_demo(request: AnyRequest) -> bool:
    settings: Settings = request.app.state.settings
    return settings.mode is Mode.DEMO
