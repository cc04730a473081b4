"""How often one address may ask: the API (with a token, its account), the search, and forms that need no account.

Counted in the memory of each process: with several, each lets as many pass. Nothing is written down of who asked, and
even the memory holds no address, only what a secret makes of it.
"""

import time
from collections import OrderedDict
from datetime import timedelta
from hashlib import blake2b
from ipaddress import ip_address
from math import ceil
from typing import Any, Final, NamedTuple

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from registry.addresses import API
from registry.moderation.limits import Left, too_many
from registry.moderation.rules import LIMITS
from registry.settings import Settings
from registry.web import raw
from registry.web.bearers import Bearers
from registry.web.errors import answer_error
from registry.web.sessions import bearer_said

MOST_ADDRESSES: Final = 10_000
_SEARCH: Final = f"{API}/search"
_STATE: Final = "rate_limit"


class Window(NamedTuple):
    """A stretch of time that began with somebody's first question, and how many there were in it."""

    began: float
    asked: int


Visits = OrderedDict[tuple[str, str], Window]
"""The windows of those who asked last, by the limit and the mark of their address."""


def count_visit(connection: ASGIConnection[Any, Any, Any, Any], name: str) -> None:
    """Count that something with a limit of this name is asked from the address of a request.

    Raises:
        TooMany: it was asked too often from there; says when to go on.
    """
    state = connection.app.state
    if not LIMITS[name].allowance(state.settings).most:
        return
    left = counted(state.visits, name, _mark_of(client_address(connection.scope, state.settings), state.settings),
                   settings=state.settings, seconds=time.monotonic())
    if left.left < 0:
        raise too_many(timedelta(seconds=left.seconds))


_ROUNDING = 1e-6
"""Seconds. Whoever comes back when they were told to must not be early by what a float loses."""


def counted(visits: Visits, name: str, mark: str, *, settings: Settings, seconds: float) -> Left:
    """Count one question of somebody; what they have left, less than nothing when it is one too many."""
    allowance = LIMITS[name].allowance(settings)
    key, length = (name, mark), allowance.within.total_seconds()
    began, asked = visits.pop(key, Window(seconds, 0))
    if began + length - seconds <= _ROUNDING:
        began, asked = seconds, 0
    visits[key] = Window(began, asked + 1)
    while len(visits) > MOST_ADDRESSES:
        visits.popitem(last=False)
    return Left(name, allowance, allowance.most - asked - 1, max(1, ceil(began + length - seconds)))


class ApiLimits:
    """Counts requests to the API by address, and tells the askers how much they have left.

    Whoever sends an access token is counted by their account, as soon as the token is known to be good. It stands
    around the page cache, so that what is served from memory counts too.
    """

    def __init__(self, app: ASGIApp, state: State) -> None:
        self.app = app
        self._state = state
        self._bearers = Bearers(state)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is within the limit."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        left = await self._left(scope)
        if left is not None:
            note_left(scope, left)
            send = _with_headers(scope, send)
        if left is None or left.left >= 0:
            await self.app(scope, receive, send)
            return
        request: Request[Any, Any, Any] = Request(scope, receive, send)
        refusal = answer_error(request, too_many(timedelta(seconds=left.seconds)))
        await refusal.to_asgi_response(app=None, request=request)(scope, receive, send)

    async def _left(self, scope: HTTPScope) -> Left | None:
        """What the asker has left after this; none where nothing is counted."""
        settings: Settings = self._state.settings
        name = "searches" if scope["path"].startswith(_SEARCH) else "requests"
        seconds, token = time.monotonic(), bearer_said(scope)
        account = self._bearers.known(token, seconds=seconds) if token else None
        if account is not None:
            return counted(self._state.visits, "token-requests", str(account), settings=settings, seconds=seconds)
        if not LIMITS[name].allowance(settings).most:
            return None
        mark = _mark_of(client_address(scope, settings), settings)
        left = counted(self._state.visits, name, mark, settings=settings, seconds=seconds)
        if token and left.left >= 0:
            await self._bearers.look_up(token, seconds=seconds)
        return left


def note_left(scope: Scope, left: Left | None) -> None:
    """Remember what the asker has left, for the head of the answer; the last limit that is noted is told."""
    if left is not None:
        scope.setdefault("state", {})[_STATE] = left


async def limit_searches(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """Guard of the search's pages; what comes from memory costs nothing, and does not count.

    Raises:
        TooMany: too much was searched for from this address.
    """
    count_visit(connection, "searches")


async def limit_sign_ins(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """Guard of what begins a sign-in.

    Raises:
        TooMany: too many were begun from this address.
    """
    if connection.scope["method"] == "POST":  # type: ignore[typeddict-item]
        count_visit(connection, "sign-ins")


def client_address(scope: Scope, settings: Settings) -> str:
    """Who asks: the connection's other end, or what the installation's own proxy says of it (its last word).

    Of an IPv6 address the first half counts: a home has as many of the rest as it likes.
    """
    told = b""
    if settings.trusted_proxy_header and scope["type"] == ScopeType.HTTP:
        told = raw.header(scope, settings.trusted_proxy_header.lower().encode())
    client = scope["client"]
    address = told.decode("latin-1").rpartition(",")[2].strip() or (client[0] if client else "")
    if ":" not in address:
        return address
    try:
        return ip_address(address).exploded[:19]
    except ValueError:
        return address


def _with_headers(scope: HTTPScope, send: Send) -> Send:
    """A ``send`` that tells what is left of the limit that was asked last."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            left: Left | None = scope["state"].get(_STATE)
            if left is not None:
                told = [(name.encode(), value.encode()) for name, value in left.headers().items()]
                message = {**message, "headers": [*message["headers"], *told]}
        await send(message)

    return send_with_headers


def _mark_of(address: str, settings: Settings) -> str:
    secret = settings.secret_key.get_secret_value().encode()
    return blake2b(address.encode(), key=secret[:blake2b.MAX_KEY_SIZE], digest_size=16).hexdigest()
