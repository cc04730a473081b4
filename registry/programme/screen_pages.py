"""The screens of an event, for a projector: the pitch, the agenda, the map of tables."""

import time
from typing import Annotated, Any

from litestar import MediaType, Request, Response, Router, get
from litestar.params import FromPath, QueryParameter
from litestar.response import ServerSentEvent

from registry.accounts.rules import Permission
from registry.database.engine import Reader
from registry.programme.queries import VenueScreen, stage_on_screen, venue_on_screen
from registry.programme.rules import map_size
from registry.programme.shown import base_url, live_part, screen_context
from registry.web.dependencies import InNow, InReader
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.permissions import needs
from registry.web.render import PageHead, render

AnyRequest = Request[Any, Any, Any]
RoomNumber = Annotated[int | None, QueryParameter(ge=1, le=2**31 - 1)]
NEVER_KEPT = {"Cache-Control": "no-store"}


@get("/now", media_type=MediaType.TEXT, sync_to_thread=False)
def server_time() -> Response[str]:
    """What time it is here, in milliseconds since 1970: clocks in browsers go by it, whatever their own says."""
    return Response(str(time.time_ns() // 1_000_000), media_type=MediaType.TEXT, headers=NEVER_KEPT)


@get("/pitch")
async def pitch_screen(request: AnyRequest, reader: InReader, now: InNow, slug: FromPath[str]) -> Response[str]:
    """Who is on stage, how long they have, whom they look for, and how to get to their project."""
    stage = await stage_on_screen(reader, slug)
    return _screen(
        request, "pitch", _("On stage: %(event)s") % {"event": plain(stage.name)},
        **screen_context(stage, base_url(request), now=now),
    )


@get("/pitch/live")
async def pitch_screen_live(request: AnyRequest, slug: FromPath[str]) -> ServerSentEvent:
    """The part of the stage's screen that changes by itself."""
    address = base_url(request)

    async def context(reader: Reader) -> dict[str, Any]:
        return screen_context(await stage_on_screen(reader, slug), address)

    return await live_part(request, ("screen", slug, "pitch"), "programme/screens/_pitch.html", context)


@get("/agenda")
async def agenda_screen(request: AnyRequest, reader: InReader, now: InNow, slug: FromPath[str]) -> Response[str]:
    """What is on now and what comes next."""
    venue = await venue_on_screen(reader, slug)
    return _screen(
        request, "agenda", _("Agenda: %(event)s") % {"event": plain(venue.name)}, event=venue, now=now,
    )


@get("/agenda/live")
async def agenda_screen_live(request: AnyRequest, slug: FromPath[str]) -> ServerSentEvent:
    """The part of the agenda's screen that changes by itself."""

    async def context(reader: Reader) -> dict[str, Any]:
        return {"event": await venue_on_screen(reader, slug), "now": None}

    return await live_part(request, ("screen", slug, "agenda"), "programme/screens/_agenda.html", context)


@get("/tables")
async def tables_screen(
    request: AnyRequest, reader: InReader, slug: FromPath[str], room: RoomNumber = None
) -> Response[str]:
    """Who works at which table, everywhere or in one room."""
    venue = await venue_on_screen(reader, slug)
    return _screen(
        request, "tables", _("Tables: %(event)s") % {"event": plain(venue.name)}, event=venue,
        **_map(venue, room), live=f"/events/{slug}/screen/tables/live" + (f"?room={room}" if room else ""),
    )


@get("/tables/live")
async def tables_screen_live(request: AnyRequest, slug: FromPath[str], room: RoomNumber = None) -> ServerSentEvent:
    """The part of the tables' screen that changes by itself."""

    async def context(reader: Reader) -> dict[str, Any]:
        return _map(await venue_on_screen(reader, slug), room)

    topic = ("screen", slug, "tables", str(room or ""))
    return await live_part(request, topic, "programme/screens/_tables.html", context)


SCREEN_ROUTES = Router("/", opt=needs(Permission.READ), route_handlers=[
    server_time,
    Router("/events/{slug:str}/screen", route_handlers=[
        pitch_screen, pitch_screen_live, agenda_screen, agenda_screen_live, tables_screen, tables_screen_live,
    ]),
])


def _screen(request: AnyRequest, name: str, title: str, **context: Any) -> Response[str]:
    """A screen is never served from memory: without script it shows the time by being asked for again."""
    answer = render(
        request, f"programme/screens/{name}.html", page=PageHead(title=title, is_indexed=False),
        **{"live": f"{request.url.path}/live", **context},
    )
    answer.headers |= NEVER_KEPT
    return answer


def _map(venue: VenueScreen, room: int | None) -> dict[str, Any]:
    rooms = venue.rooms_shown(room)
    return {"rooms": rooms, "size": map_size(sum(one.project_name is not None for it in rooms for one in it.tables))}
