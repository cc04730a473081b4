"""Addresses that people gave: what is not public is never asked, however it is written or reached."""

import socket
from collections.abc import Callable, Iterator, Sequence

import pytest

from registry import outside
from registry.outside import NoAnswer, NotAsked, Outside, is_public
from tests.fakes.http import FakeServer, Reply

# Each leads, or could lead, to this machine, its network, or nowhere public. {port} is a canary's on loopback.
TARGETS = [
    "http://127.0.0.1:{port}/", "http://127.0.0.2:{port}/", "http://127.255.255.254:{port}/", "http://127.1:{port}/",
    "http://127.0.1:{port}/", "http://2130706433:{port}/", "http://0x7f000001:{port}/", "http://0x7f.0.0.1:{port}/",
    "http://0177.0.0.1:{port}/", "http://017700000001:{port}/", "http://0x7f.1:{port}/", "http://0:{port}/",
    "http://0.0.0.0:{port}/", "http://localhost:{port}/", "http://LOCALHOST:{port}/", "http://localhost.:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/", "http://127。0。0。1:{port}/", "http://[::1]:{port}/", "http://[::]:{port}/",
    "http://[0:0:0:0:0:0:0:1]:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://[::ffff:7f00:1]:{port}/",
    "http://[::127.0.0.1]:{port}/", "http://[64:ff9b::7f00:1]:{port}/", "http://[64:ff9b::10.0.0.1]/",
    "http://[64:ff9b:1::7f00:1]/", "http://[2002:7f00:1::]:{port}/", "http://[2002:a00:1::1]/",
    "http://[2001:0:7f00:1::]/", "http://[fe80::1]/", "http://[fe80::1%25lo]:{port}/", "http://[fec0::1]/",
    "http://[fc00::1]/", "http://[fd00:ec2::254]/latest/meta-data/", "http://[ff02::1]/", "http://[ff0e::1]/",
    "http://[2001:db8::1]/", "http://[3fff::1]/", "http://[100::1]/", "http://[5f00::1]/",
    "http://[::ffff:0:127.0.0.1]:{port}/", "http://10.0.0.1/", "http://10.255.255.255/", "http://172.16.0.1/",
    "http://172.31.255.255/", "http://192.168.0.1/", "http://169.254.169.254/latest/meta-data/", "http://169.254.0.1/",
    "http://100.64.0.1/", "http://100.127.255.254/", "http://100.100.100.200/latest/meta-data/", "http://192.0.0.1/",
    "http://192.0.0.170/", "http://192.0.2.1/", "http://192.88.99.1/", "http://198.18.0.1/", "http://198.51.100.1/",
    "http://203.0.113.1/", "http://224.0.0.1/", "http://239.255.255.250:1900/", "http://240.0.0.1/",
    "http://255.255.255.255/", "http://0.1.2.3/", "http://user:pw@127.0.0.1:{port}/",
    "http://example.org@127.0.0.1:{port}/",
    "file:///etc/passwd", "ftp://127.0.0.1:{port}/", "gopher://127.0.0.1:{port}/", "javascript:alert(1)",
    "unix:///var/run/docker.sock", "//127.0.0.1:{port}/", "http:///", "http://[::1", "", "http://%31%32%37.0.0.1:{port}/",
    "http://inside.test:{port}/", "http://mixed.test:{port}/", "http://nowhere.test:{port}/",
]
NAMES = {"inside.test": ["127.0.0.1"], "mixed.test": ["1.1.1.1", "127.0.0.1"], "nowhere.test": []}


class Canary(FakeServer):
    """A server on loopback that nobody may reach."""

    def __init__(self) -> None:
        super().__init__()
        self.route("GET", "/.*", lambda _asked: Reply({"secret": 1}))

    @property
    def hits(self) -> int:
        return sum(self.requests.values())


async def resolve(host: str, port: int) -> Sequence[str]:
    """Names of our own, and the system's for the rest."""
    return NAMES[host] if host in NAMES else await outside.resolve(host, port)


@pytest.fixture
def canary() -> Iterator[Canary]:
    with Canary() as server:
        yield server


def _port(server: FakeServer) -> int:
    return int(server.url.rpartition(":")[2])


async def test_no_target_that_is_not_public_is_asked(canary: Canary) -> None:
    assert len(TARGETS) >= 60
    outcomes = {}
    for target in TARGETS:
        url = target.format(port=_port(canary))
        try:
            outcomes[target] = str((await Outside(resolve=resolve).ask(url)).status)
        except (NotAsked, NoAnswer) as refusal:
            outcomes[target] = type(refusal).__name__
    # Some odd spellings are no address to this system's resolver: that is no answer, and no visit either.
    assert set(outcomes.values()) <= {"NotAsked", "NoAnswer"}
    assert list(outcomes.values()).count("NotAsked") >= 60
    assert canary.hits == 0


async def test_without_the_guard_the_canary_is_hit(canary: Canary) -> None:
    """The planted fault: what keeps the canary quiet above is the look at the address."""
    blind = Outside(resolve=resolve, may_be_asked=lambda _address: True)
    for target in ("http://127.0.0.1:{port}/", "http://2130706433:{port}/", "http://inside.test:{port}/"):
        assert (await blind.ask(target.format(port=_port(canary)))).status == 200
    assert canary.hits == 3


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
