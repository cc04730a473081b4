"""A client for the API of a Keng registry: this one file, Python 3.11 or newer, and nothing to install.

    from keng_client import Keng, NewPitch

    keng = Keng("https://registry.example.org", token="keng_…")
    for project in keng.list_projects(need="designer"):
        print(project.name, project.html_url)
    keng.pitch(NewPitch(title={"en": "Budget map"}, summary={"en": "See where taxes go."}))

Made from the registry's own description of its API; records that gain a field later are still read.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, TypeVar
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

Shape = TypeVar("Shape")
_SECONDS = 30


class KengError(Exception):
    """What the registry refused, as its problem document says it.

    ``errors`` is what is wrong with each field; ``revision`` the record's newest where somebody else has changed it;
    ``retry_after`` the seconds to wait when it was too much at once.
    """

    def __init__(self, status: int, problem: dict[str, Any], retry_after: int | None = None) -> None:
        super().__init__(problem.get("detail") or problem.get("title") or f"HTTP status {status}")
        self.status = status
        self.errors: dict[str, str] = {one["name"]: one["detail"] for one in problem.get("errors", ())}
        self.revision: int | None = problem.get("revision")
        self.retry_after = retry_after


class KengSite:
    """One registry. Reading needs no ``token``; ``language`` is that of its refusals.

    Whatever writes takes ``once``, any text: the same request with it counts once, however often it is sent.
    """

    def __init__(self, address: str, *, token: str = "", language: str = "en") -> None:
        self.address = address.rstrip("/")
        self._headers = {"Accept": "application/json", "Accept-Language": language, "User-Agent": "keng_client"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"

    def _one(self, form: type[Shape], path: str) -> Shape:
        found: Shape = _read(form, self._ask("GET", self.address + path))
        return found

    def _all(self, form: type[Shape], path: str, /, **wanted: str | None) -> Iterator[Shape]:
        chosen = {name: value for name, value in wanted.items() if value is not None}
        address: str | None = f"{self.address}{path}?{urlencode({**chosen, 'limit': 100})}"
        while address:
            page = self._ask("GET", address)
            for one in page["items"]:
                yield _read(form, one)
            address = page["next"]

    def _send(self, form: type[Shape], method: str, path: str, said: Any, once: str) -> Shape:
        answered: Shape = _read(form, self._ask(method, self.address + path, said, once))
        return answered

    def _ask(self, method: str, address: str, said: Any = None, once: str = "") -> Any:
        headers, body = dict(self._headers), None
        if said is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(_written(said)).encode()
        if once:
            headers["Idempotency-Key"] = once
        if not address.startswith(("https://", "http://")):
            raise ValueError(f"{address} is no address of a web site")
        request = Request(address, data=body, headers=headers, method=method)  # noqa: S310 — looked at just before
        try:
            with urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 — as above
                return json.load(answer)
        except HTTPError as error:
            wait = error.headers.get("Retry-After") or ""
            raise KengError(error.code, _problem(error), int(wait) if wait.isdecimal() else None) from None


def _problem(error: HTTPError) -> dict[str, Any]:
    try:
        problem = json.load(error)
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


def _part(value: str) -> str:
    """A piece of a path."""
    return quote(value, safe="")


@cache
def _forms_of(form: Any) -> dict[str, Any]:
    return typing.get_type_hints(form)


def _read(form: Any, value: Any) -> Any:
    """What JSON holds, as ``form`` says."""
    if value is None:
        return None
    origin, inner = typing.get_origin(form), typing.get_args(form)
    if origin in {types.UnionType, typing.Union}:
        return _read(next(one for one in inner if one is not types.NoneType), value)
    if origin is list:
        return [_read(inner[0], one) for one in value]
    if isinstance(form, type) and is_dataclass(form):
        known = _forms_of(form)
        return form(**{name: _read(known[name], value[name]) for name in known if name in value})
    if form in {date, datetime}:
        return form.fromisoformat(value)
    return value


def _written(said: Any) -> Any:
    """What is sent of a value; fields that are none are left out, so that they stay as they are."""
    if is_dataclass(said):
        return {
            one.name: _written(getattr(said, one.name)) for one in fields(said) if getattr(said, one.name) is not None
        }
    if isinstance(said, list):
        return [_written(one) for one in said]
    return said.isoformat() if isinstance(said, date) else said
