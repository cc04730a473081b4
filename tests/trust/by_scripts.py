"""Every change that a script makes: each operation of the API's own description, with a token that can do just that."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from registry.tokens.rules import Scope
from tests.tokens.scripts import a_script
from tests.visits import Visit

AT_MOST = 4
"""How often an operation is tried: what one refuses, another one makes possible."""
_SOON = datetime.now(UTC) + timedelta(days=9)
_REAL = {
    "event": "to-come", "like": "to-come", "project": "wells", "to": "blueprint",
    "accepts": ["kind", "ask"], "meal": "meat",
    "registration_opens_at": "2026-01-01T09:00", "registration_closes_at": f"{_SOON:%Y-%m-%dT08:00}",
    "starts_at": f"{_SOON:%Y-%m-%dT09:00}", "ends_at": f"{_SOON:%Y-%m-%dT18:00}",
}
"""What the description's examples name, as it is in a record that ``states`` has added to."""
_OTHERWISE = {"name": {"en": "Wells of the town"}, "summary": {"en": "Where to drink."}}
"""What a change says that the example of a new record does not."""
_PLACES = {"/projects/{slug}": "wells", "/events/{slug}/registrations": "to-come", "{key}": "designer"}


async def write_by_scripts(owner: Visit, organiser: Visit) -> list[str]:
    """Send each operation that writes the body of its example, with real names; the refusals that stayed."""
    description = (await owner.client.get("/api/v1/openapi.json")).json()
    scripts = {scope: await a_script(organiser if scope is Scope.EVENTS else owner, scope) for scope in Scope}
    made, revisions = dict[str, str](), dict[str, int]()
    left = [
        (method.upper(), path.removeprefix("/api/v1"), operation) for path, of_path in description["paths"].items()
        for method, operation in of_path.items() if method in {"post", "patch", "put"}
    ]
    refused: list[str] = []
    for _turn in range(AT_MOST):
        trying, left, refused = left, [], []
        for method, path, operation in trying:
            script = scripts[Scope(operation["security"][0]["accessToken"][0])]
            address = _address(path, made)
            record = "/".join(address.split("/")[:3])
            answer = await script.send(method, address, _body(path, operation, revisions.get(record, 1)))
            said = answer.json()
            if answer.is_success:
                made.setdefault(path, said["id"])
            else:
                left.append((method, path, operation))
                refused.append(f"{method} {path}: {answer.text}")
            if said.get("revision"):  # a conflict tells it, too
                revisions[record] = said["revision"]
    return refused


def _address(path: str, made: dict[str, str]) -> str:
    """The path of an operation on a record that is there, or was made by the operation on its collection."""
    for part, name in _PLACES.items():
        path = path.replace(part, part.replace("{slug}", name).replace("{key}", name))
    collection = re.match(r"/\w+", path)
    assert collection
    return path.replace("{slug}", made.get(collection[0], "none"))


def _body(path: str, operation: dict[str, Any], revision: int) -> Any:
    if "requestBody" not in operation:
        return None
    said = operation["requestBody"]["content"]["application/json"]["example"] | {}
    if path == "/proposals":
        del said["project"]
    real = _REAL | {"revision": revision} | (_OTHERWISE if "revision" in said else {})
    return {name: real.get(name, value) for name, value in said.items()}
