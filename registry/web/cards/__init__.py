"""The picture of a page that chats and social sites show beside its address (Open Graph), drawn for each record."""

import msgspec

from registry.addresses import percent_encoded

WIDTH, HEIGHT = 1200, 630


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What a card says, in the reader's words.

    ``kind`` is what the record is, ``facts`` are its short facts. ``rings`` is how deep the drawn pit is (1 to 6).
    A project has its ``stages``: how many there are and the place (from 1) of the one it is on.
    """

    kind: str
    title: str
    summary: str = ""
    facts: tuple[str, ...] = ()
    rings: int = 6
    stages: tuple[int, int] | None = None


class SharePicture(msgspec.Struct, frozen=True):
    """The picture of a page for its head: its path, and what it shows."""

    path: str
    alt: str
    width: int = WIDTH
    height: int = HEIGHT


def rings_of(times_pitched: int) -> int:
    """How deep the pit of a project or event is: a ring more each time its number of pitches doubles, up to six."""
    return min(max(times_pitched, 1).bit_length(), 6)


def share_picture(card: Card, path: str) -> SharePicture:
    """A card as the head of the page at ``path`` names it."""
    return SharePicture(percent_encoded(f"{path}/card.png"), " · ".join([f"{card.kind}: {card.title}", *card.facts]))
