"""Which format a file is of, as far as its name and its first words tell."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from registry.exchange.formats import Format
from registry.exchange.own_formats import FILES
from registry.exchange.parts import objects
from registry.exchange.problems import UnreadableSource
from registry.exchange.sources import read_json, read_text

_BY_NAME = {
    "g0v.json": Format.G0V_JSON, "civic.json": Format.CIVIC_JSON, "publiccode.yml": Format.PUBLICCODE,
    "publiccode.yaml": Format.PUBLICCODE,
}
_BY_ENDING = {
    ".ics": Format.ICALENDAR, ".csv": Format.TABLE, ".tsv": Format.TABLE, ".yml": Format.PUBLICCODE,
    ".yaml": Format.PUBLICCODE,
}
_BY_FIELD = (
    ("resources", Format.DRIBDAT), ("@type", Format.HACKATHON_JSON), ("@graph", Format.HACKATHON_JSON),
    ("g0v_json", Format.G0V_JSON), ("bornAt", Format.CIVIC_JSON), ("politicalEntity", Format.CIVIC_JSON),
    ("author", Format.G0V_JSON),
)


def recognise(path: Path) -> Format | None:
    """The format of a file, or of a folder that was packed; none when nothing tells."""
    if not path.is_dir():
        return _of_file(path)
    files = [file for file in sorted(path.rglob("*")) if file.is_file()]
    own = {file.suffix for file in files if file.parent == path and file.stem in FILES}
    if ".csv" in own:
        return Format.CSV
    if ".json" in own:
        return Format.JSON
    return next((found for file in files if (found := _of_file(file))), None)


def _of_file(path: Path) -> Format | None:
    name = path.name.casefold()
    if name in _BY_NAME or path.suffix.casefold() in _BY_ENDING:
        return _BY_NAME.get(name) or _BY_ENDING[path.suffix.casefold()]
    try:
        if path.suffix.casefold() in {".json", ".jsonld"}:
            return next(_of_fields(read_json(path)), None)
        return Format.ICALENDAR if read_text(path).lstrip().startswith("BEGIN:VCALENDAR") else None
    except UnreadableSource:
        return None


def _of_fields(content: Any) -> Iterator[Format]:
    for one in list(objects(content))[:1]:
        facts: Mapping[str, Any] = one
        yield from (source for field, source in _BY_FIELD if field in facts)
