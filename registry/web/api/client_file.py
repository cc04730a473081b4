"""Writes the client for Python from the OpenAPI document: ``python -m registry.web.api.client_file``."""

import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import Any

from registry.web.api.openapi import completed, resolve

CLIENT = Path(__file__).with_name("keng_client.py")
_CORE = Path(__file__).with_name("client_core.py")
_WIDTH = 116
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_TIMES = {"date": "date", "date-time": "datetime"}


def client_source(document: dict[str, Any]) -> str:
    """The client's file: its core as it is written, a class for each form of record, a method for each operation."""
    schemas = document["components"]["schemas"]
    used = sorted(_used(document))
    records = [line for name in used if "properties" in schemas[name] for line in _record(name, schemas[name])]
    choices = [line for name in used if "enum" in schemas[name] for line in _choices(name, schemas[name])]
    methods = [
        line for path, at_path in document["paths"].items() for method, operation in at_path.items()
        for line in _method(path, method, operation, document)
    ]
    head = ["", "", "class Keng(KengSite):", '    """Every operation of the API."""']
    return _CORE.read_text() + "\n".join(["", "", *choices, *records, *head, *methods]) + "\n"


def _used(document: dict[str, Any]) -> set[str]:
    """The names of the schemas that operations send and answer with, but for lists and problems."""
    found: set[str] = set()

    def look(part: Any) -> None:
        if isinstance(part, list):
            for one in part:
                look(one)
        elif isinstance(part, dict):
            name = str(part.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                look(document["components"]["schemas"][name])
            for one in part.values():
                look(one)

    look(document["paths"])
    return {name for name in found if not name.endswith(("Page", "Problem")) and name != "FieldError"}


def _choices(name: str, schema: dict[str, Any]) -> Iterator[str]:
    listed = ", ".join(f'"{one}"' for one in schema["enum"])
    if len(line := f"{name} = Literal[{listed}]") <= _WIDTH:
        yield line
    else:
        yield f"{name} = Literal["
        yield from wrap(f"{listed},", _WIDTH, initial_indent="    ", subsequent_indent="    ")
        yield "]"


def _record(name: str, schema: dict[str, Any]) -> Iterator[str]:
    yield from ("", "", "@dataclass(kw_only=True)", f"class {name}:")
    yield f'    """{" ".join(_CAMEL.sub(" ", name).lower().split()).capitalize()}, as the API has it."""'
    yield ""
    required = schema.get("required", ())
    for field, part in schema["properties"].items():
        form = _form(part)
        yield f"    {field}: {form}" if field in required else f"    {field}: {_optional(form, part)}"
        yield from _docstring(part["description"], "    ")


def _optional(form: str, part: dict[str, Any]) -> str:
    if form.startswith("list["):
        return f"{form} = field(default_factory=list)"
    default = part.get("default")
    if default is None and not form.endswith("| None"):
        form += " | None"
    return f"{form} = {default!r}".replace("'", '"')


def _docstring(text: str, indent: str) -> Iterator[str]:
    lines = wrap(text, _WIDTH - len(indent) - 6, break_on_hyphens=False)
    if len(lines) == 1:
        yield f'{indent}"""{lines[0]}"""'
        return
    yield f'{indent}"""{lines[0]}'
    yield from (f"{indent}{line}" for line in lines[1:])
    yield f'{indent}"""'


def _form(part: dict[str, Any]) -> str:
    """What a schema is called in Python."""
    if "$ref" in part:
        return str(part["$ref"]).rpartition("/")[2]
    if choices := part.get("allOf") or part.get("oneOf"):
        form = _form(choices[0])
        return f"{form} | None" if "oneOf" in part else form
    if part.get("type") == "array":
        return f"list[{_form(part['items'])}]"
    if "additionalProperties" in part:
        return "dict[str, str]"
    return _TIMES.get(part.get("format", "")) or _PLAIN[part["type"]]


def _method(path: str, method: str, operation: dict[str, Any], document: dict[str, Any]) -> Iterator[str]:
    queries = [
        one for one in operation["parameters"] if one["in"] == "query" and one["name"] not in {"limit", "cursor"}
    ]
    answer = next(one for status, one in sorted(operation["responses"].items()) if status.startswith("2"))
    schema = answer["content"]["application/json"]["schema"]
    items = resolve(schema, document)["properties"].get("items")
    form = _form(items["items"] if items else schema)
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    given = ["self", *(f"{one['name']}: str" for one in operation["parameters"] if one["in"] == "path")]
    address = _address(path)
    if method != "get":
        given += [*([f"said: {_form(body)}"] if body else []), "*", 'once: str = ""']
        words = ["_send", form, f'"{method.upper()}"', address, "said" if body else "None", "once"]
    elif items:
        chosen = [f"{one['name']}: str" + ("" if one["required"] else " | None = None") for one in queries]
        given += ["*", *chosen] if chosen else []
        words = ["_all", form, address, *(f"{one['name']}={one['name']}" for one in queries)]
    else:
        words = ["_one", form, address]
    yield ""
    yield from _wrapped(
        f"    def {_CAMEL.sub('_', operation['operationId']).lower()}(", given,
        f") -> {f'Iterator[{form}]' if items else form}:", "    ",
    )
    yield f'        """{operation["summary"]}.'
    yield ""
    yield from wrap(operation["description"], _WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 8)
    yield '        """'
    yield from _wrapped(f"        return self.{words[0]}(", words[1:], ")", "        ")


def _address(path: str) -> str:
    """A path as an expression: what stands in braces is a parameter."""
    filled = re.sub(r"{(\w+)}", r"{_part(\1)}", path)
    return f'"{path}"' if filled == path else f'f"{filled}"'


def _wrapped(start: str, parts: list[str], end: str, indent: str) -> Iterator[str]:
    """One line, or where that is too long each part on a line of its own."""
    line = f"{start}{', '.join(parts)}{end}"
    if len(line) <= _WIDTH:
        yield line
        return
    yield start
    yield from (f"{indent}    {part}," for part in parts)
    yield f"{indent}{end}"


if __name__ == "__main__":
    from registry.app import create_app

    CLIENT.write_text(client_source(completed(create_app().openapi_schema.to_schema())))
