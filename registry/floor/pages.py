"""What everyone sees of the day: the board of the event's projects, and the page of one table."""

from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Redirect, ServerSentEvent

from registry.database.engine import Database, Reader
from registry.errors import NotFound
from registry.events.rules import event_phase
from registry.floor.queries import Floor, board_row, board_rows, floor_of, has_joined, table_at, tables_of
from registry.web.dependencies import InActor, InNow, InReader
from registry.web.i18n import current_language, plain
from registry.web.i18n import gettext as _
from registry.web.live import live_answer
from registry.web.paging import PageNumber, Pager
from registry.web.render import PageHead, render
from registry.web.templates import render_template
from registry.web.typed import SEE_OTHER

PROJECTS_A_BOARD = 60
AnyRequest = Request[Any, Any, Any]


@get("/events/{slug:str}/board")
async def board_page(
    request: AnyRequest, reader: InReader, now: InNow, slug: FromPath[str], page: PageNumber = 1
) -> Response[str]:
    """Every project of the event: who works where, who joined, whom it still needs; kept fresh by itself."""
    floor = await floor_found(reader, slug)
    pager = board_pager(floor, page)
    return render(
        request, "floor/board.html", floor=floor, pager=pager, times=floor.times, now=now,
        phase=event_phase(starts_at=floor.starts_at, ends_at=floor.ends_at, now=now).value,
        rows=await board_rows(reader, floor, offset=pager.offset, limit=pager.size),
        page=PageHead(
            title=_("Board of %(event)s") % {"event": plain(floor.name)},
            description=_("Which project works at which table, who joined, and whom each still needs."),
        ),
    )


@get("/events/{slug:str}/board/live")
async def board_stream(request: AnyRequest, slug: FromPath[str], page: PageNumber = 1) -> ServerSentEvent:
    """The board's rows, each time that they change."""
    database: Database = request.app.state.database

    async def draw() -> str:
        async with database.reading() as reader:
            floor = await floor_of(reader, slug)
            if floor is None:
                return ""
            pager = Pager(
                number=page, total=floor.project_count, address=board_address(floor), size=PROJECTS_A_BOARD
            )
            rows = await board_rows(reader, floor, offset=pager.offset, limit=pager.size)
        return render_template("floor/_rows.html", floor=floor, rows=rows, language=current_language())

    async with database.reading() as reader:
        board_pager(await floor_found(reader, slug), page)
    return live_answer(request, ("board", slug, page), draw)


@get("/events/{slug:str}/tables")
async def tables_page(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[str]:
    """Every table, room by room, and who works there."""
    floor = await floor_found(reader, slug)
    return render(
        request, "floor/tables.html", floor=floor, tables=await tables_of(reader, floor.id),
        page=PageHead(title=_("Tables of %(event)s") % {"event": plain(floor.name)}, is_indexed=False),
    )


@get("/events/{slug:str}/tables/{label:str}")
async def table_page(
    *, request: AnyRequest, actor: InActor, reader: InReader, now: InNow, slug: FromPath[str], label: FromPath[str]
) -> Response[Any]:
    """One table, to which its QR code leads: who works there, whom they need, and the button "I joined"."""
    floor = await floor_found(reader, slug)
    table = await table_at(reader, floor.id, label)
    if table is None:
        known = {one.label.casefold(): one.label for one in await tables_of(reader, floor.id)}
        if meant := known.get(label.casefold()):
            return Redirect(table_path(floor.slug, meant), status_code=SEE_OTHER)
        raise NotFound(_("There is no table “%(label)s” at this event.") % {"label": label})
    project = await board_row(reader, floor, table.project_id) if table.project_id else None
    return render(
        request, "floor/table.html", floor=floor, table=table, project=project, can_join=floor.times.can_join(now),
        is_joined=await _is_joined(reader, floor, table.project_id, actor.person_id, now),
        page=PageHead(
            title=_("Table %(label)s") % {"label": table.label}, is_indexed=False,
            description=plain(project.name) if project else "",
        ),
    )


FLOOR_READING = [board_page, board_stream, tables_page, table_page]


async def floor_found(reader: Reader, slug: str) -> Floor:
    """The public event at an address, on its day (one statement).

    Raises:
        NotFound: there is none.
    """
    floor = await floor_of(reader, slug)
    if floor is None:
        raise NotFound(_("There is no such event. It may have another address, or was taken out of the record."))
    return floor


def table_path(slug: str, label: str) -> str:
    """The path of a table's page; a label may hold any character but a slash."""
    return f"/events/{quote(slug)}/tables/{quote(label, safe='')}"


def board_address(floor: Floor) -> str:
    """The path of an event's board."""
    return f"/events/{floor.slug}/board"


def board_pager(floor: Floor, page: int) -> Pager:
    """Where a page of the board stands among all.

    Raises:
        NotFound: there is no such page.
    """
    return Pager(
        number=page, total=floor.project_count, address=board_address(floor), size=PROJECTS_A_BOARD
    ).checked()


async def _is_joined(
    reader: Reader, floor: Floor, project_id: int | None, person_id: int | None, now: datetime
) -> bool:
    if project_id is None or person_id is None:
        return False
    today = now.astimezone(ZoneInfo(floor.timezone)).date()
    return await has_joined(reader, event_id=floor.id, project_id=project_id, person_id=person_id, on=today)
