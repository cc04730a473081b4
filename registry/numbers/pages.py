"""The page of the community in numbers, and each figure as a file."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncConnection

from registry.errors import NotFound
from registry.numbers.counting import COUNTED_RECORD
from registry.numbers.drawing import every_figure
from registry.numbers.figures import Figure, sheet
from registry.numbers.queries import names_of
from registry.settings import Settings
from registry.tallies.queries import Tallies
from registry.web.dependencies import InNow, InReader
from registry.web.i18n import gettext as _
from registry.web.render import PageHead, SiteContext, render

EVENTS_DRAWN = 150
"""Bars that can be told apart on a page; a file has every event."""
EVENTS_IN_FILE = 30_000
FileName = Annotated[str, PathParameter(max_length=80)]


@get("/numbers")
async def numbers_page(request: Request[Any, Any, Any], reader: InReader, now: InNow) -> Response[str]:
    """What the record adds up to, figure by figure, each with its table, its file and the list behind it."""
    figures, counted_at = await _figures(request, reader, now, events_shown=EVENTS_DRAWN)
    return render(
        request, "numbers/numbers.html",
        page=PageHead(
            title=_("The community in numbers"),
            description=_("What the public record of the %(community)s community adds up to, and what it cannot tell.")
            % {"community": SiteContext(request).community},
        ),
        figures=figures, counted_at=counted_at,
    )


@get("/numbers/{name:str}")
async def numbers_sheet(
    request: Request[Any, Any, Any], reader: InReader, now: InNow, name: FileName
) -> Response[str]:
    """A figure as a file (CSV)."""
    every, _counted_at = await _figures(request, reader, now, events_shown=EVENTS_IN_FILE)
    figures = {f"{figure.key}.csv": figure for figure in every}
    if name not in figures:
        raise NotFound(_("There is no such figure. All of them stand on the page of the community in numbers."))
    return Response(
        sheet(figures[name]), media_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


NUMBERS_ROUTES: Sequence[ControllerRouterHandler] = [numbers_page, numbers_sheet]


async def _figures(
    request: Request[Any, Any, Any], reader: AsyncConnection, now: datetime, *, events_shown: int
) -> tuple[list[Figure], datetime | None]:
    """Every figure with the latest events, and when they were counted (six statements)."""
    tallies: Tallies = request.app.state.tallies
    counted = await tallies.read(reader, COUNTED_RECORD, now)
    events = counted.value.events[-events_shown:]
    names = await names_of(reader, events=[one.event_id for one in events], topics=counted.value.topics)
    settings: Settings = request.app.state.settings
    figures = every_figure(counted.value, names, events=events, kept_days=settings.guests_kept_days)
    return figures, counted.counted_at
