"""The whole public record to take away."""

import asyncio
from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get
from litestar.types import ControllerRouterHandler

from registry.exchange.export import public_record
from registry.exchange.package import zipped_package
from registry.web.dependencies import InNow, InReader
from registry.web.render import SiteContext

_ONE_AT_A_TIME = asyncio.Semaphore(1)
"""It reads everything there is: whoever asks while another one is made waits for their turn."""


@get("/data/package.zip")
async def data_package(request: Request[Any, Any, Any], reader: InReader, now: InNow) -> Response[bytes]:
    """The public record as a data package."""
    site = SiteContext(request)
    async with _ONE_AT_A_TIME:
        written = await public_record(reader)
        content = await asyncio.to_thread(
            zipped_package, written, base_url=site.base_url, community=site.community, now=now
        )
    return Response(
        content, media_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="public-record.zip"'},
    )


DATA_ROUTES: Sequence[ControllerRouterHandler] = [data_package]
