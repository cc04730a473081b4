"""The pages of projects: the list with its filters, and one project."""

from datetime import date, datetime, timedelta
from typing import Any

from litestar import Request, Response, get

from registry.projects.filter_panel import FilterPanel, filter_panel, sorting
from registry.projects.filters import read_filters
from registry.projects.queries.listing import project_cards, project_listing
from registry.settings import Settings
from registry.web.dependencies import InNow, InReader
from registry.web.htmx import render_page_or_part
from registry.web.i18n import gettext as _
from registry.web.i18n import languages
from registry.web.paging import PageNumber, Pager
from registry.web.render import PageHead


@get("/projects")
async def projects_page(
    request: Request[Any, Any, Any], reader: InReader, now: InNow, page: PageNumber = 1
) -> Response[str]:
    """The projects that match the filters of the address, with how many each further choice would leave."""
    filters = read_filters(request.query_params)
    since = quiet_before(request, now)
    listing = await project_listing(reader, filters, quiet_before=since, languages=languages())
    pager = Pager(number=page, total=listing.total, address=filters.url()).checked()
    panel = filter_panel(filters, listing)
    return render_page_or_part(
        request, "projects/projects.html", part="projects/_results.html",
        page=PageHead(
            title=_("Projects"),
            description=_("Everything the community has begun to dig. Find one that wants what you can do."),
            is_indexed=not panel.chips,
        ),
        filters=filters, kept=filters.kept_beside("q"), panel=panel, total=listing.total, pager=pager,
        cards=await project_cards(reader, filters, quiet_before=since, size=pager.size, offset=pager.offset),
        orders=sorting(filters), empty_hint=_empty_hint(panel),
    )


def quiet_before(request: Request[Any, Any, Any], now: datetime) -> date:
    """The day since which something must be known of a project for it to count as active."""
    settings: Settings = request.app.state.settings
    return now.date() - timedelta(days=settings.quiet_after_days)


def _empty_hint(panel: FilterPanel) -> str:
    unknown = next((chip.label for chip in panel.chips if not chip.is_known), None)
    if unknown:
        return _("The registry does not know “%(choice)s”. Drop it, and see more.") % {"choice": unknown}
    return _("Nothing has all of what you chose. Drop one of these, and see more.")
