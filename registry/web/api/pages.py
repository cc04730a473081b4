"""The documentation of the API as a page, made from its OpenAPI document."""

import re
from functools import cache
from pathlib import Path
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
            title=_("API"),
            description=_("Read the whole public record as JSON, and write with a token what you may write here."),
        ),
        groups=[(tag, TAGS[tag], [one for one in described if one.tag == tag]) for tag in TAGS],
        limits=limit_rows(request.app.state.settings), document_path=API + DOCUMENT, with_code=_with_code,
    )


@get("/api/examples")
async def examples_page(request: Request[Any, Any, Any]) -> Response[str]:
    """Three programs with what they print."""
    told = [
        ("proposals_by_year", _("Pitches by year, as a chart"),
         _("Reads every pitch, page by page, and counts. Nothing is needed but the address.")),
        ("projects_in_need", _("Projects that look for a designer"),
         _("The filters of the projects' page are parameters: need, stage, topic, year and more.")),
        ("pitch_from_script", _("Pitch from a script"),
         _("Writes with an access token. A refusal says what is wrong with each field; sent again with the same text "
           "in once, it counts once.")),
    ]
    return render(
        request, "api/examples.html",
        page=PageHead(
            title=_("Examples for the API"),
            description=_("Three programs that read and write the record, each with what it prints."),
        ),
        examples=[(name, title, about, *_example(name)) for name, title, about in told],
        address=request.app.state.settings.base_url,
    )


@get("/api/keng_client.py", media_type="text/plain", sync_to_thread=False)
def client_file() -> str:
    """The client for Python: one file."""
    return _shipped("keng_client.py")


API_PAGES = [api_page, examples_page, client_file]


@cache
def _shipped(name: str) -> str:
    return (Path(__file__).parent / name).read_text()


def _example(name: str) -> tuple[str, str]:
    """A program, and what it prints."""
    return _shipped(f"examples/{name}.py"), _shipped(f"examples/{name}.txt")


def _with_code(text: str) -> Markup:
    """The description with what stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 — escaped just before
