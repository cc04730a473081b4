"""Statements that are built once, when their module is imported, and found at once among the compiled ones."""

from typing import Any, TypeVar

from sqlalchemy import Executable

Statement = TypeVar("Statement", bound=Executable)


class _Key(tuple[Any, ...]):
    """A key that knows its hash: Python's tuples add up theirs at each look into a dict."""

    _hash: int

    def __new__(cls, parts: tuple[Any, ...]) -> "_Key":
        key = super().__new__(cls, parts)
        key._hash = hash(parts)
        return key

    def __hash__(self) -> int:
        return self._hash


def prepared(statement: Statement) -> Statement:
    """The statement itself, cheaper to execute.

    SQLAlchemy finds its compiled form by a key of all its parts, nested tuples of some thousand values: to hash it
    anew took 80 microseconds for an event's page and 320 for a project's, as long as the database takes. A statement
    made from this one (``where``, ``limit``) has a key of its own, as always.
    """
    made: Any = statement  # how SQLAlchemy keeps what it makes once is its own affair; its version is locked
    key = made._generate_cache_key()  # noqa: SLF001
    known = key._replace(key=_Key(key.key))
    made._set_memoized_attribute("_generate_cache_key", lambda: known)  # noqa: SLF001
    return statement
