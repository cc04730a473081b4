"""What was typed into a form that could not be taken at all: the error page carries it, to be sent again."""

from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection

from registry.web.typed import MOST_FIELDS, ONCE_FIELD

FORM_FIELD = "form_token"
_STATE = "kept_fields"
_OURS = frozenset({FORM_FIELD, ONCE_FIELD})

KeptFields = list[tuple[str, str]]


async def keep_fields(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Remember the fields of the form that a request carries, for its error page.

    Call it only for a form that a page of ours has sent: what is kept gets a token of ours again.
    """
    if isinstance(connection, Request):
        sent = [(name, text) for name, text in (await connection.form()).multi_items() if isinstance(text, str)]
        connection.scope.setdefault("state", {})[_STATE] = [
            (name, text) for name, text in sent[:MOST_FIELDS] if name not in _OURS
        ]


def kept_fields(connection: ASGIConnection[Any, Any, Any, Any]) -> KeptFields:
    """The fields that the request's form held; none for a request without a form of ours."""
    kept: KeptFields = connection.scope.get("state", {}).get(_STATE, [])
    return kept
