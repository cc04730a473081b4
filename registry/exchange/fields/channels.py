"""Chat channels as owners write them."""

import re
from typing import NamedTuple

_CHANNEL = re.compile(r"#([\w-]{1,80})", re.UNICODE)
_ALONE = re.compile(r"[a-z0-9][a-z0-9_-]{1,79}")


class Channels(NamedTuple):
    """Channel names without "#", in lower case as the chat keeps them, and the text that is none."""

    names: tuple[str, ...]
    note: str


def read_channels(text: str) -> Channels:
    """Find the channels in a cell: every "#name", or a cell that is one bare name.

    A person ("@name"), an address or prose is not a channel and comes back as the note.
    """
    text = " ".join(text.split())
    if _ALONE.fullmatch(text) and text not in {"na", "none", "tbd"}:
        return Channels((text,), "")
    names = tuple(dict.fromkeys(name.lower() for name in _CHANNEL.findall(text)))
    rest = (piece.strip() for piece in re.split(r"[,，、\s]+", _CHANNEL.sub(" ", text)))
    return Channels(names, " ".join(piece for piece in rest if piece and piece.lower() not in names))
