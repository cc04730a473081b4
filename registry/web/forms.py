"""Forms that only our own pages can send: a token bound to the browser, and a look at where a request comes from."""

import hmac
import secrets
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler

from registry.errors import RegistryError
from registry.settings import Settings
from registry.web.i18n import gettext as _
from registry.web.kept_fields import FORM_FIELD, keep_fields
from registry.web.page_cache import SESSION_COOKIE
from registry.web.sessions import keep_to_reader

FORM_COOKIE = "keng_form"
FORM_HEADER = "X-Form-Token"
ANSWERS_TO_ANYONE: Final = {"answers_to_anyone": True}
"""``opt`` of a route that proves otherwise who asks (a signature, a bearer token) and needs no form of ours."""
_READING = ("GET", "HEAD", "OPTIONS")


class StrangeForm(RegistryError):
    """What was sent does not come from a page that we gave to this browser."""

    status = HTTPStatus.FORBIDDEN


class FormToken:
    """The token of one request's forms, bound to the session, or for visitors to a cookie set with the first form."""

    def __init__(self, request: ASGIConnection[Any, Any, Any, Any]) -> None:
        self._settings: Settings = request.app.state.settings
        self._bound_to = request.cookies.get(SESSION_COOKIE) or request.cookies.get(FORM_COOKIE)
        self._new_cookie = ""
        self._is_given = False

    def give(self) -> str:
        """The token to put into a form."""
        self._is_given = True
        if not self._bound_to:
            self._bound_to = self._new_cookie = secrets.token_urlsafe(24)
        return self._token(self._bound_to)

    def new_key(self) -> str:
        """A key for one form, with which it counts once however often it is sent."""
        return secrets.token_urlsafe(16)

    def fits(self, token: str) -> bool:
        """Whether a token that came back is this browser's."""
        return bool(self._bound_to) and hmac.compare_digest(self._token(self._bound_to or "").encode(), token.encode())

    def seal(self, response: Response[Any]) -> None:
        """Let nobody store a page with a form, and set the cookie that a visitor's first form needs."""
        if self._is_given:
            keep_to_reader(response)
        if self._new_cookie:
            response.set_cookie(Cookie(
                FORM_COOKIE, value=self._new_cookie, httponly=True, samesite="lax", path="/",
                secure=self._settings.base_url.startswith("https://"),
            ))

    def _token(self, bound_to: str) -> str:
        secret = self._settings.secret_key.get_secret_value().encode()
        return hmac.new(secret, f"form:{bound_to}".encode(), sha256).hexdigest()


async def refuse_strange_forms(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Guard of every route: a change must come from a page of ours in this browser.

    Raises:
        StrangeForm: it comes from another site, or without the token of this browser.
    """
    if connection.scope["method"] in _READING or handler.opt.get("answers_to_anyone"):  # type: ignore[typeddict-item]
        return
    if not _is_from_here(connection):
        raise StrangeForm(_("This was sent from another site, so it was not done. Open the page here and try again."))
    if is_surely_from_here(connection):
        await keep_fields(connection)
    token = connection.headers.get(FORM_HEADER) or await _token_in_form(connection)
    if not FormToken(connection).fits(token):
        raise StrangeForm(_(
            "This form is too old, or you have signed in or out since you opened it, so it was not done. Go back, "
            "reload the page and send it again."
        ))


def _is_from_here(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    settings: Settings = connection.app.state.settings
    if connection.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        return False
    origin = connection.headers.get("origin")
    return origin is None or urlsplit(origin).netloc in {
        urlsplit(settings.base_url).netloc, connection.headers.get("host")
    }


def is_surely_from_here(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether the browser itself says that a page of ours sends this; without its word, it might be another site's."""
    is_said = connection.headers.get("origin") or connection.headers.get("sec-fetch-site") == "same-origin"
    return bool(is_said) and _is_from_here(connection)


async def _token_in_form(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    if not isinstance(connection, Request):
        return ""
    token = (await connection.form()).get(FORM_FIELD)
    return token if isinstance(token, str) else ""
