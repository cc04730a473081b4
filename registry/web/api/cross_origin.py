"""Lets scripts of any site read the API, without credentials."""

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from registry.addresses import API

_METHODS = "GET, HEAD, OPTIONS"
_PREFLIGHT = {
    "Allow": _METHODS,
    "Access-Control-Allow-Methods": _METHODS,
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Max-Age": "86400",
}


class CrossOriginReading:
    """Answers preflights of the API and marks its every answer, errors too, as readable from any origin.

    The mark is the same for every asker, so that one stored answer serves all. It stands around the application:
    an address that no route knows is answered with it too.
    """

    def __init__(self, app: ASGIApp, *, api: ASGIApp) -> None:
        self.app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer a preflight."""
        if scope["type"] != ScopeType.HTTP or not scope["path"].startswith(f"{API}/"):
            await self.app(scope, receive, send)
            return

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                headers["Access-Control-Allow-Origin"] = "*"
                headers["Access-Control-Expose-Headers"] = "ETag, Link, RateLimit, RateLimit-Policy, Retry-After"
            await send(message)

        if scope["method"] == HttpMethod.OPTIONS:
            headers = [(name.lower().encode(), value.encode()) for name, value in _PREFLIGHT.items()]
            await send_marked({"type": "http.response.start", "status": 204, "headers": headers})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        await self._api(scope, receive, send_marked)
