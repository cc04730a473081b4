"""What owners, contributors and organisers do on the day: tables, demos, who joined."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, PathParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor, roles_at_event
from registry.accounts.rules import Permission
from registry.addresses import percent_encoded
from registry.database.engine import Reader
from registry.errors import RegistryError
from registry.floor.commands import (
    close_demos,
    join_at_table,
    leave_table,
    remove_joined,
    sign_up_for_demos,
    take_table,
    withdraw_demo,
)
from registry.floor.pages import floor_found, table_path
from registry.floor.queries import TableRow, count_own_projects, own_projects, tables_of
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.qr_code import qr_code
from registry.web.render import PageHead, SiteContext, render
from registry.web.typed import SEE_OTHER, Typed, attempt, read_typed, see

AnyRequest = Request[Any, Any, Any]
JoinedNumber = Annotated[int, PathParameter(ge=1, le=2**31 - 1)]
PROJECTS_A_PAGE = 30
_RUNS = needs(Permission.RUN_EVENT, there=roles_at_event)


@get("/mine")
async def own_projects_page(
    *, request: AnyRequest, actor: InActor, reader: InReader, now: InNow, slug: FromPath[str], page: PageNumber = 1
) -> Response[str]:
    """The reader's projects on the day, each with its table, its demo and who joined; organisers see all."""
    return await _own_page(request, reader, actor, slug, Typed.of(), now=now, page=page)


@post("/mine/table", status_code=SEE_OTHER)
async def table_take(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Take another table for a project, or none."""

    async def change(typed: Typed) -> str:
        project, label = typed("project"), typed("table")
        if label:
            await take_table(session, slug=slug, project=project, label=label, by=actor, now=now)
            return f"/events/{slug}/mine?done=table-taken#{project}"
        await leave_table(session, slug=slug, project=project, by=actor, now=now)
        return f"/events/{slug}/mine?done=table-left#{project}"

    return await _change(request, session, slug, change, by=actor, now=now)


@post("/mine/demo", status_code=SEE_OTHER)
async def demo_sign_up(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Sign a project up for the demos."""

    async def change(typed: Typed) -> str:
        await sign_up_for_demos(session, slug=slug, project=typed("project"), by=actor, now=now)
        return f"/events/{slug}/mine?done=demo-signed-up#{typed('project')}"

    return await _change(request, session, slug, change, by=actor, now=now)


@post("/mine/demo/withdraw", status_code=SEE_OTHER)
async def demo_withdraw(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Take a project out of the demos."""

    async def change(typed: Typed) -> str:
        await withdraw_demo(session, slug=slug, project=typed("project"), by=actor, now=now)
        return f"/events/{slug}/mine?done=demo-withdrawn#{typed('project')}"

    return await _change(request, session, slug, change, by=actor, now=now)


@post("/join", status_code=SEE_OTHER)
async def table_join(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Say that one joined the project at a table."""
    typed = await read_typed(request)

    async def join() -> str:
        await join_at_table(session, slug=slug, label=typed("table"), by=actor, now=now)
        return table_path(slug, typed("table"))

    outcome = await attempt(session, typed, join, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        raise outcome
    return see(outcome, "joined")


@post("/joined/{joined_id:int}/remove", status_code=SEE_OTHER)
async def joined_remove(
    *, request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str],
    joined_id: JoinedNumber,
) -> Response[Any]:
    """Take back that somebody joined."""

    async def change(_typed: Typed) -> str:
        await remove_joined(session, slug=slug, joined_id=joined_id, by=actor, now=now)
        return f"/events/{slug}/mine?done=removed"

    return await _change(request, session, slug, change, by=actor, now=now)


@post("/demos/close", opt=_RUNS, status_code=SEE_OTHER)
async def demos_close(actor: InActor, session: InSession, now: InNow, slug: FromPath[str]) -> Response[Any]:
    """Take no more sign-ups for the demos."""
    await close_demos(session, slug=slug, is_closed=True, by=actor, now=now)
    return see(f"/events/{slug}/board", "saved")


@post("/demos/open", opt=_RUNS, status_code=SEE_OTHER)
async def demos_open(actor: InActor, session: InSession, now: InNow, slug: FromPath[str]) -> Response[Any]:
    """Take sign-ups for the demos again."""
    await close_demos(session, slug=slug, is_closed=False, by=actor, now=now)
    return see(f"/events/{slug}/board", "saved")


@get("/table-cards", opt=_RUNS)
async def table_cards_page(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[str]:
    """A card to print for each table, with the QR code that leads to its page."""
    floor = await floor_found(reader, slug)
    base_url = SiteContext(request).base_url
    cards = [
        (table, address, qr_code(address, css_class="poster__code"))
        for table in await tables_of(reader, floor.id)
        for address in [base_url + table_path(floor.slug, table.label)]
    ]
    return render(
        request, "floor/cards.html", floor=floor, cards=cards,
        page=PageHead(title=_("Cards for the tables"), is_indexed=False),
    )


FLOOR_ROUTES: Sequence[ControllerRouterHandler] = [
    Router("/events/{slug:str}", opt=needs(Permission.WORK_AT_EVENT), route_handlers=[
        own_projects_page, table_take, demo_sign_up, demo_withdraw, table_join, joined_remove, demos_close,
        demos_open, table_cards_page,
    ]),
]


async def _change(
    request: AnyRequest, session: AsyncSession, slug: str, change: Callable[[Typed], Awaitable[str]], *, by: Actor,
    now: datetime,
) -> Response[Any]:
    typed = await read_typed(request)
    outcome = await attempt(session, typed, lambda: change(typed), by=by, now=now)
    if isinstance(outcome, RegistryError):
        return await _own_page(request, session, by, slug, typed, now=now)
    return see(percent_encoded(outcome))


async def _own_page(
    request: AnyRequest, reader: Reader, actor: Actor, slug: str, typed: Typed, *, now: datetime, page: int = 1
) -> Response[str]:
    floor = await floor_found(reader, slug)
    is_organiser, person_id = actor.may_run(floor.id), actor.person_id or 0
    total = await count_own_projects(reader, floor.id, person_id, is_organiser=is_organiser)
    pager = Pager(
        number=page, total=total, address=f"/events/{floor.slug}/mine", size=PROJECTS_A_PAGE
    ).checked()
    projects = await own_projects(
        reader, floor.id, person_id, is_organiser=is_organiser, offset=pager.offset, limit=pager.size
    )
    tables = await tables_of(reader, floor.id)
    return render(
        request, "floor/mine.html", floor=floor, projects=projects, pager=pager, typed=typed,
        status_code=typed.status, is_organiser=is_organiser, times=floor.times, now=now,
        wanted=request.query_params.get("table", ""),
        free=[(table.label, _table_words(table)) for table in tables if table.project_id is None],
        page=PageHead(title=_("Your projects at %(event)s") % {"event": plain(floor.name)}, is_indexed=False),
    )


def _table_words(table: TableRow) -> str:
    return f"{table.label} · {plain(table.room)}" if table.room else table.label
