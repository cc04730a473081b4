"""The page of the community in numbers, and each figure as a file."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from registry.database.engine import Reader
from registry.errors import NotFound
from registry.numbers.drawing import every_figure, guests_counted_since
from registry.numbers.figures import Figure, sheet
from registry.numbers.queries import appearances, guests_since, pitches_by_day, record_counts, topics_by_day
from registry.settings import Settings
from registry.stages.queries import latest_moves
from registry.web.dependencies import InNow, InReader
from registry.web.i18n import gettext as _
from registry.web.i18n import languages
from registry.web.render import PageHead, SiteContext, render

FileName = Annotated[str, PathParameter(max_length=80)]


@get("/numbers")
async def numbers_page(request: Request[Any, Any, Any], reader: InReader, now: InNow) -> Response[str]:
    """What the record adds up to, figure by figure, each with its table, its file and the list behind it."""
    return render(
        request, "numbers/numbers.html",
        page=PageHead(
            title=_("The community in numbers"),
            description=_("What the public record of the %(community)s community adds up to, and what it cannot tell.")
            % {"community": SiteContext(request).community},
        ),
        figures=await _figures(request, reader, now),
    )


@get("/numbers/{name:str}")
async def numbers_sheet(
    request: Request[Any, Any, Any], reader: InReader, now: InNow, name: FileName
) -> Response[str]:
    """A figure as a file (CSV)."""
    figures = {f"{figure.key}.csv": figure for figure in await _figures(request, reader, now)}
    if name not in figures:
        raise NotFound(_("There is no such figure. All of them stand on the page of the community in numbers."))
    return Response(
        sheet(figures[name]), media_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


NUMBERS_ROUTES: Sequence[ControllerRouterHandler] = [numbers_page, numbers_sheet]


async def _figures(request: Request[Any, Any, Any], reader: Reader, now: datetime) -> list[Figure]:
    """Every figure (six statements)."""
    settings: Settings = request.app.state.settings
    kept_days = settings.guests_kept_days
    return every_figure(
        pitches=await pitches_by_day(reader, languages=languages()), seen=await appearances(reader),
        counts=await record_counts(reader), moves=await latest_moves(reader),
        topics_pitched=await topics_by_day(reader),
        guests=await guests_since(reader, guests_counted_since(now, kept_days=kept_days)), kept_days=kept_days, now=now,
    )
