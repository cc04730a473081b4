"""Which file of the edition an address becomes, and how one file links to another. Pure: no I/O."""

import hashlib
import re
from datetime import date, datetime
from urllib.parse import urlencode

import msgspec

OWN_PARAMETERS = ("both", "page", "year")
"""What in an address makes it a file of its own; other parameters choose among rows, which needs a server."""
PAGES_OF_ITS_OWN = "/edition"
"""Below it: pages that only the edition has. Their files stand where theirs would without it."""
SEARCH, LISTED = f"{PAGES_OF_ITS_OWN}/search", f"{PAGES_OF_ITS_OWN}/search/all"
NOT_FOUND, ONLY_LIVE = f"{PAGES_OF_ITS_OWN}/404.html", f"{PAGES_OF_ITS_OWN}/only-live"
MARKER = "edition.json"
_LONGEST_NAME = 200
"""Bytes of a file's name; most file systems allow 255."""
_NEAREST = {
    "/projects": {"tag": "/tags", "need": "/needs", "stage": "/stages"}, "/proposals": {"event": "/events"},
}
"""Lists, and which of their filters has pages of its own that tell the same."""
_NUMBER = re.compile(r"[0-9]{1,5}|yes")


class Edition(msgspec.Struct, frozen=True):
    """Of which moment an edition is (its clock stands still), where the living record is, and where it will be put."""

    made_at: datetime
    day: date
    live: str
    address: str = ""


class Address(msgspec.Struct, frozen=True, order=True):
    """What a file of the edition is made from: a path of the site, and those parameters that make it another page."""

    path: str
    query: tuple[tuple[str, str], ...] = ()

    @property
    def is_page(self) -> bool:
        """Whether it is a page, which becomes a folder with an ``index.html``; else a file of that very name."""
        return not re.search(r"\.[A-Za-z0-9]+$", self.path) and self.path != "/community/logo"

    @property
    def is_for_every_language(self) -> bool:
        """Whether it is the same in each language, and so written once."""
        return self.path.startswith(("/static/", "/community/", "/data/"))


def address_of(path: str, query: list[tuple[str, str]]) -> Address:
    """The address whose file a link leads to: a list that is filtered becomes the page nearest to it."""
    if path == "/search":
        return Address(SEARCH)
    foreign = {name: value for name, value in query if name not in OWN_PARAMETERS}
    if len(foreign) == 1:
        [(name, value)] = foreign.items()
        if folder := _NEAREST.get(path, {}).get(name):
            return Address(f"{folder}/{value}")
    own = {name: value for name, value in query if name in OWN_PARAMETERS and _NUMBER.fullmatch(value)}
    if foreign or own.get("page") == "1":
        own.pop("page", None)
    return Address(path, tuple(sorted(own.items())))


def file_of(address: Address, language: str, languages: tuple[str, ...]) -> str:
    """The file of an address, below the edition's folder; the first of its languages has no folder of its own."""
    parts = [_name(part) for part in address.path.removeprefix(PAGES_OF_ITS_OWN).split("/") if part]
    if address.is_page:
        parts.append("-".join(map("-".join, address.query)) + ".html" if address.query else "index.html")
    if language != languages[0] and not address.is_for_every_language:
        parts.insert(0, language)
    return "/".join(parts)


def way_up(file: str) -> str:
    """From a file to where the edition begins, relatively, so that it works in any folder of any host."""
    return "../" * file.count("/")


def asked_of(address: Address) -> str:
    """The query string that asks the application for an address."""
    return urlencode(address.query)


def _name(part: str) -> str:
    if part in {".", ".."} or "\\" in part or "\x00" in part:
        raise ValueError(f"{part!r} can be no file's name")
    encoded = part.encode()
    if len(encoded) <= _LONGEST_NAME:
        return part
    mark = hashlib.sha256(encoded).hexdigest()[:8]
    return f"{encoded[: _LONGEST_NAME - len(mark) - 1].decode(errors='ignore')}-{mark}"
