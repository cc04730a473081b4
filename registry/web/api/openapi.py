"""The OpenAPI document, and what the operations of the API declare alike."""

import re
from typing import Any

import msgspec
from litestar import MediaType, Request, Router, get
from litestar.connection import ASGIConnection
from litestar.datastructures import ResponseHeader
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import License, Server, Tag
from litestar.serialization import encode_json

from registry.accounts.rules import Permission
from registry.addresses import API, Addresses
from registry.settings import Settings
from registry.web.errors import PROBLEM_JSON, Problem
from registry.web.i18n import marked
from registry.web.permissions import needs

DOCUMENT = "/openapi.json"
_SAMPLE_SITE = "https://registry.example.org"
_SAMPLES = {
    "events": "hackathon-35", "projects": "budget-map", "proposals": "hackathon-35-budget-map", "people": "sunny-lin",
    "cases": "budget-map",
}
_COLLECTION_OF = {
    "event": "events", "project": "projects", "projects": "projects", "people": "people", "search": "projects",
}
_LIST_NAME = re.compile(rb"Page_[\w.]+\.(\w+)Record_")
TAGS = {
    "events": marked("Hackathons and other gatherings, newest day first."),
    "projects": marked("What people build over years, newest in the registry first."),
    "proposals": marked("One pitch of one project at one event, newest in the registry first."),
    "people": marked("Who is credited in the record, newest in the registry first."),
    "cases": marked("What projects became and why, newest in the registry first."),
    "search": marked("Everything at once."),
}
_ABOUT = """\
The public record, read-only. No key is needed and scripts of any site may read.

Texts that exist in several languages are objects by language tag: `{"zh-Hant": "坑", "en": "pit"}`.
Times are UTC; `starts_on` is the calendar day at the place itself, in `timezone`.
A list answers `items` and `next`: follow `next` (also in the `Link` header) until it is null. Records added
meanwhile never make you see one twice.
Send an answer's `ETag` back as `If-None-Match` and an unchanged record costs nothing (304).
A filter value that nothing has finds nothing; a parameter that does not exist is refused.
Errors are problem documents (RFC 9457).
`RateLimit-Policy` and `RateLimit` say how much of a limit is left; after too much the answer is 429 with `Retry-After`.
Facts may be used freely. Texts and pictures stand under the licence that their record names (`content_licence`,
`licence`); a text without one is its author's: see `/licenses`.
"""

ETAG = ResponseHeader(
    name="ETag", value="", description="Changes when the answer does. Send it back as `If-None-Match`.",
    documentation_only=True,
)
LINK = ResponseHeader(
    name="Link", value="", description='The next part, as `rel="next"`.', documentation_only=True
)


def _problem(description: str) -> ResponseSpec:
    return ResponseSpec(Problem, generate_examples=False, description=description, media_type=PROBLEM_JSON)


_NOT_CHANGED = ResponseSpec(None, description=marked("Nothing changed since your `If-None-Match`."))
_MOVED = ResponseSpec(None, description=marked("The record has a newer `id`: see `Location`."))
_BAD_INPUT = _problem(marked("A parameter is unknown or cannot be used as it is."))
_TOO_LONG = _problem(marked("The address is too long."))
_NOT_THERE = _problem(marked("There is no such record, or it is not public."))
_TOO_OFTEN = _problem(marked("Too much was asked from your address: `Retry-After` says in how many seconds to go on."))


def list_at(path: str, *, name: str, summary: str) -> HTTPRouteHandler:
    """A list of the API at ``path``; ``name`` is the operation's identifier for generated clients: never change it."""
    return get(
        path, operation_id=name, summary=summary, tags=[path.split("/")[1]],
        response_description=marked("A part of the list."), response_headers=[ETAG, LINK],
        responses={304: _NOT_CHANGED, 400: _BAD_INPUT, 414: _TOO_LONG, 429: _TOO_OFTEN},
    )


def record_at(path: str, *, name: str, summary: str) -> HTTPRouteHandler:
    """One record of the API at ``path``; ``name`` as in ``list_at``."""
    return get(
        path, operation_id=name, summary=summary, tags=[path.split("/")[1]],
        response_description=marked("The record."), response_headers=[ETAG],
        responses={
            301: _MOVED, 304: _NOT_CHANGED, 400: _BAD_INPUT, 404: _NOT_THERE, 414: _TOO_LONG, 429: _TOO_OFTEN,
        },
    )


def openapi_config(settings: Settings) -> OpenAPIConfig:
    """The description of the API of an installation, served at ``/api/v1/openapi.json`` and nowhere else."""
    return OpenAPIConfig(
        title=f"{settings.community_name} · Keng API", version="1", description=_ABOUT,
        license=License(name="Facts are free; texts as each record says", url=f"{settings.base_url}/licenses"),
        servers=[Server(url=settings.base_url)],
        tags=[Tag(name=name, description=description) for name, description in TAGS.items()],
        use_handler_docstrings=True,
        render_plugins=[_Document(path=DOCUMENT, media_type=MediaType.JSON)],
        openapi_router=Router(
            API, route_handlers=[], include_in_schema=False, guards=[_the_document_alone], opt=needs(Permission.READ)
        ),
    )


class _Document(JsonRenderPlugin):
    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002
        return encode_json(completed(openapi_schema))


def _the_document_alone(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Litestar also serves the document at the router's root, and an HTML page of its own for what it does not know."""
    if connection.scope["path"] != API + DOCUMENT:
        raise NotFoundException


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """A copy of Litestar's document with an example in each answer, made of the examples of its fields.

    Lists get names for generated clients (``EventPage``), and shared records lose the description that Litestar
    takes from whichever field it met last.
    """
    copy: dict[str, Any] = msgspec.json.decode(_LIST_NAME.sub(rb"\1Page", encode_json(document)))
    for schema in copy["components"]["schemas"].values():
        if "properties" in schema:
            schema.pop("description", None)
    for path in copy["paths"].values():
        operation = path["get"]
        tag = operation["tags"][0]
        collection = _COLLECTION_OF.get(tag, tag)
        for parameter in operation["parameters"]:
            if parameter["in"] == "path":
                parameter["examples"] = {collection: {"value": _SAMPLES[collection]}}
        for answer in operation["responses"].values():
            for content in answer.get("content", {}).values():
                content["example"] = _placed(example_of(content["schema"], copy), collection)
    return copy


def _placed(example: Any, collection: str) -> Any:
    """The example with identifiers and addresses of the collection that each record in it belongs to."""
    if isinstance(example, list):
        return [_placed(one, collection) for one in example]
    if not isinstance(example, dict):
        return example
    placed = {name: _placed(part, _COLLECTION_OF.get(name, collection)) for name, part in example.items()}
    if "html_url" in placed:
        sample, place = _SAMPLES[collection], Addresses(_SAMPLE_SITE)
        placed |= {"id": sample, "url": place.api(collection, sample), "html_url": place.page(collection, sample)}
    return placed


def example_of(schema: dict[str, Any], document: dict[str, Any]) -> Any:
    """A value that fits a schema of the document: its first example, or one made of its parts' examples."""
    if "$ref" in schema:
        return example_of(resolve(schema, document), document)
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    for key in ("allOf", "oneOf"):
        if key in schema:
            return example_of(schema[key][0], document)
    if "properties" in schema:
        return {name: example_of(part, document) for name, part in schema["properties"].items()}
    if "items" in schema:
        return [example_of(schema["items"], document)]
    return schema.get("default")


def resolve(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """The schema itself, or the component that it refers to."""
    if "$ref" not in schema:
        return schema
    name = schema["$ref"].removeprefix("#/components/schemas/")
    component: dict[str, Any] = document["components"]["schemas"][name]
    return component
