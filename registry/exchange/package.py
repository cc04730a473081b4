"""The public record as a data package (Frictionless, version 1): CSV files, and their schema beside them."""

import csv
import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from msgspec import inspect

from registry.exchange.own_formats import FILES, Written, write_own_csv

DESCRIPTION = "datapackage.json"
_EARLIEST_IN_ZIP = (1980, 1, 1, 0, 0, 0)
_TYPES: Mapping[type[inspect.Type], str] = {
    inspect.IntType: "integer", inspect.BoolType: "boolean", inspect.DateType: "date",
    inspect.DateTimeType: "datetime", inspect.VarTupleType: "array",
}
_KEYS: Mapping[str, Mapping[str, str]] = {
    "proposals": {"event": "events", "project": "projects"}, "cases": {"project": "projects"},
}
"""Which columns name rows of which other file."""


def describe_package(folder: Path, written: Written, *, base_url: str, community: str, now: datetime) -> None:
    """Write the description beside the CSV files of a folder that hold the rows."""
    description = {
        "profile": "tabular-data-package", "name": "public-record", "title": community, "homepage": base_url,
        "created": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "resources": [_resource(folder, name) for name in written],
    }
    text = msgspec.json.format(msgspec.json.encode(description), indent=2)
    (folder / DESCRIPTION).write_bytes(text + b"\n")


def zipped_package(written: Written, *, base_url: str, community: str, now: datetime) -> bytes:
    """The same as one zip file. Made of the same record on the same day (UTC) it is the same, byte for byte."""
    now = now.astimezone(UTC).replace(hour=0, minute=0, second=0)
    archive = io.BytesIO()
    with TemporaryDirectory(prefix="keng-package-") as folder:
        write_own_csv(Path(folder), written)
        describe_package(Path(folder), written, base_url=base_url, community=community, now=now)
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as files:
            for path in sorted(Path(folder).iterdir()):
                files.writestr(
                    zipfile.ZipInfo(path.name, _EARLIEST_IN_ZIP), path.read_bytes(), zipfile.ZIP_DEFLATED
                )
    return archive.getvalue()


def _resource(folder: Path, name: str) -> dict[str, Any]:
    path = folder / f"{name}.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        header = next(csv.reader(lines))
    types = {field.name: field for field in _fields(name)}
    schema: dict[str, Any] = {
        "fields": [_described(column, types[column.partition(".")[0]]) for column in header],
        "primaryKey": "slug", "missingValues": [""],
    }
    if keys := {column: other for column, other in _KEYS.get(name, {}).items() if column in header}:
        schema["foreignKeys"] = [
            {"fields": column, "reference": {"resource": other, "fields": "slug"}} for column, other in keys.items()
        ]
    return {
        "profile": "tabular-data-resource", "name": name, "path": path.name, "format": "csv",
        "mediatype": "text/csv", "encoding": "utf-8", "bytes": path.stat().st_size, "schema": schema,
    }


def _fields(name: str) -> tuple[inspect.Field, ...]:
    described = inspect.type_info(FILES[name])
    return described.fields if isinstance(described, inspect.StructType) else ()


def _described(column: str, field: inspect.Field) -> dict[str, Any]:
    """A column of the CSV; a text in several languages has one for each, named after it ("name.en")."""
    is_slug = column == "slug"
    kinds = field.type.types if isinstance(field.type, inspect.UnionType) else (field.type,)
    kind = "string" if "." in column else next((_TYPES[type(one)] for one in kinds if type(one) in _TYPES), "string")
    return {
        "name": column, "type": kind, **({"format": "any"} if kind == "datetime" else {}),
        **({"constraints": {"required": True, "unique": True}} if is_slug else {}),
    }
