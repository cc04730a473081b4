"""The one place where an error becomes a page or a problem document."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus
from secrets import token_hex
from typing import Annotated, Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.utils import normalize_path
from msgspec import Meta

from registry.database.away import SECONDS_UNTIL_BACK, is_away, is_full
from registry.errors import EditConflict, FieldError, RegistryError
from registry.logs import bound_id
from registry.settings import Settings
from registry.web.i18n import gettext as _
from registry.web.kept_fields import kept_fields
from registry.web.render import PageHead, render
from registry.web.request_log import route_of
from registry.web.validation import expectations

_log = logging.getLogger("keng.web")
PROBLEM_JSON = "application/problem+json"


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
    errors: Annotated[Sequence[FieldError], Meta(description="Each parameter or field at fault.")] = ()


class ConflictProblem(Problem, kw_only=True):
    """A problem document of a change that contradicts what is there by now."""

    revision: Annotated[
        int | None,
        Meta(description="The record's newest revision, where somebody else has changed it.", examples=[4]),
    ] = None


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Turn any exception into the page or problem document that fits who asked.

    What nobody expected is logged with a number that the reader sees too; nothing else of it is shown. A database that
    is away comes back: that is told by 503 and when to ask again. A full disk waits for somebody: 507.
    """
    status = _status(error)
    headers = dict(error.headers or {}) if isinstance(error, HTTPException | RegistryError) else {}
    if is_away(error):
        headers["Retry-After"] = str(SECONDS_UNTIL_BACK)
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_methods(request))
    detail = _detail(request, error, status)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        number = bound_id("request") or token_hex(8)
        _log.error("%s %s failed, report %s", request.method, route_of(request.scope), number, exc_info=error)
        detail += " " + _("If it happens again, tell us this number: %(number)s.") % {"number": number}
    errors = _field_errors(error)
    if wants_json(request):
        problem = (ConflictProblem if status == HTTPStatus.CONFLICT else Problem)(
            title=status.phrase, status=status, detail=detail, instance=request.url.path, errors=errors,
        )
        if isinstance(problem, ConflictProblem) and isinstance(error, EditConflict):
            problem.revision = error.revision
        return Response(msgspec.json.encode(problem), status_code=status, media_type=PROBLEM_JSON, headers=headers)
    page = render(
        request, "error.html", status_code=status, status=status, detail=detail, errors=errors,
        kept=kept_fields(request), again=request.url.path,
        page=PageHead(title=_title(status), is_indexed=False),
    )
    page.headers |= headers
    return page


def wants_json(request: Request[Any, Any, Any]) -> bool:
    """Whether the asker reads problem documents rather than pages."""
    return request.url.path.startswith("/api/") or "json" in request.headers.get("accept", "")


def _status(error: Exception) -> HTTPStatus:
    if isinstance(error, RegistryError):
        return error.status
    if is_away(error):
        return HTTPStatus.SERVICE_UNAVAILABLE
    if is_full(error):
        return HTTPStatus.INSUFFICIENT_STORAGE
    return HTTPStatus(error.status_code) if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR


def _title(status: HTTPStatus) -> str:
    if status == HTTPStatus.NOT_FOUND:
        return _("Not found")
    if status == HTTPStatus.GONE:
        return _("Not shown any more")
    return _("Something broke") if status >= HTTPStatus.INTERNAL_SERVER_ERROR else _("That did not work")


def _detail(request: Request[Any, Any, Any], error: Exception, status: HTTPStatus) -> str:
    if isinstance(error, RegistryError):
        return str(error)
    if is_away(error):
        return _("The database cannot be reached right now. Please try again in a moment.")
    if is_full(error):
        return _(
            "The disk of this registry is full, so nothing can be saved; nothing was changed. Whoever looks after it "
            "has to make room."
        )
    settings: Settings = request.app.state.settings
    words: dict[int, str] = {
        HTTPStatus.NOT_FOUND: _(
            "There is nothing at this address. It may have moved, or the address has a typing error."
        ),
        HTTPStatus.METHOD_NOT_ALLOWED: _("This address does not take %(method)s.") % {"method": request.method},
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _("This is too large. Send at most %(limit)s MB at once.") % {
            "limit": settings.largest_upload_megabytes
        },
        HTTPStatus.TOO_MANY_REQUESTS: _("Too many requests came from you at once. Wait a minute and try again."),
    }
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _("Something broke on our side. Nothing you typed was changed; please try again in a moment.")
    if isinstance(error, ValidationException) and expectations(error):
        return _("Some of what was sent cannot be used as it is.")
    return words.get(status) or _("This request cannot be understood. Check what was sent and try again.")


def _field_errors(error: Exception) -> Sequence[FieldError]:
    if isinstance(error, RegistryError):
        return error.errors
    if isinstance(error, ValidationException):
        return [FieldError(name=name, detail=detail) for name, detail in expectations(error)]
    return ()


def _methods(request: Request[Any, Any, Any]) -> list[str]:
    """What the address does take. Litestar does not say, so each method is looked up."""
    taken = []
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        with suppress(HTTPException):
            request.app.asgi_router.handle_routing(path=normalize_path(request.scope["path"]), method=method)
            taken += [method, "HEAD"] if method == "GET" else [method]
    return taken
