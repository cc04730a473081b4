"""Addresses by people who mean harm: they lead into this machine or its network, where a canary listens."""

import asyncio
from collections.abc import Sequence

from registry import outside
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
NOT_ASKED, NO_ANSWER = (refusal.__name__ for refusal in (outside.NotAsked, outside.NoAnswer))
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


async def ask_all(targets: Sequence[str], *, port: str) -> list[str]:
    """What becomes of asking each of them, with the canary's port: a status, or the name of a refusal."""
    asking = outside.Outside(resolve=resolve)

    async def outcome(address: str) -> str:
        try:
            return str((await asking.ask(address)).status)
        except (outside.NotAsked, outside.NoAnswer) as refusal:
            # Some odd spellings are no address to this system's resolver: that is no answer, and no visit either.
            return type(refusal).__name__

    return await asyncio.gather(*(outcome(target.format(port=port)) for target in targets))
