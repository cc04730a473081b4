"""Sets each request's language before anything answers."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from registry.web import i18n


class LocaleMiddleware:
    """Chooses the language by address, cookie and browser, and remembers one that the address asked for."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Set the language and pass on."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
        asked = connection.query_params.get(i18n.LANGUAGE_COOKIE)
        language = i18n.choose_language(
            asked=asked, remembered=connection.cookies.get(i18n.LANGUAGE_COOKIE),
            accepted=connection.headers.get("accept-language"),
        )
        i18n.speak(language)

        async def send_with_language(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                headers["Content-Language"] = language
                if asked == language != connection.cookies.get(i18n.LANGUAGE_COOKIE):
                    headers.add("Set-Cookie", i18n.language_cookie(language).to_header(header=""))
            await send(message)

        await self.app(scope, receive, send_with_language)
