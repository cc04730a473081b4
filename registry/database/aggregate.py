"""Child rows gathered by the database into one JSON column, so that a page needs one statement and not one a table."""

from functools import cache
from typing import Any, TypeVar

import msgspec
from sqlalchemy import JSON, Dialect, ScalarSelect, Select, Text, TypeDecorator, select, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

Row = TypeVar("Row", bound=msgspec.Struct)


def gathered(form: type[Row], rows: Select[*tuple[Any, ...]]) -> ScalarSelect[list[Row]]:
    """The rows of a correlated select as a list of ``form``, in the select's order; ``[]`` when there are none.

    The select's column names are the form's field names. Gather days and numbers, not instants: the databases write
    those differently into JSON.
    """
    inner = rows.subquery()
    return select(type_coerce(_JsonRows(*inner.c), _Rows(form))).scalar_subquery()


class _Rows(TypeDecorator[list[Any]]):
    """JSON text that is read straight into structs."""

    impl = Text
    cache_ok = True

    def __init__(self, form: type[msgspec.Struct]) -> None:
        super().__init__()
        self.form = form

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[Any]:  # noqa: ARG002
        return _decoder(self.form).decode(value or "[]")


@cache
def _decoder(form: type[msgspec.Struct]) -> msgspec.json.Decoder[list[Any]]:
    # Not strict: SQLite writes truth as 0 and 1.
    return msgspec.json.Decoder(list[form], strict=False)  # type: ignore[valid-type]


class _JsonRows(FunctionElement[str]):
    """Every row of the columns' table as a JSON object, in one array."""

    inherit_cache = True


@compiles(_JsonRows, "sqlite")
def _for_sqlite(element: _JsonRows, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_group_array(json_object({_pairs(element, compiler, options, json_column='json({})')}))"


@compiles(_JsonRows, "postgresql")
def _for_postgresql(element: _JsonRows, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_agg(json_build_object({_pairs(element, compiler, options, json_column='{}')}))::text"


def _pairs(element: _JsonRows, compiler: SQLCompiler, options: dict[str, Any], *, json_column: str) -> str:
    return ", ".join(
        f"'{column.key}', {json_column if isinstance(column.type, JSON) else '{}'}".format(
            compiler.process(column, **options)
        )
        for column in element.clauses
    )
