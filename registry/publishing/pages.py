"""The page on which organisers see what stands in the repository, and offer more."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from registry.accounts.queries import roles_at_event
from registry.accounts.rules import Permission
from registry.errors import NotFound
from registry.publishing.commands import offer_record
from registry.publishing.queries import cases_not_offered, count_publications, publications
from registry.publishing.rules import PULL_REQUEST, Collection
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import SEE_OTHER, see

AnyRequest = Request[Any, Any, Any]
PUBLISHING = "/publishing"


@get("/", opt=needs(Permission.PUBLISH_CASE))
async def publishing_page(request: AnyRequest, reader: InReader, page: PageNumber = 1) -> Response[str]:
    """What was offered to the repository, the last first, and the case studies that were not."""
    pager = Pager(number=page, total=await count_publications(reader), address=PUBLISHING).checked()
    return render(
        request, "publishing/publishing.html", pager=pager, is_set_up=is_set_up(request),
        page=PageHead(title=_("Published as files"), is_indexed=False),
        publications=await publications(reader, offset=pager.offset, limit=pager.size),
        cases=await cases_not_offered(reader), timezone=request.app.state.settings.timezone,
    )


@post("/cases/{slug:str}", opt=needs(Permission.PUBLISH_CASE), status_code=SEE_OTHER)
async def offer_case(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Offer a case study."""
    await _offer(request, Collection.CASES, slug, session, by=actor.label, now=now)
    return see(PUBLISHING, "record-offered")


@post("/events/{slug:str}", opt=needs(Permission.RUN_EVENT, there=roles_at_event), status_code=SEE_OTHER)
async def offer_event(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Offer the record of an event."""
    await _offer(request, Collection.EVENTS, slug, session, by=actor.label, now=now)
    return see(f"/events/{slug}/run", "record-offered")


PUBLISHING_ROUTES: Sequence[ControllerRouterHandler] = [
    Router(PUBLISHING, route_handlers=[publishing_page, offer_case, offer_event]),
]


def is_set_up(request: AnyRequest) -> bool:
    """Whether this installation has a repository to publish to."""
    return PULL_REQUEST in request.app.state.connections.deliverers


async def _offer(request: AnyRequest, collection: Collection, slug: str, session: Any, *, by: str, now: Any) -> None:
    if not is_set_up(request):
        raise NotFound(_("No repository is set up for publishing. Set KENG_GITHUB_PUBLISH_REPOSITORY, or use "
                         "`keng publish --to DIR`."))
    await offer_record(
        session, collection=collection, slug=slug, base_url=request.app.state.settings.base_url, by=by, now=now
    )
