"""Errors that a person reads: what happened, and what to do. One place turns them into a page or a problem document."""

from http import HTTPStatus
from typing import Any, ClassVar

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from registry.web.i18n import gettext as _
from registry.web.render import PageHead, render

PROBLEM_JSON = "application/problem+json"


class RegistryError(Exception):
    """Something a person asked for cannot be done. The message, already in their language, says what to do."""

    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST


class NotFound(RegistryError):
    """No such record, or none that this reader may see."""

    status = HTTPStatus.NOT_FOUND


class BadInput(RegistryError):
    """The request cannot be understood as it is."""


class Problem(msgspec.Struct, omit_defaults=True):
    """A problem document (RFC 9457)."""

    title: str
    status: int
    detail: str
    type: str = "about:blank"
    instance: str | None = None


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Turn any exception into the page or problem document that fits who asked."""
    status, detail = _status_and_detail(error)
    if wants_json(request):
        problem = Problem(title=status.phrase, status=status, detail=detail, instance=request.url.path)
        return Response(msgspec.json.encode(problem), status_code=status, media_type=PROBLEM_JSON)
    return render(
        request, "error.html", status_code=status, status=status, detail=detail,
        page=PageHead(title=_("Not found") if status == HTTPStatus.NOT_FOUND else status.phrase, is_indexed=False),
    )


def wants_json(request: Request[Any, Any, Any]) -> bool:
    """Whether the asker reads problem documents rather than pages."""
    return request.url.path.startswith("/api/") or "json" in request.headers.get("accept", "")


def _status_and_detail(error: Exception) -> tuple[HTTPStatus, str]:
    if isinstance(error, RegistryError):
        return error.status, str(error)
    if isinstance(error, HTTPException):
        status = HTTPStatus(error.status_code)
        if status == HTTPStatus.NOT_FOUND:
            return status, _("There is nothing at this address. It may have moved, or the address has a typing error.")
        if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return status, error.detail
    return HTTPStatus.INTERNAL_SERVER_ERROR, _(
        "Something broke on our side. Nothing you typed was changed; please try again in a moment."
    )
