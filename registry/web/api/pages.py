"""The documentation of the API as a page, made from its OpenAPI document."""

import re
from itertools import groupby
from typing import Any

from litestar import Request, Response, get
from markupsafe import Markup, escape

from registry.addresses import API
from registry.moderation.words import limit_rows
from registry.web.api.description import operations
from registry.web.api.openapi import DOCUMENT, TAGS, completed
from registry.web.i18n import gettext as _
from registry.web.render import PageHead, render


@get("/api")
async def api_page(request: Request[Any, Any, Any]) -> Response[str]:
    """What the API can be asked, with commands to try."""
    described = operations(completed(request.app.openapi_schema.to_schema()))
    return render(
        request, "api/documentation.html",
        page=PageHead(
            title=_("API"), description=_("Read the whole public record as JSON: no key, from any site.")
        ),
        groups=[(tag, TAGS[tag], list(group)) for tag, group in groupby(described, lambda one: one.tag)],
        limits=limit_rows(request.app.state.settings), document_path=API + DOCUMENT, with_code=_with_code,
    )


def _with_code(text: str) -> Markup:
    """The description with what stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 — escaped just before
