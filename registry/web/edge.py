"""What is refused or put right before any page function sees it, and HEAD."""

import re
from typing import Any
from urllib.parse import unquote_to_bytes

from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from registry.web import raw
from registry.web.errors import BadInput, RegistryError, TooLong, answer_error
from registry.web.i18n import gettext as _

LONGEST_PATH = 1_000
LONGEST_QUERY = 4_000
_ENCODED = re.compile(rb"[%\x80-\xff]")
_UNTIDY = re.compile(rb"//|./$")


class Edge:
    """Refuses addresses that no page can mean, tidies those with spare slashes, and answers HEAD as GET without body.

    A NUL byte or broken UTF-8 would otherwise travel as far as the database, which raises on the one and compares
    the other with nothing.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is sound; answer the rest here."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            scope, send = scope.copy(), _without_body(send)
            scope["method"] = "GET"
        path, query = raw.target(scope), scope["query_string"]
        if complaint := _complaint(path, query):
            request: Request[Any, Any, Any] = Request(scope, receive, send)
            response = answer_error(request, complaint).to_asgi_response(app=None, request=request)
            await response(scope, receive, send)
        elif scope["method"] == "GET" and _UNTIDY.search(path):
            await _redirect(path, query, send)
        else:
            await self.app(scope, receive, send)


def _complaint(path: bytes, query: bytes) -> RegistryError | None:
    if len(path) > LONGEST_PATH or len(query) > LONGEST_QUERY:
        return TooLong(_("This address is too long. Shorten the search text or choose fewer filters."))
    address = path + b"?" + query
    if not _ENCODED.search(address):
        return None
    decoded = unquote_to_bytes(address)
    if b"\0" in decoded:
        return BadInput(_("This address holds a NUL character, which no text may. Remove it and try again."))
    try:
        decoded.decode()
    except UnicodeDecodeError:
        return BadInput(_("This address is not in UTF-8. Type the words again in the search field."))
    return None


async def _redirect(path: bytes, query: bytes, send: Send) -> None:
    # A leading "//" would lead to another host.
    tidy = b"/" + b"/".join(part for part in path.split(b"/") if part)
    location = tidy + (b"?" + query if query else b"")
    await send({"type": "http.response.start", "status": 301, "headers": [(b"location", location)]})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _without_body(send: Send) -> Send:
    async def send_head(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return send_head
