"""What counts as the same text, how it is cut into terms, and which parts of it a query marks.

The same terms go to SQLite and to PostgreSQL, so that a search finds the same records on both. Words of
scripts that put spaces between them are kept whole. Runs of the others are cut into overlapping pairs, and
the last character stands alone after them: 立法院 becomes 立法 法院 院. So any part of a run, of two
characters or more, is a phrase of neighbouring pairs, and a single character begins some term.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from opencc import OpenCC
from rapidfuzz import process
from rapidfuzz.distance import OSA

from registry.activity.rules import Subject

SEARCHED = (
    Subject.PROJECT, Subject.EVENT, Subject.CASE, Subject.TAG, Subject.NEED, Subject.CHAPTER, Subject.PERSON,
    Subject.PROPOSAL,
)
"""The kinds of record that search knows, in the order in which equally good hits are shown."""
MOST_TERMS = 16_000
"""Terms kept of one text: PostgreSQL counts positions up to 16,383 and would join false neighbours after."""
MOST_PHRASES = 12
LONGEST_QUERY = 200
"""Characters of a query that count."""
LONGEST_WORD = 60
"""Characters of a word that are told apart: PostgreSQL refuses terms of 2 kB."""
SHORTEST_WORD = 3
"""Letters from which a word also finds longer ones ("map" finds "maps", "ma" does not) and can be mistyped."""
LONG_WORD = 6

# Indic, Thai, Lao, Tibetan and Burmese; 々 and 〇; kana and bopomofo; Han; Hangul.
UNSPACED = (
    "\u0900-\u109f\u3005\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af"
)
_RUN = re.compile(f"([{UNSPACED}]+)|[^\\W_{UNSPACED}]+")
_KANA_VOICING = "\u3099\u309a"


def is_unspaced(character: str) -> bool:
    """Whether a character is of a script that puts no spaces between words."""
    return re.match(f"[{UNSPACED}]", character) is not None


@cache
def _variants() -> OpenCC:
    return OpenCC("tw2s")


@cache
def _with_variants() -> frozenset[str]:
    """The Han characters that become another one: few of those there are, and asking takes 5 microseconds each."""
    return frozenset(key for _longest, _shortest, table in _variants().dict_cache.values() for key in table)


class _Folding(dict[int, str]):
    """A table for ``str.translate`` that works a character out the first time it is met."""

    def __init__(self) -> None:
        self.uneven: set[str] = set()
        """The characters met so far that do not become exactly one."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKD", chr(code)).casefold()
        plain = unicodedata.normalize("NFC", "".join(c for c in plain if not _is_accent(c)))
        folded = "".join(_variants().convert(c) if c in _with_variants() else c for c in plain)
        if len(folded) != 1:
            self.uneven.add(chr(code))
        self[code] = folded
        return folded


def _is_accent(character: str) -> bool:
    spoken_with_its_letter = character < "\u0900" or character in _KANA_VOICING
    return spoken_with_its_letter and unicodedata.category(character) == "Mn"


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Take away what readers do not mean by a difference.

    Upper case, accents, full width, compatibility forms, and traditional, simplified or regional variants of
    Han characters. It works character by character and not by words, so that a part of a text folds to a part
    of the folded text; a pair of characters that only a sentence could tell apart (發 and 髮) becomes one.
    """
    return text.translate(_FOLDING)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms that must stand side by side; those of a prefix may be the beginning of a longer one.

    ``is_word`` says that it is one word of a script with spaces, which people lengthen and mistype.
    """

    terms: tuple[str, ...]
    is_prefix: bool = False
    is_word: bool = False


def index_terms(text: str) -> str:
    """Give the terms of a text in their order, joined by spaces: at most `MOST_TERMS` of them."""
    terms: list[str] = []
    for run, is_unspaced in _runs(text):
        terms += [*_pairs(run), run[-1]] if is_unspaced else [run]
        if len(terms) >= MOST_TERMS:
            break
    return " ".join(terms[:MOST_TERMS])


def marker_of(subject: Subject) -> str:
    """Give the term that stands in every record of a kind; no text folds to it, for § is part of no word."""
    return f"§{subject}"


def query_terms(text: str) -> list[Phrase]:
    """Give the phrases that a record must all hold to be found, at most `MOST_PHRASES`, none twice."""
    return [_phrase(run, is_unspaced) for run, is_unspaced in _query_runs(text)]


def spaced_words(terms: str) -> set[str]:
    """Pick out of indexed terms the words that a reader may lengthen or mistype; pairs are too short to be one."""
    return {term for term in terms.split(" ") if len(term) >= SHORTEST_WORD and term.isalnum() and not term.isdigit()}


def nearest_word(typed: str, words: Sequence[str]) -> str | None:
    """Choose what a reader meant, the earliest of the nearest: one slip in a short word, two in a longer one.

    A slip is a letter missing, added, changed, or two swapped.
    """
    slips = 1 if len(typed) < LONG_WORD else 2
    found = process.extractOne(typed, words, scorer=OSA.distance, score_cutoff=slips)
    return found[0] if found else None


def with_words_replaced(text: str, meant: Mapping[str, str]) -> str:
    """Write a query again with some of its words, given folded, replaced."""
    return _RUN.sub(lambda run: meant.get(fold(run[0]), run[0]), text)


def highlight(text: str, query: str) -> list[tuple[str, bool]]:
    """Cut a text, as it was written, into pieces, each with whether the query found it."""
    return _cut(text, _hits(text, query), 0, len(text))


def excerpt(text: str, query: str, *, length: int = 160) -> list[tuple[str, bool]]:
    """Give about ``length`` characters around the first hit in a text, highlighted, with cut ends marked."""
    hits = _hits(text, query)
    begin = max(0, min((hits[0][0] if hits else 0) - length // 4, len(text) - length))
    end = begin + length
    before = [("…", False)] if begin > 0 else []
    after = [("…", False)] if end < len(text) else []
    return [*before, *_cut(text, hits, begin, end), *after]


def told_best(texts: Mapping[str, str], query: str, language: str) -> tuple[str, str] | None:
    """Choose of a text in several languages the one to show, as (language tag, text); none where there is no text.

    The reader's, unless only another holds what was looked for.
    """
    told = sorted(((tag, text) for tag, text in texts.items() if text), key=lambda one: one[0] != language)
    if len(told) < 2:  # noqa: PLR2004 — nothing to choose
        return told[0] if told else None
    return next((one for one in told if _hits(one[1], query)), told[0])


def _hits(text: str, query: str) -> list[tuple[int, int]]:
    """Where the query's runs stand in a text, as places in the text as it was written, none inside another."""
    marker = _marker(query)
    if marker is None:
        return []
    hits = [hit.span() for hit in marker.finditer(fold(text))]
    if _FOLDING.uneven.isdisjoint(text):
        return hits
    origin = [place for place, character in enumerate(text) for _ in _FOLDING[ord(character)]] + [len(text)]
    spans: list[tuple[int, int]] = []
    for start, end in hits:
        # Two hits may share a character of the text, such as a ligature; accents go with their letter.
        first = max(origin[start], spans[-1][1] if spans else 0)
        stop = max(origin[end], origin[end - 1] + 1)
        if first < stop:
            spans.append((first, stop))
    return spans


def _cut(text: str, hits: Sequence[tuple[int, int]], begin: int, end: int) -> list[tuple[str, bool]]:
    pieces: list[tuple[str, bool]] = []
    place = begin
    for start, stop in hits:
        if stop > begin and start < end:
            pieces += [(text[place:start], False), (text[max(start, begin) : min(stop, end)], True)]
            place = min(stop, end)
    pieces.append((text[place:end], False))
    return [(piece, is_hit) for piece, is_hit in pieces if piece]


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    for run in _RUN.finditer(fold(text)):
        is_unspaced = run[1] is not None
        yield (run[0] if is_unspaced else run[0][:LONGEST_WORD]), is_unspaced


def _query_runs(query: str) -> list[tuple[str, bool]]:
    return list(dict.fromkeys(_runs(query[:LONGEST_QUERY])))[:MOST_PHRASES]


def _pairs(run: str) -> list[str]:
    return [first + second for first, second in pairwise(run)]


def _phrase(run: str, is_unspaced: bool) -> Phrase:
    if is_unspaced:
        return Phrase(tuple(_pairs(run))) if len(run) > 1 else Phrase((run,), is_prefix=True)
    return Phrase((run,), is_word=True)


@lru_cache(maxsize=256)
def _marker(query: str) -> re.Pattern[str] | None:
    """Build the pattern of the query's runs: words from their beginning, other scripts anywhere."""
    runs = _query_runs(query)
    whole = [re.escape(run) for run, is_unspaced in runs if is_unspaced]
    words = [
        f"(?<![^\\W_{UNSPACED}]){re.escape(run)}"
        + (f"[^\\W_{UNSPACED}]*" if len(run) >= SHORTEST_WORD else f"(?![^\\W_{UNSPACED}])")
        for run, is_unspaced in runs
        if not is_unspaced
    ]
    return re.compile("|".join(sorted(whole + words, key=len, reverse=True))) if runs else None
