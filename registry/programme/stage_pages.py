"""The pages of those beside the stage: the running order, the caller's and the timekeeper's view."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, PathParameter
from litestar.response import ServerSentEvent
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor, roles_at_event
from registry.accounts.rules import Permission
from registry.database.engine import Reader
from registry.errors import BadInput, RegistryError
from registry.programme.commands import (
    MOST_MINUTES,
    SlotWritten,
    add_slot,
    fill_order,
    mark_slot,
    move_slot,
    remove_slot,
    run_clock,
    set_minutes,
)
from registry.programme.queries import Stage, stage_to_run
from registry.programme.rules import MINUTES, ClockMove, SlotMove, StageSession
from registry.programme.shown import live_part, part_named, stage_context
from registry.programme.words import session_name
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.errors import wants_json
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import SEE_OTHER, Typed, attempt, read_typed, see

AnyRequest = Request[Any, Any, Any]
Move = TypeVar("Move", bound=StrEnum)
SlotNumber = Annotated[int, PathParameter(ge=1, le=2**31 - 1)]
BACK = ("order", "caller", "timer")
"""The pages from which the stage is run, and to which a button leads back."""


@get("/stage")
async def stage_page(
    request: AnyRequest, reader: InReader, now: InNow, slug: FromPath[str], part: FromQuery[str | None] = None
) -> Response[str]:
    """The running order of a session: the one that is on, unless another is asked for."""
    return await _view(request, reader, "order", Typed.of(), slug=slug, part=part, now=now)


@get("/stage/caller")
async def caller_page(
    request: AnyRequest, reader: InReader, now: InNow, slug: FromPath[str], part: FromQuery[str | None] = None
) -> Response[str]:
    """Who is on stage, who comes next and who after that, with what to say."""
    return await _view(request, reader, "caller", Typed.of(), slug=slug, part=part, now=now)


@get("/stage/timer")
async def timer_page(
    request: AnyRequest, reader: InReader, now: InNow, slug: FromPath[str], part: FromQuery[str | None] = None
) -> Response[str]:
    """The clock, to be run from a phone."""
    return await _view(request, reader, "timer", Typed.of(), slug=slug, part=part, now=now)


@get("/stage/live/{view:str}")
async def stage_live(
    request: AnyRequest, slug: FromPath[str], view: FromPath[str], part: FromQuery[str | None] = None
) -> ServerSentEvent:
    """The part of one of these pages that changes by itself."""
    if view not in BACK:
        raise BadInput(_("Use one of the values that are offered."))
    chosen = part_named(part) if part else None

    async def context(reader: Reader) -> dict[str, Any]:
        return stage_context(await stage_to_run(reader, slug), chosen)

    return await live_part(request, ("stage", slug, view, part or ""), f"programme/_{view}.html", context)


@get("/stage/{part:str}/add")
async def slot_add_page(
    request: AnyRequest, reader: InReader, slug: FromPath[str], part: FromPath[str]
) -> Response[str]:
    """A form for a slot without a proposal."""
    chosen = part_named(part)
    return await _add_page(request, reader, slug, chosen, Typed.of(minutes=str(MINUTES[chosen])))


@post("/stage/{part:str}/add", status_code=SEE_OTHER)
async def slot_add(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, *, slug: FromPath[str], part: FromPath[str]
) -> Response[Any]:
    """Put somebody without a proposal at the end of the order."""
    chosen, typed = part_named(part), await read_typed(request)

    async def add() -> str:
        written = SlotWritten(typed.texts("title"), typed("presenter"), typed("minutes"))
        await add_slot(session, slug=slug, part=chosen, written=written, by=actor, now=now)
        return _address(slug, "order", part)

    outcome = await attempt(session, typed, add, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _add_page(request, session, slug, chosen, typed)
    return see(outcome, "saved")


@post("/stage/{part:str}/fill", status_code=SEE_OTHER)
async def order_fill(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, *, slug: FromPath[str], part: FromPath[str]
) -> Response[Any]:
    """Put those who signed up into the order: all, or the one that is named."""
    chosen = part_named(part)

    async def fill(typed: Typed) -> None:
        await fill_order(session, slug=slug, part=chosen, only=typed("proposal"), by=actor, now=now)

    return await _change(request, session, fill, slug=slug, by=actor, now=now)


@post("/stage/slots/{slot:int}/move", status_code=SEE_OTHER)
async def slot_move(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, *, slug: FromPath[str], slot: SlotNumber
) -> Response[Any]:
    """Put one who waits before another, or behind all."""

    async def move(typed: Typed) -> None:
        await move_slot(session, slug=slug, slot_id=slot, before=typed.number("before"), by=actor, now=now)

    return await _change(request, session, move, slug=slug, by=actor, now=now)


@post("/stage/slots/{slot:int}/mark", status_code=SEE_OTHER)
async def slot_mark(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, *, slug: FromPath[str], slot: SlotNumber
) -> Response[Any]:
    """Call somebody on stage, end their turn, mark them absent, or let them wait again."""

    async def mark(typed: Typed) -> None:
        await mark_slot(session, slug=slug, slot_id=slot, move=_choice(SlotMove, typed("move")), by=actor, now=now)

    return await _change(request, session, mark, slug=slug, by=actor, now=now)


@post("/stage/slots/{slot:int}/minutes", status_code=SEE_OTHER)
async def slot_minutes(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, *, slug: FromPath[str], slot: SlotNumber
) -> Response[Any]:
    """Set how long a slot lasts."""

    async def set_length(typed: Typed) -> None:
        await set_minutes(session, slug=slug, slot_id=slot, minutes=typed.number("minutes"), by=actor, now=now)

    return await _change(request, session, set_length, slug=slug, by=actor, now=now)


@post("/stage/slots/{slot:int}/remove", status_code=SEE_OTHER)
async def slot_remove(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, *, slug: FromPath[str], slot: SlotNumber
) -> Response[Any]:
    """Take a slot out of the order."""

    async def remove(_typed: Typed) -> None:
        await remove_slot(session, slug=slug, slot_id=slot, by=actor, now=now)

    return await _change(request, session, remove, slug=slug, by=actor, now=now)


@post("/stage/slots/{slot:int}/clock", status_code=SEE_OTHER)
async def slot_clock(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, *, slug: FromPath[str], slot: SlotNumber
) -> Response[Any]:
    """Start, pause, extend or reset the clock of the slot on stage."""

    async def run(typed: Typed) -> None:
        await run_clock(session, slug=slug, slot_id=slot, move=_choice(ClockMove, typed("move")), by=actor, now=now)

    return await _change(request, session, run, slug=slug, by=actor, now=now)


STAGE_ROUTES: Sequence[ControllerRouterHandler] = [
    Router("/events/{slug:str}", opt=needs(Permission.HELP_AT_EVENT, there=roles_at_event), route_handlers=[
        stage_page, caller_page, timer_page, stage_live, slot_add_page, slot_add, order_fill, slot_move, slot_mark,
        slot_minutes, slot_remove, slot_clock,
    ]),
]


async def _change(
    request: AnyRequest, session: AsyncSession, work: Callable[[Typed], Awaitable[None]], *, slug: str, by: Actor,
    now: datetime
) -> Response[Any]:
    """Do what a button says and go back to its page; a refusal shows that page as it is by now, and says why.

    Raises:
        RegistryError: the refusal, for a script that reads problem documents.
    """
    typed = await read_typed(request)
    view, part = typed("back") if typed("back") in BACK else BACK[0], typed("part")

    async def change() -> str:
        await work(typed)
        return _address(slug, view, part)

    outcome = await attempt(session, typed, change, by=by, now=now)
    if not isinstance(outcome, RegistryError):
        return see(outcome)
    if wants_json(request):
        raise outcome
    return await _view(request, session, view, typed, slug=slug, part=part, now=now)


async def _view(
    request: AnyRequest, reader: Reader, view: str, typed: Typed, *, slug: str, part: str | None, now: datetime
) -> Response[str]:
    stage = await stage_to_run(reader, slug)
    chosen = part_named(part) if part else None
    context = stage_context(stage, chosen, now=now)
    return render(
        request, f"programme/{view}.html", page=_head(stage), status_code=typed.status, typed=typed, now=now,
        address=_address(slug, view, part),
        live=f"/events/{slug}/stage/live/{view}" + (f"?part={chosen}" if chosen else ""),
        follows="" if chosen is None else chosen.value, back=view,
        parts=[(one, session_name(one)) for one in StageSession], **context,
    )


async def _add_page(
    request: AnyRequest, reader: Reader, slug: str, part: StageSession, typed: Typed
) -> Response[str]:
    stage = await stage_to_run(reader, slug)
    return render(
        request, "programme/add.html", page=_head(stage), status_code=typed.status, typed=typed, event=stage, part=part,
        part_name=session_name(part), most=MOST_MINUTES,
    )


def _address(slug: str, view: str, part: str | None) -> str:
    page = f"/events/{slug}/stage" + ("" if view == BACK[0] else f"/{view}")
    return f"{page}?part={part}" if part else page


def _choice(moves: type[Move], name: str) -> Move:
    if name not in set(moves):
        raise BadInput(_("Use one of the values that are offered."))
    return moves(name)


def _head(stage: Stage) -> PageHead:
    return PageHead(title=_("Stage: %(event)s") % {"event": plain(stage.name)}, is_indexed=False)
