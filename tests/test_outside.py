"""Addresses that people gave: what is not public is never asked, however it is written or reached."""

import socket
from collections.abc import Callable, Iterator, Sequence

import pytest

from registry import outside
from registry.outside import NoAnswer, NotAsked, Outside, is_public
from tests.fakes.http import FakeServer, Reply
from tests.trust.addresses import Canary


@pytest.fixture
def canary() -> Iterator[Canary]:
    with Canary() as server:
        yield server


def _port(server: FakeServer) -> int:
    return int(server.url.rpartition(":")[2])


async def test_a_redirect_is_looked_at_again(canary: Canary) -> None:
    with FakeServer() as public:
        public.route("GET", "/away", lambda _asked: Reply(status=302, headers={"Location": f"{canary.url}/secret"}))
        public.route("GET", "/file", lambda _asked: Reply(status=302, headers={"Location": "file:///etc/passwd"}))
        public.route("GET", "/round", lambda _asked: Reply(status=301, headers={"Location": "/round"}))
        public.route("GET", "/on", lambda _asked: Reply(status=308, headers={"Location": "here?é=1"}))
        public.route("GET", "/here", lambda _asked: Reply({"here": 1}))
        asking = Outside(resolve=_as_public, may_be_asked=lambda address: address == "127.0.0.1")
        url = f"http://public.test:{_port(public)}"
        assert (await asking.ask(f"{url}/on")).body == b'{"here":1}'
        for path in ("/file", "/round"):
            with pytest.raises((NotAsked, NoAnswer)):
                await asking.ask(url + path)
        with pytest.raises(NotAsked):
            await Outside(resolve=_as_public, may_be_asked=_only_once()).ask(f"{url}/away")
    assert canary.hits == 0


async def _as_public(host: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"] if host.endswith(".test") else [host]


def _only_once() -> Callable[[str], bool]:
    """Lets the first question through, as if the name led to the public internet then, and inside afterwards."""
    answers = iter([True])
    return lambda _address: next(answers, False)


async def test_what_is_too_large_or_too_slow_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "LARGEST_BODY", 1000)
    asking = Outside(may_be_asked=lambda _address: True)
    with FakeServer() as server, socket.create_server(("127.0.0.1", 0)) as silent:
        server.route("GET", "/fits", lambda _asked: Reply(raw=b"x" * 1000))
        server.route("GET", "/large", lambda _asked: Reply(raw=b"x" * 1001))
        assert len((await asking.ask(f"{server.url}/fits")).body) == 1000
        with pytest.raises(NoAnswer, match="TooLarge"):
            await asking.ask(f"{server.url}/large")
        assert (await asking.ask(f"{server.url}/large", with_body=False)).body == b""
        with pytest.raises(NoAnswer, match="TimeoutError"):
            await asking.ask(f"http://127.0.0.1:{silent.getsockname()[1]}/", seconds=0.2)


@pytest.mark.parametrize("address", ["1.1.1.1", "140.112.8.116", "2606:4700:4700::1111", "2001:4860:4860::8888"])
def test_the_public_internet_is_public(address: str) -> None:
    assert is_public(address)


def test_what_is_no_address_is_not_public() -> None:
    assert [is_public(text) for text in ("", "localhost", "1.1.1", "1.1.1.1/32", "fe80::1%eth0")] == [False] * 5
