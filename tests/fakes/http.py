"""A real HTTP server on loopback, in a thread, with routes, state and faults on demand."""

import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

import msgspec


class Asked(NamedTuple):
    """A request as a fake sees it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    found: re.Match[str]

    def form(self) -> dict[str, str]:
        """The fields of a posted form."""
        return {key: values[0] for key, values in parse_qs(self.body.decode()).items()}


class Reply(NamedTuple):
    """What a fake answers: JSON unless ``raw`` is given.

    It comes after ``seconds``; of one that ``is_cut`` the connection breaks off in the middle of the body.
    """

    content: Any = None
    status: int = 200
    headers: dict[str, str] = {}  # noqa: RUF012 — never changed
    raw: bytes | None = None
    seconds: float = 0
    is_cut: bool = False


Answer = Callable[[Asked], Reply]


class FakeServer:
    """Start with ``with``; ``url`` is where it listens. Subclasses add routes in ``__init__``."""

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self._routes: list[tuple[str, re.Pattern[str], Answer]] = []
        self._faults: list[tuple[re.Pattern[str], Reply]] = []
        self._server = _Server(("127.0.0.1", 0), self._handler())

    @property
    def url(self) -> str:
        """The address of the server, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def route(self, method: str, pattern: str, answer: Answer) -> None:
        """Answer ``method`` on paths that match ``pattern`` whole."""
        self._routes.append((method, re.compile(pattern), answer))

    def fail_next(self, pattern: str, reply: Reply, *, times: int = 1) -> None:
        """Answer the next ``times`` requests on matching paths with ``reply`` instead."""
        self._faults += [(re.compile(pattern), reply)] * times

    def forget(self) -> None:
        """Be as before the first request."""
        self.requests.clear()
        self._faults.clear()

    def hang_up(self) -> None:
        """Refuse every new connection."""
        self._server.shutdown()
        self._server.server_close()

    def listen(self) -> None:
        """Take connections again, at the same address."""
        self._server = _Server(("127.0.0.1", self._server.server_port), self._handler())
        self._serve()

    def __enter__(self) -> Self:
        self._serve()
        return self

    def __exit__(self, *_error: object) -> None:
        self.hang_up()

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        """The reply to a request: a planted fault, a route's, or 404."""
        parts = urlsplit(target)
        self.requests[f"{method} {parts.path}"] += 1
        for number, (pattern, reply) in enumerate(self._faults):
            if pattern.fullmatch(parts.path):
                del self._faults[number]
                return reply
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        for routed, pattern, answer in self._routes:
            found = pattern.fullmatch(parts.path)
            if routed == method and found:
                return answer(Asked(method, parts.path, query, headers, body, found))
        return Reply({"message": "Not Found"}, 404)

    def _serve(self) -> None:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # headers and body are two writes: else each answer waits 40 ms

            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                headers = {key.casefold(): value for key, value in self.headers.items()}
                reply = fake.answer(self.command, self.path, headers, self.rfile.read(length))
                time.sleep(reply.seconds)
                content = reply.raw if reply.raw is not None else msgspec.json.encode(reply.content)
                self.send_response(reply.status)
                for key, value in {"Content-Type": "application/json", **reply.headers}.items():
                    self.send_header(key, value)
                if reply.status not in {204, 304}:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD" and reply.status not in {204, 304}:
                    self.wfile.write(content[: len(content) // 2] if reply.is_cut else content)
                self.close_connection = self.close_connection or reply.is_cut

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815 — the library's names

            def log_message(self, *_arguments: Any) -> None:
                """Keep the test's output clean."""

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that did not wait for its answer."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)
