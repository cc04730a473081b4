"""Who makes a request: found once, before routing, so that every page and every error page knows it."""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from litestar import Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie, MutableScopeHeaders, State
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from sqlalchemy.exc import SQLAlchemyError

from registry.accounts.commands import hash_token, touch_session
from registry.accounts.queries import VISITOR, Actor, actor_of, actor_with_token
from registry.accounts.rules import SEEN_AGAIN_AFTER
from registry.addresses import API
from registry.database.engine import Database
from registry.settings import Settings
from registry.tokens.commands import note_use
from registry.tokens.rules import MARK, is_use_worth_noting
from registry.web import raw
from registry.web.page_cache import SESSION_COOKIE

_log = logging.getLogger("keng.web")
_NEVER_ASK = ("/static/", "/community/", f"{API}/", "/hooks/")
_OWN_EYES_ONLY = "private, no-store"
_READING = ("GET", "HEAD", "OPTIONS")
OWN = f"{API}/me"
"""What the API tells of whoever asks. All else that it tells is public, and asks for no token."""
_BEARER = b"bearer "
_LONGEST_TOKEN = 200


class SessionLimits(NamedTuple):
    """How long a session lasts unused, and in all."""

    idle: timedelta
    life: timedelta


def session_limits(settings: Settings) -> SessionLimits:
    """The limits of this installation."""
    return SessionLimits(timedelta(days=settings.session_idle_days), timedelta(days=settings.session_days))


def actor_in(connection: ASGIConnection[Any, Any, Any, Any]) -> Actor:
    """Who makes this request."""
    actor: Actor = connection.scope.get("state", {}).get("actor", VISITOR)
    return actor


def raise_if_unknown(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Tell whoever may be signed in that this could not be looked up, instead of that they are not.

    Raises:
        SQLAlchemyError: what went wrong then.
    """
    trouble: SQLAlchemyError | None = connection.scope.get("state", {}).get("actor_trouble")
    if trouble is not None:
        raise trouble


def session_cookie(settings: Settings, token: str) -> Cookie:
    """The cookie that keeps a browser signed in; an empty ``token`` takes it away."""
    return Cookie(
        SESSION_COOKIE, value=token, httponly=True, samesite="lax", path="/",
        secure=settings.base_url.startswith("https://"), max_age=settings.session_days * 86_400 if token else 0,
    )


def keep_to_reader(response: Response[Any]) -> None:
    """Let nobody store this answer: it holds something of one reader's."""
    response.headers["Cache-Control"] = _OWN_EYES_ONLY


def _token_in(scope: HTTPScope) -> str | None:
    if SESSION_COOKIE.encode() not in raw.cookies(scope):
        return None
    return ASGIConnection[Any, Any, Any, Any](scope).cookies.get(SESSION_COOKIE)


def _bearer_in(scope: HTTPScope) -> str | None:
    """The access token of a request; none where nothing is done with one: on every page, and where all may read."""
    path = scope["path"]
    if not path.startswith(f"{API}/") or (scope["method"] in _READING and not f"{path}/".startswith(f"{OWN}/")):
        return None
    return bearer_said(scope)


def bearer_said(scope: HTTPScope) -> str | None:
    """What a request says to be its access token; none where it cannot be one of ours."""
    said = raw.header(scope, b"authorization")
    token = said[len(_BEARER):].strip()
    is_one = said[:len(_BEARER)].lower() == _BEARER and token.startswith(MARK.encode()) and len(token) < _LONGEST_TOKEN
    return token.decode("ascii", "replace") if is_one else None


class Sessions:
    """Sets the request's actor: by a session's cookie on pages, by an access token in the API, never the other way.

    Without one it asks nothing; with one, two queries.
    """

    def __init__(self, app: ASGIApp, state: State) -> None:
        self.app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find the actor and pass on; what a signed-in reader gets is never stored."""
        actor = VISITOR
        if scope["type"] == ScopeType.HTTP and not scope["path"].startswith(_NEVER_ASK):
            token = _token_in(scope)
            actor = await self._known(self._actor, token, scope) if token else VISITOR
        elif scope["type"] == ScopeType.HTTP and (token := _bearer_in(scope)):
            actor = await self._known(self._actor_by_token, token, scope)
        if not actor.is_signed_in:
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})["actor"] = actor

        async def send_unstored(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableScopeHeaders.from_message(message)["Cache-Control"] = _OWN_EYES_ONLY
            await send(message)

        await self.app(scope, receive, send_unstored)

    async def _known(self, find: Callable[[str], Awaitable[Actor]], token: str, scope: HTTPScope) -> Actor:
        try:
            return await find(token)
        except SQLAlchemyError as trouble:
            # Out here nothing turns an exception into a page. Who needs to know who asks, raises it again.
            _log.exception("whose request this is could not be looked up")
            scope.setdefault("state", {})["actor_trouble"] = trouble
            return VISITOR

    async def _actor(self, token: str) -> Actor:
        database: Database = self._state.database
        idle, life = session_limits(self._state.settings)
        now = datetime.now(UTC)
        async with database.reading() as reader:
            actor = await actor_of(reader, token_hash=hash_token(token), now=now, idle=idle, life=life)
        if actor.session_id and actor.last_seen_at and now - actor.last_seen_at > SEEN_AGAIN_AFTER:
            async with database.writing() as session:
                await touch_session(session, session_id=actor.session_id, now=now)
        return actor

    async def _actor_by_token(self, token: str) -> Actor:
        database: Database = self._state.database
        now, token_hash = datetime.now(UTC), hash_token(token)
        async with database.reading() as reader:
            actor = await actor_with_token(reader, token_hash=token_hash, now=now)
        if actor.is_signed_in and is_use_worth_noting(actor.last_seen_at, now=now):
            async with database.writing() as session:
                await note_use(session, token_hash=token_hash, now=now)
        return actor
