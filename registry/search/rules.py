"""What counts as the same text, how it is cut into terms, and which parts of it a query marks.

The same terms go to SQLite and to PostgreSQL, so that a search finds the same records on both. Words of
scripts that put spaces between them are kept whole. Runs of the others are cut into overlapping pairs, and
the last character stands alone after them: 立法院 becomes 立法 法院 院. So any part of a run, of two
characters or more, is a phrase of neighbouring pairs, and a single character begins some term.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise

from opencc import OpenCC

MOST_TERMS = 16_000
"""Terms kept of one text: PostgreSQL counts positions up to 16,383 and would join false neighbours after."""
MOST_PHRASES = 12
LONGEST_WORD = 60
"""Characters of a word that are told apart: PostgreSQL refuses terms of 2 kB."""
SHORTEST_PREFIX = 3
"""Letters from which a word of a query also finds longer words: "map" finds "maps", "ma" does not."""

# Indic, Thai, Lao, Tibetan and Burmese; 々 and 〇; kana and bopomofo; Han; Hangul.
_UNSPACED = (
    "\u0900-\u109f\u3005\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af"
)
_RUN = re.compile(f"([{_UNSPACED}]+)|[^\\W_{_UNSPACED}]+")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]")
_KANA_VOICING = "\u3099\u309a"


@cache
def _variants() -> OpenCC:
    return OpenCC("tw2s")


class _Folding(dict[int, str]):
    """A table for ``str.translate`` that works a character out the first time it is met."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKD", chr(code)).casefold()
        plain = unicodedata.normalize("NFC", "".join(c for c in plain if not _is_accent(c)))
        folded = "".join(_variants().convert(c) if _HAN.match(c) else c for c in plain)
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
    """Terms that must stand side by side; the last may be the beginning of a longer one."""

    terms: tuple[str, ...]
    is_prefix: bool = False


def index_terms(text: str) -> str:
    """Give the terms of a text in their order, joined by spaces: at most `MOST_TERMS` of them."""
    terms: list[str] = []
    for run, is_unspaced in _runs(text):
        terms += [*_pairs(run), run[-1]] if is_unspaced else [run]
        if len(terms) >= MOST_TERMS:
            break
    return " ".join(terms[:MOST_TERMS])


def query_terms(text: str) -> list[Phrase]:
    """Give the phrases that a record must all hold to be found, at most `MOST_PHRASES`, none twice."""
    return list(dict.fromkeys(_phrase(run, is_unspaced) for run, is_unspaced in _runs(text)))[:MOST_PHRASES]


def latin_words(terms: str) -> set[str]:
    """Pick out of indexed terms the words that a reader may mistype: Latin, of three letters or more."""
    words = (term for term in terms.split(" ") if len(term) >= SHORTEST_PREFIX)
    return {word for word in words if word.isascii() and not word.isdigit()}


def highlight(text: str, query: str) -> list[tuple[str, bool]]:
    """Cut a text, as it was written, into pieces, each with whether the query found it."""
    marker = _marker(query)
    if marker is None or not text:
        return [(text, False)] if text else []
    folded = [_FOLDING[ord(character)] for character in text]
    origin = [place for place, letters in enumerate(folded) for _ in letters]
    pieces: list[tuple[str, bool]] = []
    end = 0
    for hit in marker.finditer("".join(folded)):
        start, stop = max(origin[hit.start()], end), origin[hit.end() - 1] + 1
        pieces += [(text[end:start], False), (text[start:stop], True)]
        end = max(stop, end)
    pieces.append((text[end:], False))
    return [(piece, is_hit) for piece, is_hit in pieces if piece]


def excerpt(text: str, query: str, *, length: int = 160) -> list[tuple[str, bool]]:
    """Give about ``length`` characters around the first hit in a text, highlighted, with cut ends marked."""
    pieces = highlight(" ".join(text.split()), query)
    starts = [0, *accumulate(len(piece) for piece, _ in pieces)]
    first = next((start for start, (_, is_hit) in zip(starts, pieces, strict=False) if is_hit), 0)
    begin = max(0, min(first - length // 4, starts[-1] - length))
    cut = [
        (piece[max(0, begin - start) : begin + length - start], is_hit)
        for start, (piece, is_hit) in zip(starts, pieces, strict=False)
        if begin < start + len(piece) and start < begin + length
    ]
    before = [("…", False)] if begin > 0 else []
    after = [("…", False)] if begin + length < starts[-1] else []
    return [*before, *cut, *after]


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    for run in _RUN.finditer(fold(text)):
        is_unspaced = run[1] is not None
        yield (run[0] if is_unspaced else run[0][:LONGEST_WORD]), is_unspaced


def _pairs(run: str) -> list[str]:
    return [first + second for first, second in pairwise(run)]


def _phrase(run: str, is_unspaced: bool) -> Phrase:
    if is_unspaced:
        return Phrase(tuple(_pairs(run))) if len(run) > 1 else Phrase((run,), is_prefix=True)
    return Phrase((run,), is_prefix=len(run) >= SHORTEST_PREFIX)


def _marker(query: str) -> re.Pattern[str] | None:
    """Build the pattern of the query's runs: words from their beginning, other scripts anywhere."""
    runs = list(dict.fromkeys(_runs(query)))[:MOST_PHRASES]
    whole = [re.escape(run) for run, is_unspaced in runs if is_unspaced]
    words = [
        f"(?<![^\\W_{_UNSPACED}]){re.escape(run)}"
        + (f"[^\\W_{_UNSPACED}]*" if len(run) >= SHORTEST_PREFIX else f"(?![^\\W_{_UNSPACED}])")
        for run, is_unspaced in runs
        if not is_unspaced
    ]
    return re.compile("|".join(sorted(whole + words, key=len, reverse=True))) if runs else None
