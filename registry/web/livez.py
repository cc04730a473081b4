"""``/livez``: whether the process answers."""

from typing import cast

from litestar.types import ASGIApp, HTTPResponseBodyEvent, HTTPResponseStartEvent, Receive, Scope, Send

_START = cast("HTTPResponseStartEvent", {
    "type": "http.response.start", "status": 200,
    "headers": [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"5")],
})
_BODY: HTTPResponseBodyEvent = {"type": "http.response.body", "body": b"alive", "more_body": False}
_NOTHING: HTTPResponseBodyEvent = {**_BODY, "body": b""}


class Livez:
    """Says that the process answers, before anything looks at the request: this machine's ceiling for any page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        method = scope.get("method")  # a web socket has none
        if scope["path"] != "/livez" or method not in {"GET", "HEAD"}:
            await self.app(scope, receive, send)
            return
        await send(_START)
        await send(_NOTHING if method == "HEAD" else _BODY)
