"""The letters of the cards: which file of the shipped fonts has a letter, and words as runs of one file each.

Noto Sans TC comes as about a hundred files, each with some of its letters; Noto Emoji as ten. What neither has is
shown as the mark that printers set for a type that they lack.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

import msgspec
from PIL import ImageFont
from PIL.ImageFont import FreeTypeFont

from registry.paths import FONTS

FAMILIES = ("noto-sans-tc", "noto-emoji")
MISSING = "〓"
_NOBODY_HAS = "\U0010ffff"
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff]")
"""Marks that have no picture of their own: directions, joiners, and the skin of the letter before."""


def runs(text: str) -> Iterator[tuple[Path, str]]:
    """The text in parts that one file can draw, in its order; control characters are left out."""
    seen = "".join(letter for letter in _UNSEEN.sub("", text) if letter.isprintable())
    lettered = ((_file_of(letter), letter) for letter in seen)
    pairs = ((file or _missing_mark(), letter if file else MISSING) for file, letter in lettered)
    for file, group in groupby(pairs, key=lambda pair: pair[0]):
        yield file, "".join(letter for _, letter in group)


def files_for(text: str) -> list[Path]:
    """The files that together have the letters of a text, in the order in which it asks for them."""
    return list(dict.fromkeys(file for file, _ in runs("".join(dict.fromkeys(text)))))


@lru_cache(maxsize=96)
def font(file: Path, size: int, weight: int) -> FreeTypeFont:
    """A file's letters in a size and weight. A loaded one holds a tenth of a megabyte, so only so many are kept."""
    loaded = ImageFont.truetype(file, size)
    loaded.set_variation_by_axes([weight])
    return loaded


@cache
def _files() -> dict[int, tuple[Path, ...]]:
    """Which files say that they have a letter, by its code point, the best one first."""
    found: dict[int, tuple[Path, ...]] = {}
    for family in FAMILIES:
        said = msgspec.json.decode((FONTS / family / "unicode.json").read_bytes(), type=dict[str, str])
        for name, ranges in reversed(said.items()):  # of the files with a letter the last is the one for its script
            file = FONTS / family / f"{family}-{name.strip('[]')}-wght-normal.woff2"
            for one in ranges.split(","):
                first, _, last = one.strip().removeprefix("U+").partition("-")
                for code in range(int(first, 16), int(last or first, 16) + 1):
                    found[code] = (*found.get(code, ()), file)
    return found


@lru_cache(maxsize=20_000)
def _file_of(letter: str) -> Path | None:
    return next((file for file in _files().get(ord(letter), ()) if _draws(file, letter)), None)


def _draws(file: Path, letter: str) -> bool:
    """Whether a file has the letter: the ranges say more than is there, and a lacking one is drawn as an empty box."""
    face = font(file, 20, 400)
    return bool(letter.isspace() or bytes(face.getmask(letter)) != bytes(face.getmask(_NOBODY_HAS)))


@cache
def _missing_mark() -> Path:
    file = _file_of(MISSING)
    if file is None:
        raise FileNotFoundError(f"{FONTS} holds no font with {MISSING}. Run `make setup`.")
    return file
