"""What is left of a body that nobody read: taken and dropped before the answer goes out.

A server that answers and closes while somebody still sends is taken for a broken one: a browser shows no page, Caddy
says 502, and a proxy that counts failures sends nobody here for a while.
"""

import asyncio

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, ReceiveMessage, Scope, Send

from registry.web import raw

MOST_BYTES = 64 * 1024 * 1024
"""Whoever says that more is to come is cut off."""
SECONDS = 20
_WITHOUT_BODY = ("GET", "HEAD", "OPTIONS")


class Unread:
    """Reads on where a request is answered before all of it has come."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; before the answer begins, take the rest of the body."""
        if scope["type"] != ScopeType.HTTP or scope["method"] in _WITHOUT_BODY or _is_cut_off(scope):
            await self.app(scope, receive, send)
            return
        is_read = False

        async def taking() -> ReceiveMessage:
            nonlocal is_read
            message = await receive()
            is_read = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        async def answering(message: Message) -> None:
            if message["type"] == "http.response.start" and not is_read:
                await _take_rest(taking)
            await send(message)

        await self.app(scope, taking, answering)


def _is_cut_off(scope: HTTPScope) -> bool:
    """Whether nobody waits for the rest: it is too much, or who sends it asks before whether it is wanted."""
    length = raw.header(scope, b"content-length")
    return bool(raw.header(scope, b"expect")) or (length.isdigit() and int(length[:20]) > MOST_BYTES)


async def _take_rest(receive: Receive) -> None:
    left, more = MOST_BYTES, True
    try:
        async with asyncio.timeout(SECONDS):
            while more and left > 0:
                message = await receive()
                more = message["type"] == "http.request" and message.get("more_body", False)
                left -= len(message.get("body", b"")) if message["type"] == "http.request" else 0
    except TimeoutError:  # the answer goes out all the same
        return
