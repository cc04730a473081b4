"""The English name of a project: what it becomes as address, channel and repository, and whether one can say it."""

import re
import unicodedata
from typing import NamedTuple

LONGEST_CHANNEL = 80
LONGEST_REPOSITORY = 100
LONGEST_EASY = 40
_VOWELS = frozenset("aeiouy")
_MOST_CONSONANTS = 4
_MOST_VOWELS = 3
_EXTENDED = {"ß": "ss", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "œ": "oe"}
# Pairs that English writes for one sound: "through" has no four consonants to the tongue.
_ONE_SOUND = re.compile(r"tch|sch|ght|[ctspgw]h|ck|ng|(.)\1")


class NameForms(NamedTuple):
    """A name as the systems around a project write it; each empty when nothing of the name is left there."""

    slug: str
    channel: str
    repository: str


def name_forms(name: str) -> NameForms:
    """What an English name becomes: letters and digits of ASCII in lower case, "-" between the words."""
    words = re.findall(r"[a-z0-9]+", _ascii(name))
    joined = "-".join(words)
    return NameForms(
        slug=joined[:LONGEST_CHANNEL].rstrip("-"), channel=joined[:LONGEST_CHANNEL].rstrip("-"),
        repository=joined[:LONGEST_REPOSITORY].rstrip("-"),
    )


def is_pronounceable(name: str) -> bool:
    """Whether each word can be said aloud: it has a vowel, and no long run of consonants or of vowels.

    A word of up to three letters may be spelled out ("NGO"), and numbers are always said.
    """
    words = re.findall(r"[a-z]+", _ascii(name))
    return bool(words) and all(_is_sayable(word) for word in words)


def is_short_enough(name: str) -> bool:
    """Whether people will type it without a mistake."""
    return 0 < len(name_forms(name).slug) <= LONGEST_EASY


def _is_sayable(word: str) -> bool:
    if len(word) <= 3:  # noqa: PLR2004 — the docstring says it
        return True
    sounds = _ONE_SOUND.sub("t", word)
    runs = re.findall(r"[aeiouy]+|[^aeiouy]+", sounds)
    return any(run[0] in _VOWELS for run in runs) and all(
        len(run) <= (_MOST_VOWELS if run[0] in _VOWELS else _MOST_CONSONANTS) for run in runs
    )


def _ascii(text: str) -> str:
    plain = "".join(_EXTENDED.get(c, c) for c in unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
