"""Sets each request's language before anything answers."""

import re
from functools import lru_cache
from urllib.parse import parse_qs

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from registry.community import Community
from registry.community.current import within
from registry.web import i18n, raw

_ADDRESS_ASKS = f"{i18n.LANGUAGE_COOKIE}=".encode()
_REMEMBERED = re.compile(rb"(?:^|; *)%s=([A-Za-z-]{2,35})" % i18n.LANGUAGE_COOKIE.encode())


class LocaleMiddleware:
    """Answers in the community's name, in the language that it speaks and the reader wishes.

    The language is chosen by address, cookie and browser; one that the address asked for is remembered.
    """

    def __init__(self, app: ASGIApp, community: Community) -> None:
        self.app = app
        self._community = community
        self._choose_language = lru_cache(maxsize=1024)(i18n.choose_language)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Set the community and the language, and pass on."""
        with within(self._community):
            if scope["type"] == ScopeType.HTTP:
                await self._answer(scope, receive, send)
            else:
                await self.app(scope, receive, send)

    async def _answer(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        query = scope["query_string"]
        asked = _asked(query) if _ADDRESS_ASKS in query else None
        remembered = _remembered(raw.cookies(scope))
        language = self._choose_language(
            asked=asked, remembered=remembered, accepted=raw.header(scope, b"accept-language")[:200].decode("latin-1"),
        )
        i18n.speak(language)
        spoken = (b"content-language", language.encode())
        cookie = []
        if asked == language != remembered:
            cookie = [(b"set-cookie", i18n.language_cookie(language).to_header(header="").encode())]

        async def send_with_language(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], spoken, *cookie]}
            await send(message)

        await self.app(scope, receive, send_with_language)


def _asked(query: bytes) -> str | None:
    wishes = parse_qs(query.decode("latin-1")).get(i18n.LANGUAGE_COOKIE)
    return wishes[-1][:35] if wishes else None


def _remembered(cookies: bytes) -> str | None:
    found = _REMEMBERED.search(cookies)
    return found[1].decode() if found else None
