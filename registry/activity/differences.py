"""What differs between two versions of a value, in pieces that a page can mark. Pure."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

LONGEST_COMPARED = 3_000
"""Words up to which two texts are compared word by word; longer ones are shown whole, one after the other."""
# A word of a script with spaces, one Han character, a run of spaces, or any other single character.
_PIECE = re.compile(r"[^\W㐀-鿿豈-﫿]+|\s+|.", re.DOTALL)


class Mark(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    ADDED = "added"
    GONE = "gone"


class Piece(NamedTuple):
    """A stretch of text and what became of it."""

    mark: Mark
    text: str


class Difference(NamedTuple):
    """How one value, or its text in one language (a tag, else empty), changed."""

    language: str
    pieces: list[Piece]


def differences(before: Any, after: Any) -> list[Difference]:
    """How a value changed: a text word by word, texts by language each for itself, a list row by row."""
    if _is_localized(before) and _is_localized(after):
        before, after = before or {}, after or {}
        return [
            Difference(tag, text_pieces(before.get(tag) or "", after.get(tag) or ""))
            for tag in dict.fromkeys([*before, *after]) if before.get(tag) != after.get(tag)
        ]
    if isinstance(before, list) or isinstance(after, list):
        return [Difference("", [piece]) for piece in _row_pieces(before or [], after or [])]
    return [Difference("", text_pieces(plain_value(before), plain_value(after)))]


def text_pieces(before: str, after: str) -> list[Piece]:
    """Both texts in one, in pieces: joined without those added they are ``before``, without those gone ``after``."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    if max(len(old), len(new)) > LONGEST_COMPARED:
        return _present(Piece(Mark.GONE, before), Piece(Mark.ADDED, after))
    pieces: list[Piece] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            pieces += _present(Piece(Mark.SAME, "".join(old[old_from:old_to])))
        else:
            pieces += _present(
                Piece(Mark.GONE, "".join(old[old_from:old_to])), Piece(Mark.ADDED, "".join(new[new_from:new_to]))
            )
    return pieces


def plain_value(value: Any) -> str:
    """A value of any kind as one line of text; nothing is an empty one."""
    if value is None or value in ({}, []):
        return ""
    if isinstance(value, dict):
        return " · ".join(filter(None, (plain_value(part) for part in value.values())))
    if isinstance(value, list):
        return ", ".join(plain_value(part) for part in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _row_pieces(before: Sequence[Any], after: Sequence[Any]) -> Iterator[Piece]:
    """Rows that are gone, then rows that are new; those that stay say nothing."""
    old = {msgspec.json.encode(row, order="deterministic"): row for row in before}
    new = {msgspec.json.encode(row, order="deterministic"): row for row in after}
    yield from (Piece(Mark.GONE, plain_value(row)) for key, row in old.items() if key not in new)
    yield from (Piece(Mark.ADDED, plain_value(row)) for key, row in new.items() if key not in old)


def _is_localized(value: Any) -> bool:
    return value is None or (isinstance(value, dict) and all(isinstance(text, str) for text in value.values()))


def _present(*pieces: Piece) -> list[Piece]:
    return [piece for piece in pieces if piece.text]
