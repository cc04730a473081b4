"""The desk: what waits for an organiser, and how the connections fare."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, Router, get
from litestar.types import ControllerRouterHandler

from registry.accounts.rules import Permission
from registry.activity.log_pages import organises_any_event
from registry.desk.connections import works_of
from registry.desk.queries import count_dead_links, dead_links, events_ahead, looks_so_far, outbox_lanes, what_waits
from registry.desk.words import fares_name, job_name, kind_advice, kind_name, source_name
from registry.hooks.queries import hook_backlogs
from registry.jobs.queries import job_runs
from registry.web.dependencies import InActor, InNow, InReader
from registry.web.i18n import gettext as _
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.render import PageHead, render

DEAD_LINKS = "/desk/links"


@get("/desk", opt=needs(Permission.RUN_EVENT, there=organises_any_event))
async def desk_page(request: Request[Any, Any, Any], actor: InActor, reader: InReader, now: InNow) -> Response[str]:
    """Everything that waits for the reader: of the whole site for its organisers, else of their events."""
    state = request.app.state
    is_for_all = actor.may(Permission.MODERATE)
    waiting = await what_waits(reader, actor) if is_for_all else []
    works = works_of(
        state.settings, state.connections, await job_runs(reader), await outbox_lanes(reader),
        told=await hook_backlogs(reader), looks=await looks_so_far(reader, now=now), now=now,
    ) if is_for_all else None
    return render(
        request, "desk/desk.html", page=PageHead(title=_("Desk"), is_indexed=False),
        waiting=waiting, events=await events_ahead(reader, actor, now=now), works=works,
        kind_name=kind_name, kind_advice=kind_advice, fares_name=fares_name, job_name=job_name, source_name=source_name,
        timezone=state.settings.timezone,
    )


@get(DEAD_LINKS, opt=needs(Permission.MODERATE))
async def dead_links_page(request: Request[Any, Any, Any], reader: InReader, page: PageNumber = 1) -> Response[str]:
    """The links that no longer answer, with the project that shows each."""
    pager = Pager(number=page, total=await count_dead_links(reader), address=DEAD_LINKS).checked()
    return render(
        request, "desk/links.html", page=PageHead(title=_("Links that no longer answer"), is_indexed=False),
        links=await dead_links(reader, offset=pager.offset, limit=pager.size), pager=pager,
        timezone=request.app.state.settings.timezone,
    )


DESK_ROUTES: Sequence[ControllerRouterHandler] = [Router("/", route_handlers=[desk_page, dead_links_page])]
