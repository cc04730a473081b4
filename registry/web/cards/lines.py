"""Breaks a text in any mixture of scripts into lines of a width. Pure: the one who draws says how wide words are."""

import unicodedata
from collections.abc import Callable, Iterator

ELLIPSIS = "…"
_NEVER_FIRST = frozenset(
    "。，、；：？！）」』】》〉〕］｝…—～·‧．％‰℃”’)]}!?,.;:%ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
)
_NEVER_LAST = frozenset("（「『【《〈〔［｛“‘([{＄$#＃@")
_AFTER_THESE = frozenset("/-–_")
_NOT_BEFORE_ELLIPSIS = "。，、；：,.;:·…—-– " + "".join(_NEVER_LAST)
_SHARES = (0.5, 0.6, 0.7, 0.8, 0.9)

Measure = Callable[[str], float]


def wrap(text: str, measure: Measure, *, width: float, most: int) -> list[str]:
    """At most ``most`` lines, each within ``width``; where more is left to say the last one ends in an ellipsis.

    No line begins with a closing mark or ends with an opening one, and Latin words stay whole unless one alone is
    wider than a line.
    """
    lines: list[str] = []
    rest = [part for piece in pieces(text) for part in _within(piece, measure, width)]
    while rest and len(lines) < most:
        line, length = "", 0.0
        while rest and (not line or length + measure(rest[0].rstrip()) <= width):
            length += measure(rest[0])
            line += rest.pop(0)
        lines.append(line)
    if rest and lines:
        lines[-1] = _shortened(lines[-1] + rest[0], measure, width)
    return [line.rstrip() for line in lines]


def evenly(text: str, measure: Measure, *, width: float, most: int) -> list[str]:
    """The same in lines of about one length, where all of it fits: no last line of a single word."""
    lines = wrap(text, measure, width=width, most=most + 1)
    if len(lines) > most:
        return lines
    narrower = (wrap(text, measure, width=width * share, most=len(lines) + 1) for share in _SHARES)
    return next((one for one in narrower if len(one) == len(lines)), lines)


def pieces(text: str) -> Iterator[str]:
    """The parts between which a line may end, each with the spaces that follow it. Together they are the text."""
    piece = ""
    for letter in " ".join(text.split()):
        if piece and _may_end(piece, letter):
            yield piece
            piece = ""
        piece += letter
    if piece:
        yield piece


def _may_end(piece: str, first: str) -> bool:
    last = piece[-1]
    if first == " " or first in _NEVER_FIRST or unicodedata.category(first).startswith("M"):
        return False
    if last == " ":
        return piece[-2:-1] not in _NEVER_LAST
    return last not in _NEVER_LAST and (last in _AFTER_THESE or _is_wide(last) or _is_wide(first))


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def _within(piece: str, measure: Measure, width: float) -> Iterator[str]:
    """A piece, cut between letters where it alone is wider than a line."""
    part = ""
    for letter in piece:
        if part and letter != " " and measure(part + letter) > width:
            yield part
            part = ""
        part += letter
    yield part


def _shortened(line: str, measure: Measure, width: float) -> str:
    """A line with an ellipsis: whole words go first, letters where only one word is left."""
    parts = list(pieces(line)) or [""]
    while len(parts) > 1 and measure(_ended("".join(parts))) > width:
        parts.pop()
    short = "".join(parts)
    while short and measure(_ended(short)) > width:
        short = short[:-1]
    return _ended(short)


def _ended(line: str) -> str:
    return line.rstrip(_NOT_BEFORE_ELLIPSIS) + ELLIPSIS
