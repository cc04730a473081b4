"""A feed as Atom (RFC 4287) and as JSON Feed (version 1.1)."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

ATOM, JSON_FEED = "application/atom+xml", "application/feed+json"
"""The media types."""
_EMPTY_SINCE = datetime(2012, 12, 1, tzinfo=UTC)
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class FeedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of news. ``id`` never changes, whatever becomes of the address; ``html`` is safe to show."""

    id: str
    title: str
    url: str
    at: datetime
    html: str = ""
    author: str = ""


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed: ``url`` is the page whose news it tells, ``address`` its own, ``author`` whoever has no name there."""

    id: str
    title: str
    url: str
    address: str
    language: str
    author: str
    entries: Sequence[FeedEntry]


def atom(feed: Feed) -> bytes:
    """The feed as Atom; characters that XML cannot hold are left out."""
    from feedgen.feed import FeedGenerator  # noqa: PLC0415 — few answers need it, and every start would pay for it

    written = FeedGenerator()
    written.id(feed.id)
    written.title(_title(feed.title))
    written.author(name=_in_xml(feed.author))
    written.link(href=feed.url, rel="alternate")
    written.link(href=feed.address, rel="self")
    written.language(feed.language)
    written.updated(max((entry.at for entry in feed.entries), default=_EMPTY_SINCE))
    for one in feed.entries:
        entry = written.add_entry(order="append")
        entry.id(one.id)
        entry.title(_title(one.title))
        entry.link(href=one.url)
        entry.published(one.at)
        entry.updated(one.at)
        entry.author(name=_in_xml(one.author or feed.author))
        if html := _in_xml(one.html):
            entry.content(html, type="html")
    document: bytes = written.atom_str(pretty=True)
    return document


def json_feed(feed: Feed) -> bytes:
    """The feed as JSON."""
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1", "title": feed.title, "home_page_url": feed.url,
        "feed_url": feed.address, "language": feed.language, "authors": [{"name": feed.author}],
        "items": [
            {
                "id": one.id, "url": one.url, "title": one.title, "date_published": one.at,
                **({"content_html": one.html} if one.html else {"content_text": one.title}),
                **({"authors": [{"name": one.author}]} if one.author else {}),
            }
            for one in feed.entries
        ],
    }
    return msgspec.json.encode(document)


def _title(text: str) -> str:
    return _in_xml(text).strip() or "…"


def _in_xml(text: str) -> str:
    return _NOT_IN_XML.sub("", text)
