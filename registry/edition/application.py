"""The application, asked from within: no socket, no reader but an anonymous one."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Litestar

from registry.accounts.rules import Permission
from registry.app import create_app
from registry.database.engine import Database
from registry.edition.pages import edition_routes
from registry.edition.rules import Address, Edition, asked_of
from registry.settings import Settings

_ONLY_LIVE = re.compile(
    r"/health|/ready|/now|/search/suggestions|/robots\.txt|/sitemap.*|/api(/.*)?|/pitch(/.*)?|/start|/schema.*|"
    r"/cases/compare|/[a-z]+/[^/]+/card\.png|/projects/[^/]+/(help|card|elsewhere)|"
    r"/events/[^/]+/(screen/.*|board/live)|/proposals/[^/]+/(poster|qr\.svg)"
)
"""What everyone may read, and what only works where a server is: forms, streams, what is cut to a query."""


class EditionError(Exception):
    """A page could not be made; the message says which."""


class Answer(msgspec.Struct, frozen=True):
    """What the application answered."""

    status: int
    media_type: str
    location: str
    body: bytes


class Application:
    """Answers as to a visitor who is nobody."""

    def __init__(self, app: Litestar) -> None:
        self._app = app
        self.database: Database = app.state.database
        paths = {
            route.path_format: _may_be_read(route)
            for route in app.routes if any(True for _ in getattr(route, "route_handlers", ()))
        }
        self._fixed = {path: may for path, may in paths.items() if "{" not in path}
        self._with_names = [
            (re.compile(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(path))), may)
            for path, may in paths.items() if "{" in path
        ]

    def has_public(self, path: str) -> bool:
        """Whether a path belongs in the edition: everyone may read it, and it needs no server."""
        if path.startswith("/static/"):
            return True
        if _ONLY_LIVE.fullmatch(path):
            return False
        if path in self._fixed:
            return self._fixed[path]
        return any(may for pattern, may in self._with_names if pattern.fullmatch(path))

    async def ask(self, address: Address, language: str) -> Answer:
        """What an address is answered with in a language."""
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        path = address.path
        scope: Any = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "GET",
            "scheme": "http", "path": path, "raw_path": quote(path).encode(), "root_path": "",
            "query_string": asked_of(address).encode(), "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
            "headers": [(b"host", b"127.0.0.1"), (b"accept-language", language.encode())], "extensions": {},
            "state": {}, "app": self._app,
        }
        await self._app(scope, receive, send)
        headers = {name.lower(): value.decode("latin-1") for name, value in sent[0]["headers"]}
        return Answer(
            sent[0]["status"], headers.get(b"content-type", "").partition(";")[0], headers.get(b"location", ""),
            b"".join(message.get("body", b"") for message in sent[1:]),
        )


@asynccontextmanager
async def opened(settings: Settings, edition: Edition) -> AsyncIterator[Application]:
    """The application of an installation, whose clock stands at the moment of an edition.

    An `EditionError` of whoever asks comes out as it is; Litestar would wrap it in a group of errors.
    """
    fault: EditionError | None = None
    app = create_app(settings.model_copy(update={"page_cache": False}), edition=edition, more_routes=edition_routes())
    async with app.lifespan():
        try:
            yield Application(app)
        except EditionError as error:
            fault = error
    if fault:
        raise fault


def _may_be_read(route: Any) -> bool:
    return any(
        "GET" in handler.http_methods and handler.opt["needed"].permission is Permission.READ
        for handler in route.route_handlers if hasattr(handler, "http_methods") and "needed" in handler.opt
    )
