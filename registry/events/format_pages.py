"""Events for other programs: calendars, and linked data."""

from collections.abc import Sequence
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from registry.errors import NotFound
from registry.events.calendar_file import CALENDAR, calendar_file
from registry.events.calendar_queries import all_in_calendar, event_in_calendar
from registry.events.linked_data import event_linked_data
from registry.events.queries import event_by_slug
from registry.events.sharing import event_share_card
from registry.events.words import no_such_event
from registry.proposals.queries import event_programme
from registry.web.cards.kept import answer_card
from registry.web.dependencies import InReader
from registry.web.i18n import gettext as _
from registry.web.render import SiteContext, with_context

AnyRequest = Request[Any, Any, Any]
MOST_WORKS = 1_000


@get("/events/calendar.ics")
async def events_calendar(request: AnyRequest, reader: InReader) -> Response[bytes]:
    """Every event, to subscribe to."""
    site = SiteContext(request)
    name = _("%(community)s: events") % {"community": site.community}
    return Response(
        calendar_file(await all_in_calendar(reader), base_url=site.base_url, name=name), media_type=CALENDAR
    )


@get("/events/{slug:str}/event.ics")
async def event_calendar(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[bytes]:
    """One event, for a calendar."""
    entry = await event_in_calendar(reader, slug)
    if entry is None:
        raise NotFound(no_such_event())
    return Response(
        calendar_file([entry], base_url=request.app.state.settings.base_url), media_type=CALENDAR,
        headers={"Content-Disposition": 'attachment; filename="event.ics"'},
    )


@get("/events/{slug:str}/hackathon.json", media_type=MediaType.JSON)
async def event_hackathon_json(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> dict[str, Any]:
    """The event and all that was pitched at it, as schema.org has it (``hackathon.json``)."""
    event = await event_by_slug(reader, slug)
    if event is None:
        raise NotFound(no_such_event())
    programme = await event_programme(reader, event.id, offset=0, limit=MOST_WORKS)
    site = SiteContext(request)
    return with_context(event_linked_data(event, programme, base_url=site.base_url, community=site.community))


@get("/events/{slug:str}/card.png")
async def event_share_picture(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[bytes]:
    """The event's card as a picture, for chats and social sites."""
    event = await event_by_slug(reader, slug)
    if event is None:
        raise NotFound(no_such_event())
    return await answer_card(request, event_share_card(event))


EVENT_FORMATS: Sequence[ControllerRouterHandler] = [
    events_calendar, event_calendar, event_hackathon_json, event_share_picture,
]
