"""Files from outside, opened with care: bounded size, broken text told row by row, no YAML tricks."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from registry.activity.rules import Subject
from registry.exchange.encodings import decode_text
from registry.exchange.problems import Place, Problems, UnreadableSource

LARGEST_FILE = 64 * 1024 * 1024
LARGEST_YAML = 1024 * 1024
"""Bytes. YAML is read slowly and by hand-written files only."""


class CsvRow:
    """A line of a CSV file, asked by column name; names are compared without blanks at the ends and case."""

    def __init__(self, names: Sequence[str], cells: Sequence[str], place: Place) -> None:
        self.place = place
        self._names = names
        self._header = [name.casefold() for name in names]
        self._cells = cells

    def all(self, *columns: str) -> list[str]:
        """The filled cells under any of the columns; a name may stand above several of them, or be empty."""
        return [cell for name, cell in zip(self._header, self._cells, strict=True) if name in columns and cell.strip()]

    def filled(self) -> dict[str, str]:
        """The filled cells by column name as written."""
        return {name: cell for name, cell in zip(self._names, self._cells, strict=True) if cell}

    def beneath(self, heading: str) -> list[str]:
        """The filled cells under any column whose name begins with ``heading``."""
        return self.all(*(name for name in self._header if name.startswith(heading.casefold())))

    def first(self, *columns: str) -> str:
        """The first filled cell under any of the columns, or an empty text."""
        return next(iter(self.all(*columns)), "")


def read_csv(path: Path, kind: Subject, *, needed: Sequence[str], problems: Problems) -> Iterator[CsvRow]:
    """Read a CSV file with a header, whose lines speak of ``kind``; empty lines are passed over.

    A line with another number of cells than the header, or with text that is not UTF-8, is refused and told.

    Raises:
        UnreadableSource: no file, too large, no CSV, or one of the ``needed`` columns is missing.
    """
    lines = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
    try:
        header = [name.strip() for name in next(lines, [])]
        if missing := [name for name in needed if name not in {known.casefold() for known in header}]:
            message = f"{path}: these columns are missing: {', '.join(missing)}"
            raise UnreadableSource(message)
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            problems.rows_read += 1
            place = problems.at(path.name, f"line {lines.line_num}", kind)
            broken = [name for name, cell in zip(header, cells, strict=False) if not is_text(cell)]
            if len(cells) != len(header):
                place.refuse("", ",".join(cells), f"the line has {len(cells)} cells, the header {len(header)}")
            elif broken:
                place.refuse(broken[0], ascii(cells[header.index(broken[0])]), "not UTF-8 text")
            else:
                yield CsvRow(header, cells, place)
    except csv.Error as error:
        message = f"{path}: not readable as CSV: {error}"
        raise UnreadableSource(message) from error


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        UnreadableSource: no file, too large, not JSON.
    """
    try:
        return json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        message = f"{path}: not readable as JSON: {error}"
        raise UnreadableSource(message) from error


def read_yaml(path: Path) -> Any:
    """Read a YAML file of plain values.

    Raises:
        UnreadableSource: no file, too large, not YAML, or it uses tags or aliases.
    """
    try:
        return yaml.load(read_text(path, largest=LARGEST_YAML), _PlainLoader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        message = f"{path}: not readable as YAML: {' '.join(str(error).split())}"
        raise UnreadableSource(message) from error


def read_text(path: Path, *, largest: int = LARGEST_FILE) -> str:
    """Read a text file (``decode_text`` says how). Broken bytes become lone surrogates, for ``is_text`` to find.

    Raises:
        UnreadableSource: no such file, or more bytes than ``largest``.
    """
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except OSError as error:
        message = f"{path}: {error.strerror or error}"
        raise UnreadableSource(message) from error
    if len(content) > largest:
        message = f"{path}: larger than {largest // 1024 // 1024} MB"
        raise UnreadableSource(message)
    return decode_text(content)


def is_text(value: str) -> bool:
    """Whether a text was UTF-8 and holds no NUL."""
    return "\x00" not in value and not any("\ud800" <= c <= "\udfff" for c in value)


class _PlainLoader(yaml.SafeLoader):
    """A safe loader without aliases: nested ones grow a small file without bound."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            message = "aliases are not allowed"
            raise yaml.YAMLError(message)
        return super().compose_node(parent, index)
