"""The page of a person's access tokens."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from registry.accounts.queries import Actor
from registry.accounts.rules import Permission
from registry.database.engine import Reader
from registry.errors import RegistryError
from registry.tokens.commands import NAME, make_token, revoke_token
from registry.tokens.queries import tokens_of
from registry.tokens.rules import LASTS, USUAL_DAYS, Scope
from registry.tokens.words import lasting_words, scope_words
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import SEE_OTHER, Typed, attempt, read_typed, see

AnyRequest = Request[Any, Any, Any]
TokenNumber = Annotated[int, PathParameter(ge=1, le=2**31 - 1)]
ADDRESS = "/account/tokens"


@get("/")
async def tokens_page(request: AnyRequest, actor: InActor, reader: InReader, now: InNow) -> Response[str]:
    """One's tokens, and the form that makes another."""
    return await _page(request, actor, reader, _empty(), now=now)


@post("/", status_code=200)
async def token_new(request: AnyRequest, actor: InActor, session: InSession, now: InNow) -> Response[Any]:
    """Make a token and show it, this once. The same form sent again leads to the list."""
    typed = await read_typed(request)
    made = ""

    async def make() -> str:
        nonlocal made
        made = await make_token(
            session, name=typed("name"), scopes=typed.every("scopes"), days=typed("days"), by=actor, now=now
        )
        return ADDRESS

    outcome = await attempt(session, typed, make, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _page(request, actor, session, typed, now=now)
    if not made:
        return see(outcome)
    return await _page(request, actor, session, _empty(), now=now, made=made)


@post("/{token_id:int}/revoke", status_code=SEE_OTHER)
async def token_revoke(actor: InActor, session: InSession, now: InNow, token_id: TokenNumber) -> Response[Any]:
    """End a token at once."""
    await revoke_token(session, token_id=token_id, by=actor, now=now)
    return see(ADDRESS, "token-revoked")


TOKEN_ROUTES: Sequence[ControllerRouterHandler] = [
    Router(ADDRESS, opt=needs(Permission.MANAGE_OWN_ACCOUNT), route_handlers=[tokens_page, token_new, token_revoke]),
]


def _empty() -> Typed:
    return Typed.of(days=str(USUAL_DAYS))


async def _page(
    request: AnyRequest, actor: Actor, reader: Reader, typed: Typed, *, now: datetime, made: str = ""
) -> Response[str]:
    assert actor.person_id is not None  # noqa: S101 — the permission is not a visitor's
    return render(
        request, "tokens/tokens.html", page=PageHead(title=_("Access tokens"), is_indexed=False), typed=typed,
        status_code=typed.status, made=made, name_length=NAME, timezone=request.app.state.settings.timezone,
        tokens=[
            (one, [scope_words(scope) for scope in one.scopes], one.is_alive(now))
            for one in await tokens_of(reader, person_id=actor.person_id)
        ],
        scopes=[(scope.value, scope_words(scope)) for scope in Scope],
        lasting=[(str(days), lasting_words(days)) for days in LASTS],
    )
