"""Formats ``json`` and ``csv`` of our own: a folder with one file for each kind of row, written and read back whole."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

from registry.activity.rules import Subject
from registry.exchange.problems import Place, Problems, UnreadableSource
from registry.exchange.rows import (
    AnyRow,
    CaseRow,
    EventRow,
    PersonRow,
    ProjectRow,
    ProposalRow,
    Row,
    Sourced,
    TagRow,
)
from registry.exchange.sources import is_text, read_csv, read_json

FILES: dict[str, type[AnyRow]] = {
    "tags": TagRow, "people": PersonRow, "events": EventRow, "projects": ProjectRow, "proposals": ProposalRow,
    "cases": CaseRow,
}
_KINDS = {
    "tags": Subject.TAG, "people": Subject.PERSON, "events": Subject.EVENT, "projects": Subject.PROJECT,
    "proposals": Subject.PROPOSAL, "cases": Subject.CASE,
}
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "'")
"""A cell that begins so, after any spaces, may be run as a formula by a spreadsheet (full width where Chinese or
Japanese is spoken; the last is our own mark): it gets a leading ``'``."""

Written = Mapping[str, Sequence[Row]]


def read_own_json(folder: Path, problems: Problems) -> Iterator[Sourced[AnyRow]]:
    """Read the folder's JSON files: each a list, one object a record.

    Raises:
        UnreadableSource: none of the files is there, or one is no JSON list.
    """
    for path, shape in _present(folder, "json"):
        entries = read_json(path)
        if not isinstance(entries, list):
            message = f"{path}: a list was expected"
            raise UnreadableSource(message)
        for number, entry in enumerate(entries, start=1):
            problems.rows_read += 1
            place = problems.at(path.name, f"entry {number}", _KINDS[path.stem])
            if isinstance(entry, dict):
                yield from _row(place, entry, shape)
            else:
                place.refuse("", entry, "an object was expected")


def read_own_csv(folder: Path, problems: Problems) -> Iterator[Sourced[AnyRow]]:
    """Read the folder's CSV files: a text in several languages has a column for each ("name.en"), a list is JSON.

    Raises:
        UnreadableSource: none of the files is there, or one has no column ``slug``.
    """
    for path, shape in _present(folder, "csv"):
        forms = _forms(shape)
        for line in read_csv(path, _KINDS[path.stem], needed=("slug",), problems=problems):
            try:
                entry = _entry(line.filled(), forms)
            except ValueError as error:
                line.place.refuse("", "", f"a list is written as JSON: {error}")
                continue
            yield from _row(line.place, entry, shape)


def write_own_json(folder: Path, written: Written) -> None:
    """Write the rows as JSON, one record a line, in the order given, so that a change is easy to read."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in written.items():
        lines = ",\n".join(msgspec.json.encode(row, order="deterministic").decode() for row in rows)
        (folder / f"{name}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def write_own_csv(folder: Path, written: Written, *, for_spreadsheets: bool = False) -> None:
    """Write the rows as CSV in UTF-8, with a byte order mark ``for_spreadsheets``. No cell can run as a formula."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in written.items():
        flat = [dict(_cells(row)) for row in rows]
        used = sorted({column for cells in flat for column in cells})
        fields = FILES[name].__struct_fields__
        columns = [column for field in fields for column in used if column.split(".")[0] == field]
        lines = io.StringIO(newline="")
        table = csv.DictWriter(lines, columns or ["slug"], restval="")
        table.writeheader()
        table.writerows(flat)
        encoding = "utf-8-sig" if for_spreadsheets else "utf-8"
        (folder / f"{name}.csv").write_bytes(lines.getvalue().encode(encoding))


class _Form(Enum):
    """How a field stands in a CSV file."""

    PLAIN = 1
    COLUMNS = 2
    JSON = 3


def _forms(shape: type[AnyRow]) -> dict[str, _Form]:
    """The form of each field: a mapping has a column for each key, a list is JSON in one cell."""
    described = inspect.type_info(shape)
    forms = {inspect.DictType: _Form.COLUMNS, inspect.VarTupleType: _Form.JSON}
    fields = described.fields if isinstance(described, inspect.StructType) else ()
    return {field.name: forms.get(type(field.type), _Form.PLAIN) for field in fields}


def _cells(row: Row) -> Iterator[tuple[str, str]]:
    for name, value in msgspec.to_builtins(row).items():
        if isinstance(value, dict):
            yield from ((f"{name}.{key}", guarded(text)) for key, text in value.items())
        elif isinstance(value, list | tuple):
            yield name, msgspec.json.encode(value).decode()
        elif isinstance(value, bool):
            yield name, "true" if value else "false"
        elif value is not None:
            yield name, guarded(value) if isinstance(value, str) else str(value)


def _entry(cells: Mapping[str, str], forms: Mapping[str, _Form]) -> dict[str, Any]:
    """Put a line's filled cells together to what the JSON format holds."""
    entry: dict[str, Any] = {}
    for column, cell in cells.items():
        name, _, key = column.partition(".")
        if forms.get(name) is _Form.JSON:
            entry[name] = msgspec.json.decode(cell)
        elif key:
            entry.setdefault(name, {})[key] = unguarded(cell)
        else:
            entry[column] = unguarded(cell)
    return entry


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if _may_run(cell) else cell


def unguarded(cell: str) -> str:
    """A cell as it was before it was guarded."""
    return cell[1:] if cell.startswith("'") and _may_run(cell[1:]) else cell


def _may_run(cell: str) -> bool:
    return cell.lstrip().startswith(_FORMULA)


def _present(folder: Path, ending: str) -> list[tuple[Path, type[AnyRow]]]:
    files = [(folder / f"{name}.{ending}", shape) for name, shape in FILES.items()]
    if not any(path.exists() for path, _ in files):
        message = f"{folder}: a folder with {', '.join(path.name for path, _ in files)} was expected"
        raise UnreadableSource(message)
    return [(path, shape) for path, shape in files if path.exists()]


def _row(place: Place, entry: dict[str, Any], shape: type[AnyRow]) -> Iterator[Sourced[AnyRow]]:
    known = {name: value for name, value in entry.items() if name in shape.__struct_fields__}
    for name in entry.keys() - known.keys():
        place.remark(str(name), entry[name], "not a field of this format: left out")
    slug = known.get("slug")
    if not isinstance(slug, str) or not slug or not is_text(slug):
        place.refuse("slug", ascii(slug), "this field must be filled in")
        return
    try:
        yield Sourced(place, slug, msgspec.convert(known, shape, strict=False))
    except msgspec.ValidationError as error:
        reason, _, field = str(error).partition(" - at ")
        place.refuse(field.strip("`$."), known.get(field.strip("`$."), ""), reason)
