"""The organisers' pages of announcements: the messages, one of them, and which news goes where."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, PathParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor, event_id_named, roles_at_event
from registry.accounts.rules import Permission
from registry.announcements.commands import (
    WORDS_LENGTH,
    add_route,
    drop_announcement,
    hold_announcement,
    let_go,
    remove_route,
    send_again,
    word_announcement,
)
from registry.announcements.composing import composed
from registry.announcements.queries import (
    announcement_row,
    announcements_in,
    count_announcements,
    day_messages,
    routes,
    usable_channels,
)
from registry.announcements.rules import AT_EVENTS, OPEN_STATES, AnnouncementState, FactKind
from registry.announcements.words import day_message_name, kind_name, state_name
from registry.database.engine import Reader
from registry.errors import NotFound, RegistryError
from registry.events.rules import DayMessage
from registry.events.run_queries import event_to_run
from registry.programme.cues import silence_day_messages
from registry.web.choices import read_choices
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.i18n import languages
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import SEE_OTHER, Typed, attempt, fields_of, read_typed, see

AnyRequest = Request[Any, Any, Any]
RowNumber = Annotated[int, PathParameter(ge=1, le=2**31 - 1)]
PLACE = "/announcements"
Act = Callable[..., Awaitable[None]]
_ACTS: dict[str, tuple[Act, str]] = {
    "hold": (hold_announcement, "held"), "go": (let_go, "let-go"), "drop": (drop_announcement, "announcement-dropped"),
    "again": (send_again, "tried_again"),
}


@get("/")
async def announcements_page(request: AnyRequest, reader: InReader, page: PageNumber = 1) -> Response[str]:
    """Every message, those noted last first, with a filter by where it stands."""
    chosen = read_choices(PLACE, request.query_params, ("state",))
    state = next((one for one in AnnouncementState if one == chosen.values.get("state")), None)
    counts = await count_announcements(reader)
    total = counts.get(state, 0) if state else sum(counts.values())
    pager = Pager(number=page, total=total, address=chosen.url()).checked()
    words = {one.value: state_name(one) for one in AnnouncementState}
    return render(
        request, "announcements/list.html", page=PageHead(title=_("Announcements"), is_indexed=False),
        chosen=chosen, choices=chosen.choices("state", words, {one.value: count for one, count in counts.items()}),
        pager=pager, rows=await announcements_in(reader, state, offset=pager.offset, limit=pager.size),
        kind_name=kind_name, state_name=state_name, timezone=request.app.state.settings.timezone,
    )


@get("/{number:int}")
async def announcement_page(request: AnyRequest, reader: InReader, now: InNow, number: RowNumber) -> Response[str]:
    """One message as it reads now in each language, and what can be done with it."""
    return await _announcement(request, reader, number, None, now)


@post("/{number:int}/words", status_code=SEE_OTHER)
async def announcement_worded(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, number: RowNumber
) -> Response[Any]:
    """Give a message words of one's own."""
    typed = await read_typed(request)

    async def word() -> str:
        await word_announcement(
            session, announcement_id=number, words=typed.texts("words"), by=actor, now=now
        )
        return f"{PLACE}/{number}"

    outcome = await attempt(session, typed, word, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _announcement(request, session, number, typed, now)
    return see(outcome, "saved")


@post("/{number:int}/{act:str}", status_code=SEE_OTHER)
async def announcement_act(
    *, request: AnyRequest, actor: InActor, session: InSession, now: InNow, number: RowNumber, act: FromPath[str]
) -> Response[Any]:
    """Hold a message, let it go, drop it or send it again."""
    if act not in _ACTS:
        raise NotFound(_("There is no such way to deal with an announcement."))
    work, done = _ACTS[act]
    typed = await read_typed(request)

    async def carry_out() -> str:
        await work(session, announcement_id=number, by=actor, now=now)
        return f"{PLACE}/{number}"

    outcome = await attempt(session, typed, carry_out, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _announcement(request, session, number, typed, now)
    return see(outcome, done)


@get("/routes")
async def routes_page(request: AnyRequest, reader: InReader) -> Response[str]:
    """Which news goes to which channel, for everything."""
    return await _routes(request, reader, "", Typed())


@post("/routes", status_code=SEE_OTHER)
async def route_added(request: AnyRequest, actor: InActor, session: InSession, now: InNow) -> Response[Any]:
    """Let a kind of news go to a channel."""
    return await _add(request, session, "", by=actor, now=now)


@post("/routes/{number:int}/remove", status_code=SEE_OTHER)
async def route_removed(actor: InActor, session: InSession, now: InNow, number: RowNumber) -> Response[Any]:
    """Let a kind of news no longer go to a channel."""
    await remove_route(session, route_id=number, event_id=None, by=actor, now=now)
    return see(f"{PLACE}/routes", "removed")


@get("/")
async def event_routes_page(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[str]:
    """Which news of one event goes to which channel."""
    return await _routes(request, reader, slug, Typed())


@post("/", status_code=SEE_OTHER)
async def event_route_added(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Let a kind of an event's news go to a channel."""
    return await _add(request, session, slug, by=actor, now=now)


@post("/{number:int}/remove", status_code=SEE_OTHER)
async def event_route_removed(
    actor: InActor, session: InSession, now: InNow, slug: FromPath[str], number: RowNumber
) -> Response[Any]:
    """Let a kind of an event's news no longer go to a channel."""
    event_id = await event_id_named(session, slug)
    await remove_route(session, route_id=number, event_id=event_id, by=actor, now=now)
    return see(_place(slug), "removed")


@post("/day", status_code=SEE_OTHER)
async def event_day_messages(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Choose what people of an event are told by itself."""
    typed = await read_typed(request)

    async def choose() -> str:
        await silence_day_messages(session, slug=slug, wanted=typed.every("wanted"), by=actor, now=now)
        return _place(slug)

    outcome = await attempt(session, typed, choose, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _routes(request, session, slug, typed)
    return see(outcome, "saved")


ANNOUNCEMENT_ROUTES: Sequence[ControllerRouterHandler] = [
    Router(PLACE, opt=needs(Permission.MODERATE), route_handlers=[
        announcements_page, announcement_page, announcement_worded, announcement_act, routes_page, route_added,
        route_removed,
    ]),
    Router("/events/{slug:str}/announcements", opt=needs(Permission.RUN_EVENT, there=roles_at_event), route_handlers=[
        event_routes_page, event_route_added, event_route_removed, event_day_messages,
    ]),
]


def _place(slug: str) -> str:
    return f"/events/{slug}/announcements" if slug else f"{PLACE}/routes"


async def _announcement(
    request: AnyRequest, reader: Reader, number: int, typed: Typed | None, now: datetime
) -> Response[str]:
    settings = request.app.state.settings
    row = await announcement_row(reader, number)
    reads = await composed(reader, number, base_url=settings.base_url, now=now)
    if row is None or reads is None:
        raise NotFound(_("There is no such announcement."))
    typed = typed or Typed.of(**fields_of(words=reads.words))
    return render(
        request, "announcements/announcement.html",
        page=PageHead(title=kind_name(row.fact), is_indexed=False), typed=typed, status_code=typed.status, row=row,
        reads=reads, tongues=languages(), is_open=row.state in OPEN_STATES, state=state_name(row.state),
        longest=WORDS_LENGTH, timezone=settings.timezone,
    )


async def _routes(request: AnyRequest, reader: Reader, slug: str, typed: Typed) -> Response[str]:
    event = await event_to_run(reader, slug) if slug else None
    channels = await usable_channels(reader)
    kinds = [kind for kind in FactKind if event is None or kind in AT_EVENTS]
    return render(
        request, "announcements/event_routes.html" if event else "announcements/routes.html",
        page=PageHead(title=_("What the chat is told"), is_indexed=False), typed=typed, status_code=typed.status,
        event=event, place=_place(slug), routes=await routes(reader, event_id=event.id if event else None),
        day=Typed.of(wanted=await day_messages(reader, event.id)) if event else None,
        day_messages=[(one.value, day_message_name(one)) for one in DayMessage],
        kinds=[(kind.value, kind_name(kind)) for kind in kinds], kind_name=kind_name,
        channels=[(str(one.id), f"#{one.name}") for one in channels],
    )


async def _add(
    request: AnyRequest, session: AsyncSession, slug: str, *, by: Actor, now: datetime
) -> Response[Any]:
    typed = await read_typed(request)
    event_id = await event_id_named(session, slug) if slug else None

    async def add() -> str:
        await add_route(
            session, fact=typed("fact"), channel=typed.number("channel"), event_id=event_id,
            is_looked_at=typed.has("is_looked_at"), by=by, now=now,
        )
        return _place(slug)

    outcome = await attempt(session, typed, add, by=by, now=now)
    if isinstance(outcome, RegistryError):
        return await _routes(request, session, slug, typed)
    return see(outcome, "saved")
