"""What the lock files pin: each package with its version and the hashes it must have."""

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
RUNNING = "requirements.txt"
TESTING = "requirements-dev.txt"
_PINNED = re.compile(
    r"(?P<name>[a-z0-9.-]+)==(?P<version>[^\s;]+)(?: ; (?P<where>[^\\]+?))?(?P<hashes>(?:\s+--hash=\S+)*)"
)


class Pinned(NamedTuple):
    """A locked package; ``where`` is the marker of the machines that need it, ``hashes`` are of its files, in hex."""

    name: str
    version: str
    where: str
    hashes: tuple[tuple[str, str], ...]


class UnreadableLock(Exception):
    """A line of a lock pins nothing; the message quotes it."""


def from_pypi(lock: str) -> list[Pinned]:
    """The packages of a lock for pip.

    Raises:
        UnreadableLock: a line is none that pins one version.
    """
    joined = (ROOT / lock).read_text("utf-8").replace("\\\n", " ")
    return [_pinned(line.strip()) for line in joined.splitlines() if line.strip()]


def _pinned(line: str) -> Pinned:
    found = _PINNED.fullmatch(line)
    if not found:
        raise UnreadableLock(line)
    hashes = (one.removeprefix("--hash=").split(":") for one in found["hashes"].split())
    return Pinned(
        found["name"], found["version"], (found["where"] or "").strip(), tuple((name, value) for name, value in hashes)
    )


def from_npm(folder: str = "") -> Iterator[tuple[Pinned, str]]:
    """The packages of a lock for npm, each with the licence that it says it has."""
    packages = json.loads((ROOT / folder / "package-lock.json").read_text("utf-8"))["packages"]
    for path, one in packages.items():
        if path:
            hashes = (hash_.partition("-")[::2] for hash_ in one.get("integrity", "").split())
            yield Pinned(
                path.rpartition("node_modules/")[2], one["version"], "",
                tuple((name, b64decode(value).hex()) for name, value in hashes),
            ), one.get("license", "")
