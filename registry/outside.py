"""Asking addresses that people gave us, and nothing of ours by mistake.

A link may name this machine, its network or a cloud's metadata service, directly, by a name that resolves there, or
by a redirect. So each name is resolved here, every address it has is looked at, and the connection goes to the very
address that was looked at; a redirect is a new question. http and https alone, within a time and a size.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import httpcore2
import msgspec

from registry.addresses import percent_encoded

SECONDS = 5.0
LARGEST_BODY = 5 * 1024 * 1024
MOST_REDIRECTS = 5
AGENT = "Keng (a registry of civic projects)"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

# What Python's `is_global` misses, or counts as global in some version we support.
_NEVER: Final = [ipaddress.ip_network(text) for text in (
    "0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4",
    "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23",
    "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
)]
_GLOBAL_UNICAST_6: Final = ipaddress.ip_network("2000::/3")


class NotAsked(Exception):
    """The address is none that we ask: not http or https, or it leads to a place that is not public."""


class NoAnswer(Exception):
    """The other side does not answer in time, or not in a usable way. The message names the kind of trouble."""


class OutsideAnswer(msgspec.Struct, frozen=True):
    """What an address answers at the end of its redirects. ``body`` is empty where it was not asked for.

    ``retry_after`` is the header of that name, as it came.
    """

    status: int
    url: str
    content_type: str
    body: bytes
    retry_after: str = ""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, for one receiver (global unicast)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if not parsed.is_global or parsed.is_multicast or any(
        parsed in network for network in _NEVER if network.version == parsed.version
    ):
        return False
    return parsed.version == 4 or parsed in _GLOBAL_UNICAST_6  # noqa: PLR2004 — the number of a protocol


def could_be_asked(url: str) -> bool:
    """Whether an address may lead to the public internet, as far as its text alone says; nothing is resolved."""
    try:
        host = _checked(url).host.decode()
        ipaddress.ip_address(host)
    except NotAsked:
        return False
    except ValueError:
        return "." in host and not host.endswith((".localhost", ".local", ".internal"))
    return is_public(host)


async def resolve(host: str, port: int) -> Sequence[str]:
    """Every address of a host, as the system resolves it (also `0x7f.1` and its like, which are addresses)."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


class Outside:
    """Asks addresses. ``resolve`` and ``may_be_asked`` are replaced in tests alone."""

    def __init__(self, *, resolve: Resolve = resolve, may_be_asked: Callable[[str], bool] = is_public) -> None:
        self._backend = _GuardedBackend(resolve, may_be_asked)
        self._tls = ssl.create_default_context()

    async def ask(self, url: str, *, with_body: bool = True, seconds: float = SECONDS) -> OutsideAnswer:
        """Ask an address and follow its redirects, all within ``seconds``.

        Raises:
            NotAsked: the address, or one it redirects to, is none that we ask.
            NoAnswer: there is no answer, no end of redirects, or more than five megabytes.
        """
        try:
            async with asyncio.timeout(seconds):
                return await self._follow(url, with_body)
        except TimeoutError as slow:
            raise NoAnswer("TimeoutError") from slow
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException, OSError) as trouble:
            raise NoAnswer(type(trouble).__name__) from trouble

    async def send(
        self, url: str, content: bytes, *, method: str = "POST", headers: Mapping[str, str] | None = None,
        seconds: float = SECONDS,
    ) -> OutsideAnswer:
        """Send JSON to an address; a redirect is an answer like any other, and not followed.

        Raises:
            NotAsked: the address is none that we ask.
            NoAnswer: there is no answer, or more than five megabytes; what was sent may have arrived.
        """
        target = _checked(url)
        heads = [
            *_heads(target), (b"Content-Type", b"application/json"), (b"Content-Length", b"%d" % len(content)),
            *((name.encode(), value.encode()) for name, value in (headers or {}).items()),
        ]
        try:
            async with (
                asyncio.timeout(seconds), self._pool() as pool,
                pool.stream(method, target, headers=heads, content=content) as response,
            ):
                return _answer(response, url, await _bounded(response))
        except TimeoutError as slow:
            raise NoAnswer("TimeoutError") from slow
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException, OSError) as trouble:
            raise NoAnswer(type(trouble).__name__) from trouble

    def _pool(self) -> httpcore2.AsyncConnectionPool:
        """A pool for one question: a kept connection would skip the look at where a name leads now."""
        return httpcore2.AsyncConnectionPool(
            ssl_context=self._tls, network_backend=self._backend, max_keepalive_connections=0
        )

    async def _follow(self, url: str, with_body: bool) -> OutsideAnswer:
        for _redirect in range(MOST_REDIRECTS + 1):
            target = _checked(url)
            async with self._pool() as pool, pool.stream("GET", target, headers=_heads(target)) as response:
                location = _head(response, b"location")
                if response.status not in _REDIRECTS or not location:
                    return _answer(response, url, await _bounded(response) if with_body else b"")
                url = urljoin(url, location)
        raise NoAnswer("TooManyRedirects")


def _checked(url: str) -> httpcore2.URL:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as broken:
        raise NotAsked("no address") from broken
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or "%" in parts.netloc:
        raise NotAsked("not a plain http or https address")
    try:
        host = parts.hostname if ":" in parts.hostname else parts.hostname.encode("idna").decode()
    except UnicodeError as broken:
        raise NotAsked("no host name") from broken
    path = httpcore2.URL(percent_encoded(url.split("#", 1)[0])).target
    return httpcore2.URL(scheme=parts.scheme, host=host, port=port, target=path)


def _answer(response: httpcore2.Response, url: str, body: bytes) -> OutsideAnswer:
    return OutsideAnswer(
        response.status, url, _head(response, b"content-type"), body, retry_after=_head(response, b"retry-after")
    )


def _head(response: httpcore2.Response, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in response.headers if key.lower() == name), "")


def _heads(target: httpcore2.URL) -> list[tuple[bytes, bytes]]:
    return [
        (b"Host", target.origin.host if target.port is None else b"%b:%d" % (target.origin.host, target.port)),
        (b"User-Agent", AGENT.encode()), (b"Accept", b"*/*"), (b"Accept-Encoding", b"identity"),
    ]


async def _bounded(response: httpcore2.Response) -> bytes:
    body = b""
    async for part in response.aiter_stream():
        body += part
        if len(body) > LARGEST_BODY:
            raise NoAnswer("TooLarge")
    return body


class _GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Connects to an address only after it was looked at; the name is not resolved a second time."""

    def __init__(self, resolve: Resolve, may_be_asked: Callable[[str], bool]) -> None:
        self._resolve = resolve
        self._may_be_asked = may_be_asked
        self._inner = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,  # noqa: ASYNC109
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to a host all of whose addresses are public.

        Raises:
            NotAsked: one of them is not.
        """
        addresses = await self._resolve(host, port)
        if not addresses or not all(self._may_be_asked(address) for address in addresses):
            raise NotAsked("not in the public internet")
        return await self._inner.connect_tcp(
            addresses[0], port, timeout=timeout, local_address=local_address, socket_options=socket_options
        )

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None,  # noqa: ARG002, ASYNC109 — the library's signature
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore2.AsyncNetworkStream:
        """Never."""
        raise NotAsked("a socket of this machine")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
