"""Rows as JSON holds them, and back: what audit rows and merges keep of columns of any type."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Column, Table

from registry.database.types import UTCDateTime

Values = Mapping[str, Any]


def as_json(row: Values) -> dict[str, Any]:
    """The values of a row as JSON holds them."""
    # SQLAlchemy's names are of a kind of text that JSON encoders refuse.
    return {str(name): msgspec.to_builtins(value) for name, value in row.items()}


def from_json(table: Table, row: Values) -> dict[str, Any]:
    """Values of a row of ``table`` from what ``as_json`` made of them."""
    return {name: _value(table.c[name], value) for name, value in row.items()}


def _value(column: Column[Any], value: Any) -> Any:
    kind = _kind(column)
    return value if value is None or kind is None else msgspec.convert(value, kind, strict=False)


def _kind(column: Column[Any]) -> type[Any] | None:
    """The type that JSON does not know, of a column's values."""
    if isinstance(column.type, UTCDateTime):
        return datetime
    if isinstance(column.type, sa.Date):
        return date
    if isinstance(column.type, sa.LargeBinary):
        return bytes
    enum_class = getattr(column.type, "enum_class", None)
    return enum_class if enum_class is not None and issubclass(enum_class, Enum) else None
