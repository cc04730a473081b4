"""Reading one file leniently: each field that can be understood, and a fault for each that cannot."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import msgspec
import yaml

from registry.exchange.fields.licences import spdx_of
from registry.exchange.fields.text import public_line
from registry.links import clean_url

LARGEST_FILE = 100_000
"""Characters. The longest of these files in the wild has a few thousand."""
LONGEST_LICENCE = 200
_LONGEST_GIVEN = 60
_BETWEEN_LICENCES = re.compile(r"\)?\s+(?:AND|OR|WITH)\s+\(?")
_LOOKS_LIKE_SPDX = re.compile(r"[A-Za-z][A-Za-z0-9+]*(?:-[A-Za-z0-9.+]+){0,4}-[0-9][A-Za-z0-9.+-]{0,40}")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class FaultKind(StrEnum):
    """What is wrong with a field, or with a whole file; each has its sentence in ``registry.repositories.words``."""

    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    NO_FIELDS = "no_fields"
    MISSING = "missing"
    NO_TEXT = "no_text"
    TOO_LONG = "too_long"
    NO_ADDRESS = "no_address"
    NO_LIST = "no_list"
    NO_LICENCE = "no_licence"
    OTHER_WORD = "other_word"


class Fault(msgspec.Struct, frozen=True):
    """One thing that cannot be understood: in which ``file`` and ``field``, and what stands there.

    ``words`` are those that could stand there instead, ``number`` is a line or a length.
    """

    file: str
    field: str
    kind: FaultKind
    given: str = ""
    words: tuple[str, ...] = ()
    number: int = 0


class Fields:
    """The fields of one file, read by dotted path. ``faults`` grows with each that cannot be understood."""

    def __init__(self, file: str, content: Mapping[Any, Any], faults: list[Fault], *, within: str = "") -> None:
        self.file = file
        self.faults = faults
        self._content = content
        self._within = within

    def wrong(self, field: str, kind: FaultKind, given: Any = "", words: Collection[str] = (), number: int = 0) -> None:
        """Note what is wrong with a field."""
        self.faults.append(Fault(self.file, self._within + field, kind, shown(given), tuple(words), number))

    def need(self, *fields: str) -> None:
        """Note which of these fields are missing."""
        for field in fields:
            if self._at(field) in (None, "", [], {}):
                self.wrong(field, FaultKind.MISSING)

    def text(self, field: str, *, longest: int = 0) -> str:
        """A line of text; one that is too long is noted and given all the same."""
        value = self._at(field)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.wrong(field, FaultKind.NO_TEXT, value)
            return ""
        line = public_line(value[:LARGEST_FILE])
        if longest and len(line) > longest:
            self.wrong(field, FaultKind.TOO_LONG, line, number=longest)
        return line

    def address(self, field: str) -> str:
        """A web address."""
        text = self.text(field)
        if not text:
            return ""
        address = web_address(text)
        if not address:
            self.wrong(field, FaultKind.NO_ADDRESS, text)
        return address

    def word(self, field: str, words: Collection[str]) -> str:
        """One of the words that the format knows, whatever its capitals."""
        text = self.text(field)
        found = next((word for word in words if word.casefold() == text.casefold()), "")
        if text and not found:
            self.wrong(field, FaultKind.OTHER_WORD, text, words=words)
        return found

    def licence(self, *fields: str) -> str:
        """The SPDX identifier in the first of ``fields`` that holds a licence: a text, a list of them, or objects."""
        for field in fields:
            for written in self._licences(field):
                if identifier := _spdx(written):
                    return identifier
                if "://" not in written:
                    self.wrong(field, FaultKind.NO_LICENCE, written)
        return ""

    def _licences(self, field: str) -> list[str]:
        value = self._at(field)
        named = [
            next((one[key] for key in ("name", "type") if key in one), "") if isinstance(one, Mapping) else one
            for one in (value if isinstance(value, list) else [value])
        ]
        return [line for one in named if isinstance(one, str) and (line := public_line(one[:LARGEST_FILE]))]

    def words(self, field: str) -> list[str]:
        """A list of lines."""
        return [public_line(one[:LARGEST_FILE]) for one in self._list(field) if isinstance(one, str) and one.strip()]

    def each(self, field: str) -> Iterator["Fields"]:
        """The objects of a list; what is no object there is left out."""
        for number, one in enumerate(self._list(field), 1):
            if isinstance(one, Mapping):
                yield Fields(self.file, one, self.faults, within=f"{self._within}{field}[{number}].")

    def _list(self, field: str) -> list[Any]:
        value = self._at(field)
        if value is None or isinstance(value, list):
            return value or []
        self.wrong(field, FaultKind.NO_LIST, value)
        return []

    def keys(self, field: str) -> list[str]:
        """The names of the fields of an object."""
        value = self._at(field)
        return [str(key) for key in value] if isinstance(value, Mapping) else []

    def _at(self, field: str) -> Any:
        value: Any = self._content
        for step in field.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        return value


def read_fields(file: str, text: str, faults: list[Fault]) -> Fields | None:
    """The fields of a file; none, and a fault, when it cannot be read at all."""
    if len(text) > LARGEST_FILE:
        faults.append(Fault(file, "", FaultKind.TOO_LARGE, number=LARGEST_FILE // 1_000))
        return None
    try:
        content = _yaml(text) if file.endswith((".yml", ".yaml", ".cff")) else json.loads(text.removeprefix("\ufeff"))
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        faults.append(Fault(file, "", FaultKind.UNREADABLE, number=_line_of(error)))
        return None
    if not isinstance(content, Mapping):
        faults.append(Fault(file, "", FaultKind.NO_FIELDS))
        return None
    return Fields(file, content, faults)


def web_address(text: str) -> str:
    """An address in one form, ``https://`` added where nothing else is written; empty when it is none."""
    try:
        address = clean_url(text if "://" in text else f"https://{text}")
    except ValueError:
        return ""
    return address if "." in (urlsplit(address).hostname or "") else ""


def shown(given: Any) -> str:
    """What stands in a field, short enough for a sentence; nothing of what is no plain value."""
    if not isinstance(given, str | int | float | bool):
        return ""
    text = public_line(str(given)[:LARGEST_FILE])
    return text if len(text) <= _LONGEST_GIVEN else text[:_LONGEST_GIVEN] + "…"


def _spdx(written: str) -> str:
    """A licence as SPDX writes it, one we know or one that looks like it; empty for words of another kind."""
    pieces = _BETWEEN_LICENCES.split(written.strip("() "))
    if len(pieces) > 1:
        return written[:LONGEST_LICENCE] if all(_spdx(piece) for piece in pieces) else ""
    return spdx_of(written) or (written if _LOOKS_LIKE_SPDX.fullmatch(written) else "")


def _yaml(text: str) -> Any:
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 — it is the safe one, in C where that is there


def _line_of(error: Exception) -> int:
    if isinstance(error, json.JSONDecodeError):
        return error.lineno
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else 1
