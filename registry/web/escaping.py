"""Text as HTML, several hundred times a page: what MarkupSafe does with fewer questions asked."""

from typing import Any

from markupsafe import (  # type: ignore[attr-defined]
    Markup,
    _escape_inner,  # what escape() asks for a plain text; the version is locked
    escape,
)


def markup(html: str) -> Markup:
    """Text that is HTML already."""
    return str.__new__(Markup, html)


def escaped(value: Any) -> str:
    """A value as HTML, for the page's own text: what becomes part of it need not say that it is markup."""
    kind = type(value)
    if kind is Markup:
        return value  # type: ignore[no-any-return]
    if kind is str:
        return _escape_inner(value)
    return str(value) if kind is int else escape(value)
