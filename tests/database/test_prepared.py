"""Statements that are built once."""

from typing import Any

from sqlalchemy import select

from registry.database.prepared import prepared
from registry.projects.models import Project


def test_a_prepared_statement_has_the_key_of_any_like_it_and_one_made_from_it_a_key_of_its_own() -> None:
    statement = prepared(select(Project.slug))
    narrower = statement.where(Project.hidden_at.is_(None))

    assert (_key(statement), hash(_key(statement))) == (_key(select(Project.slug)), hash(_key(select(Project.slug))))
    assert _key(narrower) == _key(select(Project.slug).where(Project.hidden_at.is_(None)))
    assert _key(narrower) != _key(statement)


def _key(statement: Any) -> Any:
    return statement._generate_cache_key().key
