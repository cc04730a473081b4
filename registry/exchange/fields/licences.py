"""Licences in people's words, as SPDX where that is certain."""

import re
import unicodedata
from typing import NamedTuple

# What people write, in the form of ``_canonical``, beside the SPDX identifiers themselves.
_SAYINGS = {
    "mit license": "MIT",
    "the mit license": "MIT",
    "cc0": "CC0-1.0",
    "cc 0": "CC0-1.0",
    "cc0 1.0 universal": "CC0-1.0",
    "cc zero": "CC0-1.0",
    "apache 2": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "mpl 2": "MPL-2.0",
    "政府資料開放授權條款": "OGDL-Taiwan-1.0",  # there is one version of it
    "政府資料開放授權條款 第1版": "OGDL-Taiwan-1.0",
}
_IDENTIFIERS = [
    "MIT",
    "ISC",
    "X11",
    "0BSD",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "Apache-2.0",
    "MPL-2.0",
    "EUPL-1.2",
    "Unlicense",
    "WTFPL",
    "Zlib",
    "GPL-2.0-only",
    "GPL-2.0-or-later",
    "GPL-3.0-only",
    "GPL-3.0-or-later",
    "LGPL-2.1-only",
    "LGPL-2.1-or-later",
    "LGPL-3.0-only",
    "LGPL-3.0-or-later",
    "AGPL-3.0-only",
    "AGPL-3.0-or-later",
    "CC0-1.0",
    "OGDL-Taiwan-1.0",
    "ODbL-1.0",
    "ODC-By-1.0",
    "PDDL-1.0",
]
KNOWN_LICENCES = (*_IDENTIFIERS, "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0")
"""SPDX identifiers to offer."""
_SPDX = {identifier.casefold().replace("-", " "): identifier for identifier in _IDENTIFIERS} | _SAYINGS
_CREATIVE_COMMONS = re.compile(r"cc ((?:by|nc|nd|sa)(?: (?:by|nc|nd|sa)){0,2}) ([1-4])\.0")
_CREATIVE_COMMONS_ORDER = ("by", "nc", "nd", "sa")
_LOOKS_LIKE_ONE = re.compile(r"(?:cc|cc0|[al]?gpl|gnu|bsd|mit|mpl|apache|gfdl|pdm|odbl|ogdl|政府資料)\b")
_FOR_CONTENT = re.compile(r"CC-|OGDL|OD|PDDL")
_CODE_LABELS = ["程式碼", "程式", "code", "source", "網站", "frontend", "backend", "軟體"]
_CONTENT_LABELS = [
    "文字",
    "文本",
    "文件",
    "內容",
    "資料",
    "圖文",
    "翻譯",
    "圖",
    "content",
    "data",
    "document",
    "docs",
    "text",
]
_LABEL = re.compile(rf"({'|'.join((*_CODE_LABELS, *_CONTENT_LABELS))})(?:授權)?\s*:?\s*", re.IGNORECASE)
_LABEL_BEHIND = re.compile(r"(.+?)\s*\(([^()]+)\)")
_SEPARATORS = re.compile(r"[/,、;\n+&]|\s(?=(?:資料|文字|內容|程式)\s)")
_NOTHING = {"", "?", "-", "n/a", "na", "none", "tbd"}


class Licences(NamedTuple):
    """What a licence cell says: for code, for content, and for one of them without saying which.

    Each piece is an SPDX identifier where certain, else the words as written.
    """

    code: tuple[str, ...]
    content: tuple[str, ...]
    unsorted: tuple[str, ...]


def spdx_of(text: str) -> str | None:
    """Give the SPDX identifier that the words certainly mean, or None.

    Not certain: a Creative Commons or BSD licence without its version, a GPL that says neither "only" nor
    "or later", and anything with other words around it.
    """
    words = _canonical(text)
    if identifier := _SPDX.get(words):
        return identifier
    found = _CREATIVE_COMMONS.fullmatch(words)
    parts = found[1].split() if found else []
    if found is None or "by" not in parts or {"nd", "sa"} <= set(parts) or len(set(parts)) < len(parts):
        return None
    return "-".join(("CC", *(p.upper() for p in _CREATIVE_COMMONS_ORDER if p in parts), f"{found[2]}.0"))


def read_licences(text: str) -> Licences:
    """Sort a free-text cell into licences for code and for content.

    A label decides ("程式 MIT", "content: CC0"); without one, a certain software licence is for code and a
    certain content licence for content; CC0 fits both. If any piece is plain prose the whole cell stays one
    unsorted piece, as written.
    """
    whole = " ".join(text.split())
    text = unicodedata.normalize("NFKC", text)
    if whole.casefold() in _NOTHING:
        return Licences((), (), ())
    code: list[str] = []
    content: list[str] = []
    unsorted: list[str] = []
    for piece in filter(None, (" ".join(piece.split()) for piece in _SEPARATORS.split(text))):
        label, words = _without_label(piece)
        identifier = spdx_of(words)
        if identifier is None and not _LOOKS_LIKE_ONE.match(_canonical(words)):
            return Licences((), (), (whole,))
        if label in _CODE_LABELS:
            code.append(identifier or words)
        elif label:
            content.append(identifier or words)
        elif identifier is None or identifier == "CC0-1.0":
            unsorted.append(identifier or words)
        else:
            (content if _FOR_CONTENT.match(identifier) else code).append(identifier)
    return Licences(tuple(dict.fromkeys(code)), tuple(dict.fromkeys(content)), tuple(dict.fromkeys(unsorted)))


def _canonical(text: str) -> str:
    """Fold case, width, hyphens and "v2", so that spellings of one licence meet."""
    words = unicodedata.normalize("NFKC", text).casefold()
    words = re.sub(r"\bcc(?=by)", "cc ", words)
    words = re.sub(r"[-–—_]|\bversion\b|\bv(?=\d)", " ", words)
    return " ".join(words.strip(" .").split())


def _without_label(piece: str) -> tuple[str, str]:
    """Take "code:" from the front or "(code)" from the end of a piece; the label is "" without one."""
    if (found := _LABEL.match(piece)) and found.end() < len(piece):
        return found[1].casefold(), piece[found.end() :]
    if (found := _LABEL_BEHIND.fullmatch(piece)) and (label := _LABEL.fullmatch(found[2])):
        return label[1].casefold(), found[1]
    return "", piece
