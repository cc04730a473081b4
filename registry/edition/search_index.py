"""What the edition searches in: the terms of the registry's own search, in JSON files of which a query needs a few."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

from registry.database.types import Localized
from registry.edition.queries import FoundRecord
from registry.search.rules import (
    LONGEST_QUERY,
    LONGEST_WORD,
    MOST_PHRASES,
    SHORTEST_WORD,
    UNSPACED,
    fold,
    is_unspaced,
    told_best,
)

FOLDER = "search/index"
IN_TEXT = 1_000
"""Places from here on are in a record's texts, those before in its names."""
_PLACES_A_SHARD = 5_000
_MOST_SHARDS = 512
_RECORDS_A_FILE = 200
_SHOWN_CHARACTERS = 200
_FOLDED_RANGES = ((0x80, 0x3000), (0x3400, 0xA000), (0xF900, 0xFB00))
_VOICING = "\u3099\u309a"

Shard = dict[str, list[list[int]]]
"""Terms, each with where it stands: the number of a record, then the places in it."""


class SearchIndex:
    """Gathers records, the heaviest first; their number is their place in that order."""

    def __init__(self) -> None:
        self._terms: Shard = defaultdict(list)
        self._places = 0
        self._records: list[tuple[FoundRecord, Mapping[str, str]]] = []

    def add(self, record: FoundRecord, files: Mapping[str, str]) -> None:
        """Take a record in; ``files`` are those of its page, by language."""
        number = len(self._records)
        self._records.append((record, files))
        terms = record.text_terms.split(" ")[1:]  # the first one marks its kind
        in_names = min(len(record.title_terms.split(" ")) - 1, IN_TEXT)
        places: dict[str, list[int]] = defaultdict(list)
        for place, term in enumerate(terms):
            places[term].append(place if place < in_names else IN_TEXT + place)
        for term, where in places.items():
            self._terms[term].append([number, *where])
        self._places += len(terms)

    def files(self, languages: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Every file of the index, by its name below `FOLDER`."""
        count = max(1, min(self._places // _PLACES_A_SHARD, _MOST_SHARDS))
        yield "index.json", _json(_rules() | {"shards": count, "records_a_file": _RECORDS_A_FILE})
        shards: list[Shard] = [{} for _ in range(count)]
        for term in sorted(self._terms):
            shards[shard_of(term, count)][term] = self._terms[term]
        for number, shard in enumerate(shards):
            yield f"terms-{number}.json", _json(shard)
        for language in languages:
            for start in range(0, len(self._records), _RECORDS_A_FILE):
                rows = [_row(*one, language) for one in self._records[start : start + _RECORDS_A_FILE]]
                yield f"records-{language}-{start // _RECORDS_A_FILE}.json", _json(rows)


def shard_of(term: str, count: int) -> int:
    """Which of so many shards holds a term. Terms that begin alike are together, for one may ask for a beginning."""
    second = 0 if len(term) == 1 or is_unspaced(term[0]) else ord(term[1])
    return (ord(term[0]) * 31 + second) % count


@cache
def _rules() -> dict[str, Any]:
    """What the script must know of how texts are folded and cut."""
    return {
        "unspaced": UNSPACED, "longest_query": LONGEST_QUERY, "longest_word": LONGEST_WORD,
        "shortest_word": SHORTEST_WORD, "most_phrases": MOST_PHRASES, "in_text": IN_TEXT,
        "folded": dict(_folded_otherwise(chr(code) for start, end in _FOLDED_RANGES for code in range(start, end))),
    }


def _folded_otherwise(characters: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The characters that a browser, left to Unicode alone, would fold to something else."""
    for character in characters:
        folded = fold(character)
        if folded != fold_by_unicode(character):
            yield character, folded


def fold_by_unicode(character: str) -> str:
    """What the script makes of a character that it has no word of ours for."""
    plain = unicodedata.normalize("NFKD", character).lower()
    kept = (c for c in plain if not (unicodedata.category(c) == "Mn" and (c < "\u0900" or c in _VOICING)))
    return unicodedata.normalize("NFC", "".join(kept))


def _row(record: FoundRecord, files: Mapping[str, str], language: str) -> list[str]:
    title = _told(record.title, language)
    others = " · ".join(text for text in record.title.values() if text and text != title)
    return [
        record.subject.value, files[language], title, others, record.dated_on.isoformat() if record.dated_on else "",
        _told(record.body, language)[:_SHOWN_CHARACTERS],
    ]


def _told(texts: Localized, language: str) -> str:
    return (told_best(texts, "", language) or ("", ""))[1]


def _json(content: Any) -> bytes:
    return msgspec.json.encode(content)
