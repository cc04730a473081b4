"""Needs in people's words, by the community's table of synonyms."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from registry.exchange.fields.keywords import LONGEST_KEYWORD, split_list
from registry.exchange.fields.text import clean_line
from registry.projects.rules import normalise_name

_COUNT = re.compile(r"\s*[x×＊*]\s*(?:\d+|n)\s*$", re.IGNORECASE)


class Needs(NamedTuple):
    """Keys of the community's vocabulary in order, and the words that are none of them."""

    keys: tuple[str, ...]
    unmapped: tuple[str, ...]


def read_needs(text: str, synonyms: Mapping[str, str]) -> Needs:
    """Map a cell to need keys.

    ``synonyms`` goes from a synonym's normal form (``normalise_name``) to its key. A piece that is no
    synonym as a whole ("UX 設計師") is tried word by word; what no word of it explains is kept as text.
    """
    keys: dict[str, None] = {}
    unmapped: list[str] = []
    for piece in split_list(text):
        words = _COUNT.sub("", clean_line(piece))
        found = _keys_of(words, synonyms)
        if found:
            keys.update(dict.fromkeys(found))
        else:
            unmapped.append(words)
    return Needs(tuple(keys), tuple(unmapped))


def _keys_of(words: str, synonyms: Mapping[str, str]) -> list[str]:
    if key := synonyms.get(normalise_name(words)):
        return [key]
    if len(words) > LONGEST_KEYWORD:
        return []
    pieces = re.split(r"[\s()（）&＆+:：]+", words)
    return [synonyms[normal] for piece in pieces if (normal := normalise_name(piece)) in synonyms]
