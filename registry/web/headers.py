"""What every answer tells the browser to refuse, whatever a page may contain."""

from collections.abc import Sequence

from litestar.status_codes import HTTP_200_OK
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from registry.settings import Mode, Settings
from registry.web.assets import is_named_by_content

CONTENT_SECURITY_POLICY = "; ".join((
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' https:",  # pictures in what people write live elsewhere
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
))
_ALWAYS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
}
WITH_CAMERA = {"Permissions-Policy": _ALWAYS["permissions-policy"].replace("camera=()", "camera=(self)")}
"""The headers of the one page that may use the camera: the door's, where it reads QR codes."""
OPEN_TO_FRAMES = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
}
"""The header of what other sites may show in a frame: nothing there has a button, so nothing can be pressed unseen."""
_IN_PRODUCTION = {"strict-transport-security": "max-age=31536000"}
_UNLESS_SAID = {"cache-control": "private, no-cache"}
_FOR_EVER = b"public, max-age=31536000, immutable"


def policy_with_form_targets(targets: Sequence[str]) -> str:
    """The policy of a page whose forms lead, by a redirect, to ``targets`` too: browsers check the whole way."""
    return CONTENT_SECURITY_POLICY.replace("form-action 'self'", " ".join(("form-action 'self'", *targets)))


class SecurityHeaders:
    """Adds the headers above. What an answer says itself stands: an embed may open ``frame-ancestors``.

    A static file asked for by its content's hash may be kept for ever; under another address it may change.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        headers = _ALWAYS | _UNLESS_SAID | (_IN_PRODUCTION if settings.mode is Mode.PRODUCTION else {})
        self._headers = {name.encode(): value.encode() for name, value in headers.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and complete the answer's head."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = self._headers | {name.lower(): value for name, value in message["headers"]}
                cookies = [pair for pair in message["headers"] if pair[0].lower() == b"set-cookie"]
                headers.pop(b"set-cookie", None)
                if message["status"] == HTTP_200_OK and is_named_by_content(scope["path"], scope["query_string"]):
                    headers[b"cache-control"] = _FOR_EVER
                message = {**message, "headers": [*headers.items(), *cookies]}
            await send(message)

        await self.app(scope, receive, send_with_headers)
