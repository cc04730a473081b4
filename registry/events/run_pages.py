"""The pages on which organisers run an event: a new one, and one event's details, venue, agenda, conduct and team."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import available_timezones

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor, roles_at_event
from registry.accounts.rules import Permission
from registry.database.engine import Reader
from registry.errors import BadInput, RegistryError
from registry.events.commands.agenda import EntryWritten, ItemWritten, change_agenda, change_conduct, change_meals
from registry.events.commands.life import create_event, edit_event, event_like, move_event
from registry.events.commands.team import ORGANISES, add_to_team, remove_from_team
from registry.events.commands.venue import RoomWritten, change_venue
from registry.events.planning import next_days
from registry.events.rules import AgendaKind, Attendance, EventKind, EventMove, HelperTask, moves_from
from registry.events.run_forms import (
    agenda_fields,
    conduct_fields,
    details_in,
    event_fields,
    filled_rows,
    meal_fields,
    next_event,
    venue_fields,
)
from registry.events.run_queries import (
    EventToRun,
    drafted_events,
    event_team,
    event_to_run,
    last_event_slug,
)
from registry.events.words import agenda_kind_name, attendance_name, kind_name, life_name, move_name, task_name
from registry.handbook import conduct, meals
from registry.publishing.pages import is_set_up as publishing_is_set_up
from registry.publishing.queries import publication_of
from registry.publishing.rules import Collection
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.i18n import languages, plain
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import Typed, attempt, read_typed, see

AnyRequest = Request[Any, Any, Any]
EMPTY_ROWS = 3
"""Rows to fill in below those there are, so that adding needs no script."""


@get("/events/new", opt=needs(Permission.RUN_EVENT))
async def event_new_page(
    request: AnyRequest, reader: InReader, now: InNow, day: FromQuery[date | None] = None
) -> Response[str]:
    """A form for the next event, filled from the last one."""
    last = await _last(reader)
    zone = request.app.state.settings.timezone
    return await _new_page(request, reader, now, next_event(last, now=now, day=day, timezone=zone), last)


@post("/events/new", opt=needs(Permission.RUN_EVENT))
async def event_new(request: AnyRequest, actor: InActor, session: InSession, now: InNow) -> Response[Any]:
    """Make the draft of an event."""
    typed = await read_typed(request)

    async def create() -> str:
        like = await event_like(session, typed("like"))
        event = await create_event(session, details=details_in(typed), like=like, by=actor, now=now)
        return f"/events/{event.slug}/run"

    outcome = await attempt(session, typed, create, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _new_page(request, session, now, typed, await _last(session))
    return see(outcome, "event-drafted")


@get("/run")
async def event_run_page(request: AnyRequest, reader: InReader, now: InNow, slug: FromPath[str]) -> Response[str]:
    """Where an event stands, what is still to do, and the ways to everything of it."""
    event = await event_to_run(reader, slug)
    return render(
        request, "events/run/overview.html", page=_head(event), event=event, now=now,
        life=life_name(event.state), moves=[(move.value, move_name(move)) for move in moves_from(event.state)],
        team=await event_team(reader, event.id), steps=_steps(event), is_publishing=publishing_is_set_up(request),
        publication=await publication_of(reader, Collection.EVENTS, event.id),
    )


@post("/state")
async def event_move(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Publish an event, make it a draft again, or call it off."""
    typed = await read_typed(request)
    if typed("move") not in set(EventMove):
        raise BadInput(_("Use one of the values that are offered."))
    await move_event(session, slug=slug, move=EventMove(typed("move")), by=actor, now=now)
    return see(f"/events/{slug}/run", "saved")


@get("/edit")
async def event_edit_page(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[str]:
    """What is written of an event, to be changed."""
    event = await event_to_run(reader, slug)
    return _edit_page(request, event, Typed.of(**event_fields(event), revision=str(event.revision)))


@post("/edit")
async def event_edit(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Change what is written of an event."""
    typed = await read_typed(request)
    event = await event_to_run(session, slug)

    async def change() -> str:
        await edit_event(
            session, slug=slug, details=details_in(typed, before=event), revision=typed.revision,
            theirs=event_fields(event), by=actor, now=now,
        )
        return f"/events/{slug}/run"

    outcome = await attempt(session, typed, change, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return _edit_page(request, event, typed)
    return see(outcome, "saved")


@get("/venue")
async def event_venue_page(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[str]:
    """The rooms and tables of an event."""
    event = await event_to_run(reader, slug)
    return _rows_page(request, "venue", event, Typed.of(**venue_fields(event), revision=str(event.revision)))


@post("/venue")
async def event_venue(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Set the rooms and tables of an event."""

    async def change(event: EventToRun, typed: Typed) -> None:
        rooms = [
            RoomWritten(row, typed.number(f"room-{row}"), typed.texts(f"name-{row}"), typed(f"tables-{row}"))
            for row in filled_rows(typed, "name", "tables")
        ]
        await change_venue(
            session, slug=slug, rooms=rooms, revision=typed.revision, theirs=venue_fields(event), by=actor, now=now
        )

    return await _change_rows(request, session, change, slug=slug, part="venue", by=actor, now=now)


@get("/agenda")
async def event_agenda_page(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[str]:
    """The parts of an event's day."""
    event = await event_to_run(reader, slug)
    return _rows_page(request, "agenda", event, Typed.of(**agenda_fields(event), revision=str(event.revision)))


@post("/agenda")
async def event_agenda(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Set the parts of an event's day."""

    async def change(event: EventToRun, typed: Typed) -> None:
        entries = [
            EntryWritten(
                row, typed(f"kind-{row}"), typed(f"starts_at-{row}"), typed(f"ends_at-{row}"),
                typed.texts(f"title-{row}"), typed(f"room-{row}"),
            )
            for row in filled_rows(typed, "starts_at", "ends_at", "title")
        ]
        await change_agenda(
            session, slug=slug, entries=entries, revision=typed.revision, theirs=agenda_fields(event), by=actor,
            now=now,
        )

    return await _change_rows(request, session, change, slug=slug, part="agenda", by=actor, now=now)


@get("/conduct/edit")
async def event_conduct_page(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[str]:
    """The items of an event's Code of Conduct; where it has none, the handbook's are offered."""
    event = await event_to_run(reader, slug)
    return _rows_page(request, "conduct/edit", event, Typed.of(**conduct_fields(event), revision=str(event.revision)))


@post("/conduct/edit")
async def event_conduct(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Set the items of an event's Code of Conduct."""

    async def change(event: EventToRun, typed: Typed) -> None:
        items = [
            ItemWritten(row, typed(f"key-{row}"), typed.texts(f"text-{row}")) for row in filled_rows(typed, "text")
        ]
        await change_conduct(
            session, slug=slug, entries=items, revision=typed.revision, theirs=conduct_fields(event), by=actor,
            now=now,
        )

    return await _change_rows(request, session, change, slug=slug, part="conduct/edit", by=actor, now=now)


@get("/meals")
async def event_meals_page(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[str]:
    """The meals of an event; where it has none, the handbook's are offered."""
    event = await event_to_run(reader, slug)
    return _rows_page(request, "meals", event, Typed.of(**meal_fields(event), revision=str(event.revision)))


@post("/meals")
async def event_meals(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Set the meals of an event."""

    async def change(event: EventToRun, typed: Typed) -> None:
        items = [
            ItemWritten(row, typed(f"key-{row}"), typed.texts(f"text-{row}")) for row in filled_rows(typed, "text")
        ]
        await change_meals(
            session, slug=slug, entries=items, revision=typed.revision, theirs=meal_fields(event), by=actor, now=now
        )

    return await _change_rows(request, session, change, slug=slug, part="meals", by=actor, now=now)


@get("/team")
async def event_team_page(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[str]:
    """Who runs an event and who helps."""
    return await _team_page(request, reader, slug, Typed.of())


@post("/team")
async def event_team_add(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Let somebody run an event or help at it."""
    typed = await read_typed(request)

    async def add() -> str:
        await add_to_team(session, slug=slug, person=typed("person"), task=typed("task"), by=actor, now=now)
        return f"/events/{slug}/team"

    outcome = await attempt(session, typed, add, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _team_page(request, session, slug, typed)
    return see(outcome, "saved")


@post("/team/remove")
async def event_team_remove(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Take somebody's task back."""
    typed = await read_typed(request)
    await remove_from_team(session, slug=slug, person=typed("person"), task=typed("task"), by=actor, now=now)
    return see(f"/events/{slug}/team", "removed")


RUN_ROUTES: Sequence[ControllerRouterHandler] = [
    event_new_page,
    event_new,
    Router("/events/{slug:str}", opt=needs(Permission.RUN_EVENT, there=roles_at_event), route_handlers=[
        event_run_page, event_move, event_edit_page, event_edit, event_venue_page, event_venue, event_agenda_page,
        event_agenda, event_conduct_page, event_conduct, event_meals_page, event_meals, event_team_page,
        event_team_add, event_team_remove,
    ]),
]


async def _last(reader: Reader) -> EventToRun | None:
    slug = await last_event_slug(reader)
    return await event_to_run(reader, slug) if slug else None


async def _new_page(
    request: AnyRequest, reader: Reader, now: datetime, typed: Typed, last: EventToRun | None
) -> Response[str]:
    days = next_days(last.starts_on, after=now.date()) if last else []
    return render(
        request, "events/run/new.html", page=PageHead(title=_("A new event"), is_indexed=False), typed=typed,
        status_code=typed.status, last=last, days=days, drafts=await drafted_events(reader), **_choices(),
    )


def _edit_page(request: AnyRequest, event: EventToRun, typed: Typed) -> Response[str]:
    return render(
        request, "events/run/edit.html", page=_head(event), event=event, typed=typed, status_code=typed.status,
        **_choices(),
    )


def _rows_page(request: AnyRequest, part: str, event: EventToRun, typed: Typed) -> Response[str]:
    """A form of rows; each field's name ends with the number of its row."""
    filled = {
        "venue": len(event.rooms), "agenda": len(event.agenda), "meals": len(event.meals or meals()),
        "conduct/edit": len(event.conduct or conduct()),
    }[part]
    sent = typed.number("rows") or 0
    return render(
        request, f"events/run/{part.replace('/', '_')}.html", page=_head(event), event=event, typed=typed,
        status_code=typed.status, rows=max(sent, filled + EMPTY_ROWS), action=f"/events/{event.slug}/{part}",
        rooms=[(str(room.id), plain(room.name)) for room in event.rooms],
        agenda_kinds=[(kind.value, agenda_kind_name(kind)) for kind in AgendaKind],
    )


async def _change_rows(
    request: AnyRequest, session: AsyncSession, change: Callable[[EventToRun, Typed], Awaitable[None]], *, slug: str,
    part: str, by: Actor, now: datetime,
) -> Response[Any]:
    typed = await read_typed(request)
    event = await event_to_run(session, slug)

    async def save() -> str:
        await change(event, typed)
        return f"/events/{slug}/run"

    outcome = await attempt(session, typed, save, by=by, now=now)
    if isinstance(outcome, RegistryError):
        return _rows_page(request, part, event, typed)
    return see(outcome, "saved")


async def _team_page(request: AnyRequest, reader: Reader, slug: str, typed: Typed) -> Response[str]:
    event = await event_to_run(reader, slug)
    tasks = {ORGANISES: _("organises"), **{task.value: task_name(task) for task in HelperTask}}
    return render(
        request, "events/run/team.html", page=_head(event), event=event, typed=typed, status_code=typed.status,
        team=[(one, tasks.get(one.task, one.task)) for one in await event_team(reader, event.id)],
        tasks=list(tasks.items()),
    )


def _head(event: EventToRun) -> PageHead:
    return PageHead(title=_("Run: %(event)s") % {"event": plain(event.name)}, is_indexed=False)


def _choices() -> dict[str, Any]:
    return {
        "kinds": [(kind.value, kind_name(kind)) for kind in EventKind],
        "attendances": [(way.value, attendance_name(way)) for way in Attendance],
        "zones": [(zone, zone) for zone in sorted(available_timezones())],
    }


def _steps(event: EventToRun) -> list[tuple[bool, str, str]]:
    """What an event still lacks, as (done, words, where)."""
    here = f"/events/{event.slug}"
    return [
        (bool(event.place) or bool(event.online_url), _("Say where it is"), f"{here}/edit"),
        (set(languages()) <= set(event.name), _("Give it a name in every language"), f"{here}/edit"),
        (bool(event.agenda), _("Set the agenda"), f"{here}/agenda"),
        (bool(event.rooms), _("Set rooms and tables"), f"{here}/venue"),
        (bool(event.conduct), _("Choose the Code of Conduct"), f"{here}/conduct/edit"),
        (bool(event.meals) or bool(event.registration_url), _("Choose the meals, where there are any"),
         f"{here}/meals"),
        (event.registration_opens_at is not None or bool(event.registration_url), _("Open the registration"),
         f"{here}/edit"),
    ]
