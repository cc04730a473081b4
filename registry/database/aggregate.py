"""A record with its lists in one statement: the rows of a subselect as one value, the same on both databases."""

from typing import Any, TypeVar

import msgspec
from sqlalchemy import JSON, ColumnElement, Dialect, Select, Text, TypeDecorator, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from registry.database.types import UTCDateTime

Row = TypeVar("Row", bound=msgspec.Struct)
AnySelect = Select[*tuple[Any, ...]]


class RowsOf(TypeDecorator[list[Any]]):
    """The type of a column that holds a list of rows; each comes back as a Struct of type ``row``."""

    impl = Text
    cache_ok = True

    def __init__(self, row: type[msgspec.Struct]) -> None:
        super().__init__()
        self.row = row
        # SQLite's truth values are numbers and its dates are texts: not strict.
        self._decoder = msgspec.json.Decoder(list[row], strict=False)  # type: ignore[valid-type]

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:  # noqa: ARG002
        """Decode the rows at once, with none of SQLAlchemy's functions between; there are none in a null."""
        decode = self._decoder.decode
        return lambda value: decode(value) if value else []


class _RowsAsJson(FunctionElement[str]):
    """``json_group_array`` or ``json_agg`` of one object a row, named by the columns' keys."""

    inherit_cache = True


def json_rows(query: AnySelect, row: type[Row]) -> ColumnElement[list[Row]]:
    """A column with all the rows of ``query`` as Structs of type ``row``, in the query's order.

    The labels of the query's columns are names of the Struct's fields; a column may be ``json_rows`` itself. A query
    about each row of the one around it says so with ``correlate``.
    """
    rows = query.subquery()
    as_json = select(_RowsAsJson(*rows.c)).scalar_subquery()
    return func.coalesce(as_json, "[]", type_=RowsOf(row))


@compiles(_RowsAsJson, "sqlite")
def _for_sqlite(element: _RowsAsJson, compiler: SQLCompiler, **options: Any) -> str:
    pairs = []
    for column in element.clauses:
        value = compiler.process(column, **options)
        if isinstance(column.type, JSON | RowsOf):
            value = f"json({value})"
        elif isinstance(column.type, UTCDateTime):
            value = f"{value} || 'Z'"
        pairs.append(f"'{column.key}', {value}")
    return f"json_group_array(json_object({', '.join(pairs)}))"


@compiles(_RowsAsJson, "postgresql")
def _for_postgresql(element: _RowsAsJson, compiler: SQLCompiler, **options: Any) -> str:
    pairs = []
    for column in element.clauses:
        value = compiler.process(column, **options)
        pairs.append(f"'{column.key}', {value}{'::json' if isinstance(column.type, RowsOf) else ''}")
    return f"json_agg(json_build_object({', '.join(pairs)}))::text"
