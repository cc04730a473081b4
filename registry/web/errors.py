"""Errors that a person reads: what happened, and what to do. One place turns them into a page or a problem document."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any, ClassVar

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from msgspec import Meta

from registry.web.i18n import gettext as _
from registry.web.render import PageHead, render

PROBLEM_JSON = "application/problem+json"


class FieldError(msgspec.Struct):
    """What is wrong with one parameter or field."""

    name: Annotated[str, Meta(description="The parameter or field.", examples=["limit"])]
    detail: Annotated[str, Meta(description="What is wrong with it.", examples=["Expected `int` <= 100"])]


class RegistryError(Exception):
    """Something a person asked for cannot be done. The message, already in their language, says what to do.

    ``errors`` says it again for each field or parameter at fault.
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST

    def __init__(self, message: str, *, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(message)
        self.errors = errors


class NotFound(RegistryError):
    """No such record, or none that this reader may see."""

    status = HTTPStatus.NOT_FOUND


class BadInput(RegistryError):
    """The request cannot be understood as it is."""


class Problem(msgspec.Struct, kw_only=True):
    """A problem document (RFC 9457)."""

    type: Annotated[
        str, Meta(description="`about:blank`: the status says all.", examples=["about:blank"])
    ] = "about:blank"
    title: Annotated[str, Meta(description="The status in words.", examples=["Bad Request"])]
    status: Annotated[int, Meta(description="The HTTP status.", examples=[400])]
    detail: Annotated[
        str, Meta(description="What happened and what to do, in the reader's language.",
                  examples=["Some parameters cannot be used as they are."]),
    ]
    instance: Annotated[str, Meta(description="The path that was asked for.", examples=["/api/v1/events"])]
    errors: Annotated[Sequence[FieldError], Meta(description="Each parameter at fault.")] = ()


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Turn any exception into the page or problem document that fits who asked."""
    status, detail = _status_and_detail(error)
    if wants_json(request):
        problem = Problem(
            title=status.phrase, status=status, detail=detail, instance=request.url.path, errors=_field_errors(error),
        )
        headers = error.headers if isinstance(error, HTTPException) else None
        return Response(msgspec.json.encode(problem), status_code=status, media_type=PROBLEM_JSON, headers=headers)
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
        if isinstance(error, ValidationException) and error.extra:
            return status, _("Some parameters cannot be used as they are.")
        if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return status, error.detail
    return HTTPStatus.INTERNAL_SERVER_ERROR, _(
        "Something broke on our side. Nothing you typed was changed; please try again in a moment."
    )


def _field_errors(error: Exception) -> Sequence[FieldError]:
    if isinstance(error, RegistryError):
        return error.errors
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        return [FieldError(name=one.get("key", ""), detail=one["message"]) for one in error.extra]
    return ()
