"""Reading a request before Litestar does: plain bytes, no parsing that every request would pay for."""

from litestar.types import HTTPScope


def header(scope: HTTPScope, name: bytes) -> bytes:
    """The value of a header (``name`` in lower case), or nothing."""
    for key, value in scope["headers"]:
        if key == name:
            return value
    return b""


def cookies(scope: HTTPScope) -> bytes:
    """All cookies as one header: HTTP/2 may send them apart."""
    return b"; ".join([value for key, value in scope["headers"] if key == b"cookie"])


def target(scope: HTTPScope) -> bytes:
    """The path as it was sent, still percent-encoded. Litestar's test client leaves the query on it."""
    return scope["raw_path"].partition(b"?")[0]
