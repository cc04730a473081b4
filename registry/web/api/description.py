"""The OpenAPI document as the documentation page tells it: operations, parameters, fields, examples."""

import shlex
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from registry.web.api.openapi import SECURITY_SCHEME, resolve

_PAGING = ("limit", "cursor")


class ParameterText(msgspec.Struct, frozen=True):
    """A parameter as a reader sees it; ``bounds`` are those of a number."""

    name: str
    is_required: bool
    description: str
    bounds: str
    example: str


class FieldText(msgspec.Struct, frozen=True):
    """A field of an answer; ``name`` is its path, ``people[].name``."""

    name: str
    form: str
    description: str


class OperationText(msgspec.Struct, frozen=True):
    """An operation as a reader sees it: what to send, what comes back. ``scope`` is what its token must be for."""

    id: str
    tag: str
    method: str
    path: str
    scope: str
    summary: str
    description: str
    curl: str
    parameters: list[ParameterText]
    said: list[FieldText]
    said_example: str
    fields: list[FieldText]
    example: str
    answers: list[tuple[str, str]]


def operations(document: dict[str, Any]) -> list[OperationText]:
    """Every operation of a completed document, in its order."""
    base = document["servers"][0]["url"]
    return [
        _operation(path, method, operation, document, base)
        for path, methods in document["paths"].items() for method, operation in methods.items()
    ]


def _operation(
    path: str, method: str, operation: dict[str, Any], document: dict[str, Any], base: str
) -> OperationText:
    answers = sorted(operation["responses"].items())
    answer = answers[0][1]["content"]["application/json"]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    scope = next((scope for need in operation.get("security", ()) for scope in need[SECURITY_SCHEME]), "")
    return OperationText(
        id=operation["operationId"], tag=operation["tags"][0], method=method.upper(), path=path, scope=scope,
        summary=operation["summary"], description=operation["description"],
        curl=_curl(base + path, operation["parameters"], method=method, has_body=body is not None, scope=scope),
        parameters=[_parameter(one) for one in operation["parameters"]],
        said=list(_fields(resolve(body["schema"], document), document)) if body else [],
        said_example=_formatted(body["example"]) if body else "",
        fields=list(_fields(resolve(answer["schema"], document), document)), example=_formatted(answer["example"]),
        answers=[(status, one["description"]) for status, one in answers],
    )


def _formatted(example: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(example)).decode()


def _parameter(parameter: dict[str, Any]) -> ParameterText:
    schema = parameter["schema"]
    least, most = schema.get("minimum"), schema.get("maximum")
    return ParameterText(
        name=parameter["name"], is_required=parameter["required"], description=parameter["description"],
        bounds="" if least is None else f"{least:g}–{most:g}",
        example=_example(parameter) or str(schema.get("default", "")),
    )


def _example(parameter: dict[str, Any]) -> str:
    return next((one["value"] for one in parameter.get("examples", {}).values()), "")


def _curl(address: str, parameters: list[dict[str, Any]], *, method: str, has_body: bool, scope: str) -> str:
    """A command to try: the first filter with its example; a token and a body where they are needed."""
    queries = []
    for one in parameters:
        if one["in"] == "path":
            address = address.replace(f"{{{one['name']}}}", quote(_example(one)))
        elif one["in"] == "query" and one["name"] not in _PAGING:
            queries.append((one["name"], _example(one)))
    words = ["curl"]
    if method != "get":
        words.append(f"-X {method.upper()}")
    if scope:
        words.append('-H "Authorization: Bearer $KENG_TOKEN"')
    if has_body:
        words.append("--json @body.json")
    return " ".join([*words, shlex.quote(f"{address}?{urlencode(queries[:1])}" if queries else address)])


def _fields(schema: dict[str, Any], document: dict[str, Any], before: str = "") -> Iterator[FieldText]:
    for name, part in schema.get("properties", {}).items():
        inner, form = _unwrapped(part, document)
        path = f"{before}{name}{'[]' if '[' in form else ''}"
        yield FieldText(path, form, part.get("description", ""))
        yield from _fields(inner, document, f"{path}.")


def _unwrapped(part: dict[str, Any], document: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The schema below references, lists and nulls, and the JSON form that it has."""
    part = resolve(part, document)
    if part.get("type") == "array":
        inner, form = _unwrapped(part["items"], document)
        return inner, f"[{form}]"
    if choices := part.get("allOf") or part.get("oneOf"):
        inner, form = _unwrapped(choices[0], document)
        return inner, f"{form} | null" if "oneOf" in part else form
    if "additionalProperties" in part:
        return part, "{language: string}"
    return part, part.get("format") or str(part["type"])
