"""The OpenAPI document as the documentation page tells it: operations, parameters, fields, examples."""

import shlex
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from registry.web.api.openapi import resolve

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
    """An operation as a reader sees it: what to send, what comes back."""

    id: str
    tag: str
    path: str
    summary: str
    description: str
    curl: str
    parameters: list[ParameterText]
    fields: list[FieldText]
    example: str
    answers: list[tuple[str, str]]


def operations(document: dict[str, Any]) -> list[OperationText]:
    """Every operation of a completed document, in its order."""
    base = document["servers"][0]["url"]
    return [_operation(path, methods["get"], document, base) for path, methods in document["paths"].items()]


def _operation(path: str, operation: dict[str, Any], document: dict[str, Any], base: str) -> OperationText:
    answer = operation["responses"]["200"]["content"]["application/json"]
    parameters = [_parameter(one) for one in operation["parameters"]]
    return OperationText(
        id=operation["operationId"], tag=operation["tags"][0], path=path, summary=operation["summary"],
        description=operation["description"], curl=_curl(base + path, operation["parameters"]),
        parameters=parameters, fields=list(_fields(resolve(answer["schema"], document), document)),
        example=msgspec.json.format(msgspec.json.encode(answer["example"])).decode(),
        answers=[(status, one["description"]) for status, one in sorted(operation["responses"].items())],
    )


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


def _curl(address: str, parameters: list[dict[str, Any]]) -> str:
    """A command to try: the first filter with its example."""
    queries = []
    for one in parameters:
        if one["in"] == "path":
            address = address.replace(f"{{{one['name']}}}", quote(_example(one)))
        elif one["name"] not in _PAGING:
            queries.append((one["name"], _example(one)))
    return f"curl {shlex.quote(f'{address}?{urlencode(queries[:1])}' if queries else address)}"


def _fields(schema: dict[str, Any], document: dict[str, Any], before: str = "") -> Iterator[FieldText]:
    for name, part in schema.get("properties", {}).items():
        inner, form = _unwrapped(part, document)
        path = f"{before}{name}{'[]' if form.startswith('[') else ''}"
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
