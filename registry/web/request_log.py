"""A line in the log for each request that changed something, failed or was slow, and a number for every request.

It stands behind the page cache: what is answered from memory costs nothing more for it. The line tells the method, the
route (not the address, which may name somebody), status and time; neither the question nor who asks.
"""

import logging
import re
from secrets import token_hex
from time import perf_counter

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from registry.logs import bound
from registry.web import raw
from registry.web.metrics import Metrics

REQUEST_ID = b"x-request-id"
SLOW_MILLISECONDS = 500
_WELL_FORMED = re.compile(rb"[A-Za-z0-9_-]{8,64}")
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_FAILED = 500
_log = logging.getLogger("keng.requests")


class RequestLog:
    """Binds a number to all that is logged in a request, and tells it in the answer's head (``X-Request-Id``).

    A proxy's own number is taken over when it is well formed.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics | None = None) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and note how it went."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        number, began_at, status = _number(scope), perf_counter(), _FAILED
        milliseconds = 0.0

        async def send_with_number(message: Message) -> None:
            nonlocal status, milliseconds
            if message["type"] == "http.response.start":
                status, milliseconds = message["status"], (perf_counter() - began_at) * 1000
                message = {**message, "headers": [*message["headers"], (REQUEST_ID, number)]}
            await send(message)

        with bound(request=number.decode()):
            try:
                await self.app(scope, receive, send_with_number)
            finally:
                if scope["method"] not in _READING or status >= _FAILED or milliseconds > SLOW_MILLISECONDS:
                    _note(scope, status, milliseconds)
                if self._metrics:
                    self._metrics.note_request(scope["method"], route_of(scope), status, milliseconds / 1000)


def route_of(scope: Scope) -> str:
    """The template of the route that answers: ``/projects/{slug}``; the same word for all that no route knows."""
    template: str = scope.get("path_template") or "no route"
    return template


def _number(scope: HTTPScope) -> bytes:
    given = raw.header(scope, REQUEST_ID)
    return given if _WELL_FORMED.fullmatch(given) else token_hex(8).encode()


def _note(scope: HTTPScope, status: int, milliseconds: float) -> None:
    method, route, spent = scope["method"], route_of(scope), round(milliseconds)
    told = {"method": method, "route": route, "status": status, "ms": spent}
    _log.info("%(method)s %(route)s %(status)s in %(ms)d ms", told, extra=told)
