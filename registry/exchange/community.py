"""What the community's own sources have in common: how their cells become links, channels and projects."""

import re
from urllib.parse import urlsplit

from registry.exchange.fields.channels import read_channels
from registry.exchange.rows import LinkRow
from registry.links import repository_of
from registry.projects.rules import LinkKind

CHAT = "https://g0v-tw.slack.com/channels/"
"""The sources name channels of the community's Slack by name only; this address leads to a channel by name."""

_KINDS_BY_HOST = (
    (LinkKind.VIDEO, re.compile(r"(^|\.)(youtube\.com|youtu\.be|vimeo\.com)$")),
    (LinkKind.SLIDES, re.compile(r"(^|\.)(slideshare\.net|speakerdeck\.com|slides\.com|slid\.es|prezi\.com)$")),
    (LinkKind.NOTE, re.compile(r"(^|\.)(hackpad\.\w+|hackmd\.\w+|hackfoldr\.org|hack\.g0v\.tw|notion\.\w+)$")),
    (LinkKind.SOCIAL, re.compile(r"(^|\.)(facebook\.com|fb\.com|twitter\.com|x\.com|plurk\.com|instagram\.com)$")),
    (LinkKind.CHAT, re.compile(r"(^|\.)(slack\.com|gitter\.im|telegram\.me|t\.me|line\.me)$")),
    (LinkKind.OTHER, re.compile(r"(^|\.)(goo\.gl|bit\.ly|j\.mp|tinyurl\.com|reurl\.cc|t\.co|x\.co)$")),
    (LinkKind.DOCUMENT, re.compile(r"(^|\.)(drive\.google\.com|dropbox\.com|scribd\.com|icloud\.com|figma\.com)$")),
)
OF_THE_PROJECT = frozenset((LinkKind.REPOSITORY, LinkKind.SITE, LinkKind.CHAT, LinkKind.SOCIAL))
"""Kinds that stay with a project from pitch to pitch; notes, slides and videos belong to one pitch."""


def link_to(url: str) -> LinkRow:
    """Say what an address leads to, by its host: an unknown host's front page is a site, anything deeper is unsure."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    if repository_of(url):
        return LinkRow(url=url, kind=LinkKind.REPOSITORY)
    if host == "docs.google.com":
        return LinkRow(url=url, kind=LinkKind.SLIDES if "/presentation/" in parts.path else LinkKind.NOTE)
    known = next((kind for kind, hosts in _KINDS_BY_HOST if hosts.search(host)), None)
    if host == "github.com":
        return LinkRow(url=url, kind=LinkKind.OTHER)
    is_front_page = len([step for step in parts.path.split("/") if step]) <= 1 and not parts.query
    return LinkRow(url=url, kind=known or (LinkKind.SITE if is_front_page else LinkKind.OTHER))


def chat_links(cell: str) -> tuple[tuple[LinkRow, ...], str]:
    """Turn a cell of Slack channels into links, and give back what in it was no channel."""
    channels = read_channels(cell)
    return (
        tuple(LinkRow(url=CHAT + name, kind=LinkKind.CHAT, label=f"#{name}") for name in channels.names),
        channels.note,
    )
