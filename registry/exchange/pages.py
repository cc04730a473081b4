"""The whole public record to take away."""

import asyncio
from collections.abc import Hashable, Sequence
from hashlib import blake2b
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.status_codes import HTTP_304_NOT_MODIFIED
from litestar.types import ControllerRouterHandler

from registry.database.version import DataVersion
from registry.exchange.export import public_record
from registry.exchange.package import zipped_package
from registry.web.dependencies import InNow, InReader
from registry.web.render import SiteContext

LARGEST_KEPT = 32 * 1024**2
"""Bytes of a package that is kept in memory; a larger one is made anew for each who asks."""
_ONE_AT_A_TIME = asyncio.Semaphore(1)
"""It reads everything there is: whoever asks while another one is made waits for their turn."""


class _Package(msgspec.Struct, frozen=True):
    """A package, and of which data version and day it is; ``version`` is none where nobody can tell."""

    version: Hashable
    content: bytes

    @property
    def etag(self) -> str:
        return f'"{blake2b(self.content, digest_size=12).hexdigest()}"'


@get("/data/package.zip")
async def data_package(request: Request[Any, Any, Any], state: State, reader: InReader, now: InNow) -> Response[bytes]:
    """The public record as a data package, made once for each state of the record."""
    async with _ONE_AT_A_TIME:
        package = await _package(request, state, reader, now)
    headers = {"ETag": package.etag, "Cache-Control": "no-cache"}
    if package.etag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(
        package.content, media_type="application/zip",
        headers=headers | {"Content-Disposition": 'attachment; filename="public-record.zip"'},
    )


async def _package(request: Request[Any, Any, Any], state: State, reader: InReader, now: InNow) -> _Package:
    source: DataVersion = state.version
    # A transaction under way may show an older record than the version that is asked now: nothing is kept of it.
    version = None if reader.in_transaction() else await source.current()
    key = None if version is None else (version, now.date())
    kept: _Package | None = state.package
    if kept and key is not None and kept.version == key:
        return kept
    site = SiteContext(request)
    written = await public_record(reader)
    content = await asyncio.to_thread(
        zipped_package, written, base_url=site.base_url, community=site.community, now=now
    )
    package = _Package(key, content)
    state.package = package if len(content) <= LARGEST_KEPT else None
    return package


DATA_ROUTES: Sequence[ControllerRouterHandler] = [data_package]
