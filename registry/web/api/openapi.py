"""The OpenAPI document, and what the operations of the API declare alike."""

import re
from collections.abc import Callable
from typing import Any

import msgspec
from litestar import MediaType, Request, Router, get, route
from litestar.connection import ASGIConnection
from litestar.datastructures import ResponseHeader
from litestar.enums import HttpMethod
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, License, SecurityScheme, Server, Tag
from litestar.serialization import encode_json
from litestar.types import AnyCallable

from registry.accounts.rules import Permission
from registry.addresses import API, Addresses
from registry.settings import Settings
from registry.tokens.rules import Scope
from registry.web.errors import PROBLEM_JSON, ConflictProblem, Problem
from registry.web.i18n import marked
from registry.web.permissions import RolesThere, by_token, needs

DOCUMENT = "/openapi.json"
_SAMPLE_SITE = "https://registry.example.org"
_SAMPLES = {
    "events": "hackathon-35", "projects": "budget-map", "proposals": "hackathon-35-budget-map", "people": "sunny-lin",
    "cases": "budget-map",
}
_COLLECTION_OF = {
    "event": "events", "project": "projects", "projects": "projects", "people": "people", "search": "projects",
    "me": "proposals", "contributions": "projects",
}
_LIST_NAME = re.compile(rb"Page_[\w.]+\.(\w+)Record_")
TAGS = {
    "events": marked("Hackathons and other gatherings, newest day first."),
    "projects": marked("What people build over years, newest in the registry first."),
    "proposals": marked("One pitch of one project at one event, newest in the registry first."),
    "people": marked("Who is credited in the record, newest in the registry first."),
    "cases": marked("What projects became and why, newest in the registry first."),
    "search": marked("Everything at once."),
    "contributions": marked("What people say they did for a project or at an event."),
    "me": marked("Whoever the access token acts for."),
}
_ABOUT = """\
The public record. To read it no key is needed, and scripts of any site may.

Texts that exist in several languages are objects by language tag: `{"zh-Hant": "坑", "en": "pit"}`.
Times are UTC; `starts_on` is the calendar day at the place itself, in `timezone`.
A list answers `items` and `next`: follow `next` (also in the `Link` header) until it is null. Records added
meanwhile never make you see one twice.
Send an answer's `ETag` back as `If-None-Match` and an unchanged record costs nothing (304).
A filter value that nothing has finds nothing; a parameter that does not exist is refused.
Errors are problem documents (RFC 9457).
`RateLimit-Policy` and `RateLimit` say how much of a limit is left; after too much the answer is 429 with `Retry-After`.

To write, send an access token (`Authorization: Bearer keng_…`) that you made in your account, with the scope that the
operation names: it may do what you may do on the pages. Cookies authorise nothing here.
A field that you leave out (or send as null) stays as it is; one that you send replaces what was there.
Where a record has a `revision`, send the one that you saw: when somebody has changed it meanwhile, the answer is 409
with the newest one and nothing is changed.
With an `Idempotency-Key` (any text of yours, up to 100 characters) the same request counts once within a week, however
often it is sent, and is answered alike.

Facts may be used freely. Texts and pictures stand under the licence that their record names (`content_licence`,
`licence`); a text without one is its author's: see `/licenses`.
"""

SECURITY_SCHEME = "accessToken"
"""How the document calls an access token."""
ETAG = ResponseHeader(
    name="ETag", value="", description="Changes when the answer does. Send it back as `If-None-Match`.",
    documentation_only=True,
)
LINK = ResponseHeader(
    name="Link", value="", description='The next part, as `rel="next"`.', documentation_only=True
)


def _problem(description: str, form: type[Problem] = Problem) -> ResponseSpec:
    return ResponseSpec(form, generate_examples=False, description=description, media_type=PROBLEM_JSON)


_NOT_CHANGED = ResponseSpec(None, description=marked("Nothing changed since your `If-None-Match`."))
_MOVED = ResponseSpec(None, description=marked("The record has a newer `id`: see `Location`."))
_BAD_INPUT = _problem(marked("A parameter is unknown or cannot be used as it is."))
_TOO_LONG = _problem(marked("The address is too long."))
_NOT_THERE = _problem(marked("There is no such record, or it is not public."))
_TOO_OFTEN = _problem(marked("Too much at once: `Retry-After` says when to go on."))
_NO_TOKEN = _problem(marked("There is no access token, or none that is good any more."))
_NOT_ALLOWED = _problem(marked("The token lacks the scope that `WWW-Authenticate` names, or you may not do this."))
_NOT_FOR_ALL = {
    400: _problem(marked("This is not the JSON of this operation: `errors` names the fields.")),
    401: _NO_TOKEN, 403: _NOT_ALLOWED,
    409: _problem(
        marked("It contradicts what is there by now; `revision` is the newest, where somebody changed it."),
        ConflictProblem,
    ),
    413: _problem(marked("The body is too large.")), 414: _TOO_LONG,
    422: _problem(marked("What a field says cannot be kept: `errors` says what to write instead.")),
    429: _TOO_OFTEN,
}


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


def own_at(path: str, *, name: str, summary: str) -> HTTPRouteHandler:
    """Something of one's own, told to whoever has a token with the scope ``read``; ``name`` as in ``list_at``."""
    return get(
        path, operation_id=name, summary=summary, tags=["me"], response_description=marked("What is yours."),
        responses={400: _BAD_INPUT, 401: _NO_TOKEN, 403: _NOT_ALLOWED, 414: _TOO_LONG, 429: _TOO_OFTEN},
        security=[{SECURITY_SCHEME: [Scope.READ]}], opt=by_token(Scope.READ, Permission.MANAGE_OWN_ACCOUNT),
    )


def write_at(
    method: HttpMethod, path: str, *, name: str, summary: str, scope: Scope, permission: Permission,
    there: RolesThere | None = None, status: int = 200,
) -> Callable[[AnyCallable], BaseRouteHandler]:
    """A change through the API, for whoever has ``permission`` (``there``, in the record of the path) and a token."""
    return route(
        path, http_method=method, operation_id=name, summary=summary, tags=[path.split("/")[1]], status_code=status,
        response_description=marked("It is done: where the record is, and its newest revision."),
        responses={**_NOT_FOR_ALL, **({404: _NOT_THERE} if "{" in path else {})},
        security=[{SECURITY_SCHEME: [scope]}], opt=by_token(scope, permission, there=there),
    )


def openapi_config(settings: Settings) -> OpenAPIConfig:
    """The description of the API of an installation, served at ``/api/v1/openapi.json`` and nowhere else."""
    return OpenAPIConfig(
        title=f"{settings.community_name} · Keng API", version="1", description=_ABOUT,
        license=License(name="Facts are free; texts as each record says", url=f"{settings.base_url}/licenses"),
        servers=[Server(url=settings.base_url)],
        tags=[Tag(name=name, description=description) for name, description in TAGS.items()],
        use_handler_docstrings=True,
        components=Components(security_schemes={
            SECURITY_SCHEME: SecurityScheme(
                type="http", scheme="bearer", bearer_format="keng_…",
                description="An access token of a person, made at `/account/tokens`, with the scopes that it names.",
            ),
        }),
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
    for operation in (one for methods in copy["paths"].values() for one in methods.values()):
        tag = operation["tags"][0]
        collection = _COLLECTION_OF.get(tag, tag)
        for parameter in operation.setdefault("parameters", []):
            if parameter["in"] == "path" and parameter["name"] == "slug":
                parameter["examples"] = {collection: {"value": _SAMPLES[collection]}}
        for said in (*operation["responses"].values(), operation.get("requestBody", {})):
            for content in said.get("content", {}).values():
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
