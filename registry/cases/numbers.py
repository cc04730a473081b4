"""Which numbers a text states, and which of them have no source. Pure: no I/O.

Years, dates, ordinals ("hackathon 8", 第 8 次) and numbers within names ("g0v", "3D") state no quantity. Numbers in
words (two, 兩) are not found: they are a reviewer's to see.
"""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

AROUND = 40
_LEFT_ALONE = re.compile(
    r"```.*?```|`[^`\n]*`"  # code
    r"|!?\[[^\]\n]*\]\([^)\n]*\)"  # a link or a picture: its words are looked at apart
    r"|https?://\S+|<[^>\n]+>",
    re.DOTALL,
)
_LINK_WORDS = re.compile(r"\[([^\]\n]*)\]\([^)\n]*\)")
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\.?"
)
_YEAR = r"(?:19|20)\d\d"
_TIMES = re.compile(
    rf"(?<![\d.,]){_YEAR}\s*[-/.]\s*\d{{1,2}}(?:\s*[-/.]\s*\d{{1,2}})?(?!\d|%|\s*[多餘幾]?\s*[萬億千百])"
    rf"|(?:{_YEAR}\s*年)?\s*\d{{1,2}}\s*月(?:\s*\d{{1,2}}\s*[日號])?(?!\s*[間後內])"
    rf"|{_YEAR}\s*年"
    rf"|\b\d{{1,2}}\s+{_MONTH}(?:,?\s+{_YEAR})?|\b{_MONTH}\s+\d{{1,2}}(?:,\s*{_YEAR})?(?!\d)|\b{_MONTH}\s+{_YEAR}"
    rf"|(?<![\d.,]){_YEAR}s?(?![\d%]|[.,]\d|\s*[萬億千百人個份頁格筆])"
    r"|\b\d{1,2}:\d\d\b",
    re.IGNORECASE,
)
_ORDINALS = re.compile(
    r"第\s*\d+|\bCC[ -]BY[A-Z -]*\d\.\d"
    r"|\b\d+(?:st|nd|rd|th)\b|(?:hackathon|number|no\.|version|chapter|article|stage|v|#)\s*\d+(?:\.\d+)*",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?<![A-Za-z\d_.,])(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<part>\.\d+)?"
    r"(?![\d_]|[A-Z](?![A-Za-z])|[A-Za-z]\d|(?!thousand|million|billion)[A-Za-z]{3})(?:\s*[多餘幾]?\s*(?P<times>萬|億|千萬|百萬|千|百|thousand|million|billion))?",
)
_TIMES_AS_MUCH = {
    "百": 10**2, "千": 10**3, "萬": 10**4, "百萬": 10**6, "千萬": 10**7, "億": 10**8, "thousand": 10**3,
    "million": 10**6, "billion": 10**9,
}
_COMMA = re.compile(r"(?<![０-９])，|，(?![０-９]{3})")
"""The comma of a Chinese sentence, which NFKC would make one within a number (24 小時，9,379 人)."""
_LIST_MARK = re.compile(r"^\s*\d+[.)]\s", re.MULTILINE)


class FoundNumber(NamedTuple):
    """A number as it is written, what it comes to, and the words around it."""

    written: str
    value: Decimal
    around: str


def numbers_in(text: str) -> list[FoundNumber]:
    """The quantities that a Markdown text states, in its order."""
    plain = _shown(_in_one_form(text))
    searched = _blanked(_blanked(_blanked(plain, _LIST_MARK), _TIMES), _ORDINALS)
    return [
        FoundNumber(match[0].strip(), _value(match), _around(plain, match.start(), match.end()))
        for match in _NUMBER.finditer(searched)
    ]


def value_of(written: str) -> Decimal | None:
    """What the first number in a field comes to, whatever it looks like; none where there is none."""
    match = _NUMBER.search(_in_one_form(written))
    return _value(match) if match else None


def without_source(text: str, sourced: Iterable[str]) -> list[FoundNumber]:
    """The numbers of a text that are none of those that have a source (as they are written), each once."""
    known = {value for one in sourced if (value := value_of(one)) is not None}
    found = {number.value: number for number in reversed(numbers_in(text)) if number.value not in known}
    return list(reversed(found.values()))


def pictures_in(text: str) -> list[str]:
    """The addresses of the pictures in a Markdown text."""
    return re.findall(r"!\[[^\]\n]*\]\(\s*<?([^\s)>]+)", text)


def _in_one_form(text: str) -> str:
    return unicodedata.normalize("NFKC", _COMMA.sub("、", text))


def _shown(text: str) -> str:
    """A Markdown text as a reader sees it: links as their words, without code and addresses."""
    return _LEFT_ALONE.sub(lambda found: _words_of(found[0]), text)


def _words_of(piece: str) -> str:
    link = _LINK_WORDS.fullmatch(piece)
    return link[1] if link else " "


def _blanked(text: str, pattern: re.Pattern[str]) -> str:
    """The text with what the pattern finds replaced by as many spaces, so that places stay."""
    return pattern.sub(lambda found: " " * len(found[0]), text)


def _value(match: re.Match[str]) -> Decimal:
    plain = Decimal(match["digits"].replace(",", "") + (match["part"] or ""))
    return plain * _TIMES_AS_MUCH.get(match["times"] or "", 1)


def _around(text: str, begin: int, end: int) -> str:
    before = "…" if begin > AROUND else ""
    after = "…" if end + AROUND < len(text) else ""
    return before + " ".join(text[max(0, begin - AROUND) : end + AROUND].split()) + after
