"""Every route of an application, for the tests that walk them."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from litestar import Litestar
from litestar.routes import HTTPRoute

_PARAMETER = re.compile(r"\{(\w+):(\w+)\}")
_EXAMPLES = {
    "provider": "github", "persona": "owner", "identity_id": "1", "session_id": "1", "slug": "none", "file_path": "x",
}


class Route(NamedTuple):
    """An address pattern with one of its methods, and what its handler says of itself."""

    path: str
    method: str
    opt: dict[str, Any]


def routes(app: Litestar) -> Iterator[Route]:
    """Each route and method but OPTIONS, which Litestar answers itself, by address and method."""
    yield from sorted((
        Route(route.path, method, dict(handler.opt))
        for route in app.routes if isinstance(route, HTTPRoute)
        for handler in route.route_handlers for method in handler.http_methods - {"OPTIONS", "HEAD"}
    ), key=lambda one: (one.path, one.method))


def example(path: str) -> str:
    """An address that fits a route's pattern."""
    return _PARAMETER.sub(lambda found: _EXAMPLES.get(found[1], "1" if found[2] == "int" else "x"), path)
