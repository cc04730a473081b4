"""Filling what is empty and leaving what is there: later sources never overwrite."""

from typing import Any

from sqlalchemy.orm import attributes

from registry.database.base import Base
from registry.web.markdown import render_markdown

Changes = dict[str, Any]


def fill(record: Base, changes: Changes, **values: Any) -> None:
    """Set each column that is empty to its value, and note it in ``changes``. Zero and False are not empty."""
    for column, value in values.items():
        if value not in (None, "") and getattr(record, column) in (None, ""):
            setattr(record, column, value)
            changes[column] = value


def fill_texts(record: Base, changes: Changes, **texts: dict[str, str]) -> None:
    """Add the languages that a text column lacks; where a column has an ``_html`` twin, render them for it."""
    for column, by_language in texts.items():
        present: dict[str, str] = getattr(record, column) or {}
        added = {language: text for language, text in by_language.items() if text and not present.get(language)}
        if not added:
            continue
        _extend(record, column, added)
        if hasattr(record, f"{column}_html"):
            _extend(record, f"{column}_html", {tag: render_markdown(text) for tag, text in added.items()})
        changes[column] = added


def _extend(record: Base, column: str, added: dict[str, str]) -> None:
    setattr(record, column, {**(getattr(record, column) or {}), **added})
    attributes.flag_modified(record, column)
