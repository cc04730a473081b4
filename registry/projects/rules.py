"""What a project is: standings, kinds of link, states of a need; what makes two written names one."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlsplit

from registry.links import repository_of

FAILURES_UNTIL_DEAD = 3

# Two spellings of one character that the community mixes freely in the same name.
_SAME_CHARACTER = str.maketrans("臺汙参", "台污參")
# "vTaiwan -1", "lesson #2", "動民主 2.0"; a year ("summit 2020") says which one it is and stays.
_TRAILING_NUMERAL = re.compile(r"(?:[\s\-‐-―_#:.,()]+v?|(?<=[㐀-鿿]))\d{1,2}(?:\.\d+)?[\s)]*$")

_LONGEST_TAIL = 40
"""Characters looked at for trailing numerals, so that no name however long takes long."""

_NOT_SLUGS = frozenset({"new"})
"""Last parts of addresses below ``/projects`` that are pages of their own."""

OWNER_WANTED = "owner"
"""The need of ``handbook/needs.toml`` with which a project says that it looks for somebody to take it over."""


class Standing(StrEnum):
    """How a project stands beside its stage, as its people said."""

    ACTIVE = "active"
    DORMANT = "dormant"
    RETIRED = "retired"
    SUCCEEDED = "succeeded"


class LinkKind(StrEnum):
    """What a link leads to."""

    REPOSITORY = "repository"
    SITE = "site"
    NOTE = "note"
    SLIDES = "slides"
    VIDEO = "video"
    DOCUMENT = "document"
    CHAT = "chat"
    SOCIAL = "social"
    OTHER = "other"


_PLACES: Mapping[LinkKind, tuple[str, ...]] = {
    LinkKind.SLIDES: ("docs.google.com/presentation", "speakerdeck.com", "slideshare.net", "slides.com", "canva.com"),
    LinkKind.NOTE: ("hackmd.io", "hackpad.tw", "hackpad.com", "etherpad.org"),
    LinkKind.VIDEO: ("youtube.com", "youtu.be", "vimeo.com"),
    LinkKind.DOCUMENT: ("docs.google.com", "drive.google.com", "notion.so", "notion.site", "airtable.com"),
    LinkKind.CHAT: ("slack.com", "discord.gg", "discord.com", "t.me", "gitter.im", "matrix.to", "line.me"),
    LinkKind.SOCIAL: (
        "facebook.com", "fb.com", "x.com", "twitter.com", "instagram.com", "threads.net", "plurk.com", "g0v.social",
        "mastodon.social", "linkedin.com",
    ),
}
"""Well-known hosts, whose parts count too; the first that an address begins with says what it leads to."""


class LinkHealth(StrEnum):
    """What the last check of a link found."""

    UNKNOWN = "unknown"
    ALIVE = "alive"
    DEAD = "dead"


class NeedState(StrEnum):
    """Whether a role is still wanted."""

    OPEN = "open"
    FILLED = "filled"
    CLOSED = "closed"


NEED_MOVES: Mapping[NeedState, frozenset[NeedState]] = {
    NeedState.OPEN: frozenset({NeedState.FILLED, NeedState.CLOSED}),
    NeedState.FILLED: frozenset({NeedState.OPEN, NeedState.CLOSED}),
    NeedState.CLOSED: frozenset({NeedState.OPEN}),
}


class RelationKind(StrEnum):
    """How one project relates to another."""

    DERIVED_FROM = "derived_from"
    SPAWNED = "spawned"
    USES = "uses"
    SUCCEEDED_BY = "succeeded_by"


class ProjectOrder(StrEnum):
    """How a list of projects can be sorted; the first is the usual one."""

    ACTIVE = "active"
    NEWEST = "newest"
    NAME = "name"
    PITCHED = "pitched"


def standing_today(standing: Standing, *, last_active_on: date | None, quiet_before: date) -> Standing:
    """What a reader is told: an active project of which nothing was heard since ``quiet_before`` rests."""
    if standing is Standing.ACTIVE and last_active_on is not None and last_active_on < quiet_before:
        return Standing.DORMANT
    return standing


def normalise_name(name: str) -> str:
    """Give the form in which repeated pitches of one project are compared.

    Width and case are folded (NFKC, casefold), spaces, punctuation and symbols dropped, and a
    trailing numeral of one or two digits cut ("vTaiwan -1" and "vTaiwan -2 " are both "vtaiwan").
    A name made of nothing else ("404", "?!") keeps its folded form, so that only an empty name
    gives an empty answer. The answer is a fixed point: normalising it again changes nothing.
    """
    folded = _fold(name).translate(_SAME_CHARACTER)
    normal = _letters(_without_numerals(folded)) or _letters(folded) or "".join(folded.split())
    return normal if normal == name else normalise_name(normal)


def slug_of(text: str, *, longest: int = 80) -> str:
    """Turn a name into the part of an address that names it, in any script.

    Letters, their marks and digits stay, in lower case; every run of anything else becomes one "-".
    At most ``longest`` characters; empty when the text holds neither letter nor digit.
    """
    words = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in _fold(text)).split()
    return unicodedata.normalize("NFC", "-".join(words))[:longest].rstrip("-")


def sort_name_of(name: Mapping[str, str]) -> str:
    """The form of a project's name by which lists are sorted."""
    return min(name.items())[1].casefold()


def address_of(name: Mapping[str, str]) -> str:
    """The slug that a project's name asks for: of the English one, where it has one."""
    slug = slug_of(name.get("en") or min(name.items())[1]) or "project"
    return f"{slug}-project" if slug in _NOT_SLUGS else slug


def link_kind_of(url: str) -> LinkKind:
    """What an address most likely leads to, from its host and its path."""
    parts = urlsplit(url)
    host, path = (parts.hostname or "").removeprefix("www."), parts.path.casefold()
    if repository_of(url):
        return LinkKind.REPOSITORY
    if path.endswith((".pdf", ".odt", ".ods", ".docx", ".xlsx")):
        return LinkKind.DOCUMENT
    if path.endswith((".odp", ".ppt", ".pptx")):
        return LinkKind.SLIDES
    for kind, places in _PLACES.items():
        for place in places:
            if f"{host}{path}/".startswith(f"{place}/") or host.endswith(f".{place}"):
                return kind
    return LinkKind.SITE


def _fold(text: str) -> str:
    """Fold width and case; twice, because casefolding can undo the first composition."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _letters(text: str) -> str:
    """Keep letters, marks and digits; composed again, since a dropped space may join mark and letter."""
    return unicodedata.normalize("NFC", "".join(c for c in text if unicodedata.category(c)[0] in "LMN"))


def _without_numerals(text: str) -> str:
    """Cut trailing numerals until none is left ("lesson 2 -1"), but never the whole text."""
    head, tail = text[:-_LONGEST_TAIL], text[-_LONGEST_TAIL:]
    while (cut := _TRAILING_NUMERAL.sub("", tail)) != tail and _letters(head + cut):
        tail = cut
    return head + tail


class LinkCheck(NamedTuple):
    """What is known of a link after a check; ``failed_checks`` are those in a row."""

    health: LinkHealth
    failed_checks: int


def link_after(status: int | None, *, before: LinkCheck) -> LinkCheck:
    """What a check says of a link: the HTTP status it answered, or none when it did not answer.

    "Not found" and "gone" are certain. A server that is down may come back, so a link is dead after the third failure
    in a row. Whoever asks for a sign-in or for less haste (401, 403, 429, ...) is there, and says nothing of the page.
    """
    if status is not None and status < HTTPStatus.BAD_REQUEST:
        return LinkCheck(LinkHealth.ALIVE, 0)
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return LinkCheck(LinkHealth.DEAD, before.failed_checks + 1)
    if status is not None and status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return LinkCheck(before.health if before.health is LinkHealth.ALIVE else LinkHealth.UNKNOWN, 0)
    failed = before.failed_checks + 1
    return LinkCheck(LinkHealth.DEAD if failed >= FAILURES_UNTIL_DEAD else before.health, failed)
