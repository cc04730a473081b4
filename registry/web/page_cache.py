"""Public pages from memory: rendered at the first view, true until the next write, gone with it.

An ASGI layer, for it must cost far less than finding the page function: it looks at raw bytes only. It keeps whole
answers for readers without a session; whoever is signed in passes through. Every answer that it could keep has a
strong ETag, kept or not, and a browser asks again each time (``no-cache``), which costs a 304.
"""

import gzip
import re
import time
from collections import OrderedDict
from collections.abc import Hashable
from hashlib import blake2b
from typing import TypeAlias, cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, HTTPScope, Message, Receive, Scope, Send

from registry.database.version import DataVersion
from registry.web import i18n, raw
from registry.web.metrics import Metrics
from registry.web.request_log import REQUEST_ID

SESSION_COOKIE = "keng_session"
QUARTER_SECONDS = 900
LARGEST_ANSWER = 1024 * 1024
SMALLEST_GZIP = 1024
_OVERHEAD = 2_000  # bytes of headers and objects around one answer's body, measured with tracemalloc
_NOT_KEPT = ("/health", "/ready", "/metrics", "/static/", "/community/", "/search/suggest")
_SESSION = f"{SESSION_COOKIE}=".encode()
_THEME = re.compile(rb"(?:^|;) *theme=(light|dark)\b")
_GZIP = re.compile(rb"\bgzip\b(?! *; *q=0(?:\.0*)?(?:,|$))")
_KEPT_TYPES = (
    b"text/html", b"text/plain", b"text/calendar", b"text/csv", b"text/xml", b"application/json", b"application/xml",
    b"application/rss+xml", b"application/atom+xml", b"application/feed+json", b"image/svg+xml",
)
_VARY = b"Accept-Encoding, Accept-Language, Cookie, HX-Request-Type"
Key: TypeAlias = tuple[Hashable, ...]
Headers: TypeAlias = list[tuple[bytes, bytes]]


class PageCache:
    """Serves answers from memory under a ``DataVersion``; without one (``version`` none) it only adds the ETag.

    ``megabytes`` bounds the bodies that are kept, compressed ones included; the least recently read go first.
    """

    def __init__(
        self, app: ASGIApp, *, version: DataVersion | None, megabytes: int, metrics: Metrics | None = None
    ) -> None:
        self.app = app
        self._version, self._metrics = version, metrics
        self._room = megabytes * 1024 * 1024
        self._answers: OrderedDict[Key, _Answer] = OrderedDict()
        self._size = 0
        self._held: Hashable = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or pass on and keep what comes back."""
        if scope["type"] != ScopeType.HTTP or scope["method"] != "GET" or scope["path"].startswith(_NOT_KEPT):
            await self.app(scope, receive, send)
            return
        cookies = raw.cookies(scope)
        if _SESSION in cookies:
            await self.app(scope, receive, send)
            return
        is_keeping = await self._refresh()
        theme = _THEME.search(cookies) if cookies else None
        key = (
            raw.target(scope), scope["query_string"], i18n.current_language(), theme and theme[1],
            raw.header(scope, b"hx-request-type"),
        )
        answer = self._answers.get(key)
        if answer is None:
            held = self._held
            recorder = _Recorder(send)
            await self.app(scope, receive, recorder)
            answer = recorder.answer()
            if answer is None:
                return
            if is_keeping and held == self._held:
                self._keep(key, answer)
        else:
            self._answers.move_to_end(key)
            if self._metrics:
                self._metrics.note_hit()
        await self._send(answer, scope, send)

    async def _refresh(self) -> bool:
        """Forget everything when the data, or the quarter of an hour, is another one. Whether answers may be kept.

        Pages that say what is running or comes next depend on the clock. All time zones are whole quarters away from
        UTC, so a new day begins with a new quarter everywhere.
        """
        version = await self._version.current() if self._version else None
        held = None if version is None else (version, int(time.time()) // QUARTER_SECONDS)
        if held is None or held != self._held:
            self._answers.clear()
            self._size = 0
            self._held = held
        return held is not None

    def _keep(self, key: Key, answer: "_Answer") -> None:
        answer.size = len(answer.body) + _OVERHEAD
        self._grow(answer.size - (self._answers[key].size if key in self._answers else 0))
        self._answers[key] = answer

    def _grow(self, size: int) -> None:
        self._size += size
        while self._size > self._room and self._answers:
            self._size -= self._answers.popitem(last=False)[1].size

    async def _send(self, answer: "_Answer", scope: HTTPScope, send: Send) -> None:
        headers, etag, body = answer.headers, answer.etag, answer.body
        if len(body) >= SMALLEST_GZIP and _GZIP.search(raw.header(scope, b"accept-encoding")):
            if answer.zipped is None:
                answer.zipped = gzip.compress(body, 6, mtime=0)
                if answer.size:
                    answer.size += len(answer.zipped)
                    self._grow(len(answer.zipped))
            headers, etag, body = answer.zipped_headers, answer.zipped_etag, answer.zipped
        if etag in raw.header(scope, b"if-none-match"):
            await send(_start(304, [pair for pair in headers if not pair[0].startswith(b"content-")]))
            body = b""
        else:
            await send(_start(200, [*headers, (b"content-length", b"%d" % len(body))]))
        await send({"type": "http.response.body", "body": body, "more_body": False})


class _Answer:
    """A page as it is sent, plain and (once somebody asks for it) compressed. ``size`` is 0 while it is not kept."""

    __slots__ = ("body", "etag", "headers", "size", "zipped", "zipped_etag", "zipped_headers")

    def __init__(self, headers: Headers, body: bytes) -> None:
        digest = blake2b(body, digest_size=12).hexdigest().encode()
        own = (b"content-length", b"etag", b"vary", b"cache-control", REQUEST_ID)
        shared = [
            *((name, value) for name, value in headers if name not in own),
            (b"vary", b", ".join([value for name, value in headers if name == b"vary"] + [_VARY])),
            (b"cache-control", b"no-cache"),
        ]
        self.body, self.size = body, 0
        self.etag, self.zipped_etag = b'"%s"' % digest, b'"%s-gzip"' % digest
        self.headers = [*shared, (b"etag", self.etag)]
        self.zipped_headers = [*shared, (b"etag", self.zipped_etag), (b"content-encoding", b"gzip")]
        self.zipped: bytes | None = None


class _Recorder:
    """A ``send`` that holds back an answer that may be kept, and lets every other pass as it comes."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: HTTPResponseStartEvent | None = None
        self._headers: Headers = []
        self._body: list[bytes] = []
        self._length = 0

    async def __call__(self, message: Message) -> None:
        """Take one message of the answer."""
        if message["type"] == "http.response.start":
            headers = [(name.lower(), value) for name, value in message["headers"]]
            if message["status"] == 200 and _may_be_kept(headers):  # noqa: PLR2004 — HTTP's own number
                self._start, self._headers = message, headers
                return
        elif self._start is not None and message["type"] == "http.response.body":
            self._body.append(message["body"])
            self._length += len(message["body"])
            if self._length <= LARGEST_ANSWER:
                return
            start, self._start = self._start, None
            await self._send(start)
            message = {**message, "body": b"".join(self._body)}
        await self._send(message)

    def answer(self) -> _Answer | None:
        """The answer that was held back; none when it has been sent."""
        return _Answer(self._headers, b"".join(self._body)) if self._start is not None else None


def _may_be_kept(headers: Headers) -> bool:
    content_type = next((value for name, value in headers if name == b"content-type"), b"")
    return content_type.startswith(_KEPT_TYPES) and not any(
        name in (b"set-cookie", b"content-encoding")
        or (name == b"cache-control" and (b"no-store" in value or b"private" in value))
        for name, value in headers
    )


def _start(status: int, headers: Headers) -> HTTPResponseStartEvent:
    return cast("HTTPResponseStartEvent", {"type": "http.response.start", "status": status, "headers": headers})
