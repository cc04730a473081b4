"""The pages on which organisers look after the registrations of an event: the list, its sheet, the badges."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from registry.accounts.queries import roles_at_event
from registry.accounts.rules import Permission
from registry.events.run_queries import EventToRun, event_to_run
from registry.registrations.commands.place import let_in, remove_guest
from registry.registrations.passes import door_address, qr_drawing
from registry.registrations.queries import GuestFilter, GuestRow, guest_counts, guests_of
from registry.registrations.rules import RegistrationState, name_size
from registry.registrations.sheet import guest_sheet
from registry.registrations.words import state_name
from registry.settings import Settings
from registry.web.choices import Chosen, read_choices
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import read_typed, see

AnyRequest = Request[Any, Any, Any]
GUESTS_A_PAGE = 50
BADGES_A_PAGE = 80
"""Ten sheets: drawing as many codes takes a good part of a second."""


@get("/registrations")
async def registrations_page(
    request: AnyRequest, reader: InReader, slug: FromPath[str], page: PageNumber = 1
) -> Response[str]:
    """Who comes, who waits, who cancelled: filtered, in numbers, with ways to let in and to remove."""
    event = await event_to_run(reader, slug)
    chosen, wanted = _wanted(request, f"/events/{slug}/registrations")
    counts = await guest_counts(reader, event.id, wanted)
    pager = Pager(number=page, total=counts.found, address=chosen.url(), size=GUESTS_A_PAGE).checked()
    states = counts.states | {"in": counts.is_in, "out": counts.states.get("confirmed", 0) - counts.is_in}
    return render(
        request, "registrations/list.html", page=_head(event), event=event, chosen=chosen, pager=pager, counts=counts,
        guests=await guests_of(reader, event.id, wanted, offset=pager.offset, limit=pager.size),
        states=chosen.choices("state", _state_words(), states),
        meals=[(words, counts.meals.get(key, 0)) for key, words in _meal_words(event).items()],
        meal_words=_meal_words(event), state_words={state.value: state_name(state) for state in RegistrationState},
    )


@get("/registrations.csv")
async def registrations_sheet(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[bytes]:
    """The registrations that the list's filters find, as a sheet."""
    event = await event_to_run(reader, slug)
    _chosen, wanted = _wanted(request, f"/events/{slug}/registrations")
    guests = await guests_of(reader, event.id, wanted)
    sheet = guest_sheet(guests, timezone=event.timezone, meals=_meal_words(event))
    return Response(
        sheet.encode(), media_type="text/csv",
        headers={"Content-Disposition": 'attachment; filename="registrations.csv"'},
    )


@post("/registrations/remove")
async def registration_remove(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Take somebody's place away; whoever has waited longest moves up."""
    typed = await read_typed(request)
    await remove_guest(session, slug=slug, guest=typed("guest"), by=actor, now=now)
    return see(f"/events/{slug}/registrations", "removed")


@post("/registrations/let-in")
async def registration_let_in(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Give one who waits a place."""
    typed = await read_typed(request)
    await let_in(session, slug=slug, guest=typed("guest"), by=actor, now=now)
    return see(f"/events/{slug}/registrations?state=waiting", "saved")


@get("/badges")
async def badges_page(
    request: AnyRequest, reader: InReader, slug: FromPath[str], page: PageNumber = 1
) -> Response[str]:
    """The badges of those who have a place, eight to a sheet, to be printed."""
    event = await event_to_run(reader, slug)
    wanted = GuestFilter(state=RegistrationState.CONFIRMED.value)
    pager = Pager(
        number=page, total=event.registered_count, address=request.url.path, size=BADGES_A_PAGE
    ).checked()
    guests = await guests_of(reader, event.id, wanted, offset=pager.offset, limit=pager.size)
    settings: Settings = request.app.state.settings
    drawings = await asyncio.to_thread(_drawings, guests, settings.base_url, slug)
    return render(
        request, "registrations/badges.html", page=_head(event), event=event, pager=pager,
        badges=[(one, name_size(one.badge_name), code) for one, code in zip(guests, drawings, strict=True)],
    )


REGISTRATION_RUN_ROUTES: Sequence[ControllerRouterHandler] = [
    Router("/events/{slug:str}", opt=needs(Permission.RUN_EVENT, there=roles_at_event), route_handlers=[
        registrations_page, registrations_sheet, registration_remove, registration_let_in, badges_page,
    ]),
]


def _wanted(request: AnyRequest, path: str) -> tuple[Chosen, GuestFilter]:
    chosen = read_choices(path, request.query_params, ("q", "state", "newcomer"))
    return chosen, GuestFilter(
        state=chosen.values.get("state"), newcomer=chosen.values.get("newcomer"), text=chosen.values.get("q")
    )


def _drawings(guests: Sequence[GuestRow], base_url: str, slug: str) -> list[str]:
    return [qr_drawing(door_address(base_url, slug, one.code)) for one in guests]


def _state_words() -> dict[str, str]:
    return {state.value: state_name(state) for state in RegistrationState} | {
        "in": _("Is in"), "out": _("Not in yet"),
    }


def _meal_words(event: EventToRun) -> Mapping[str, str]:
    return {one.key: plain(one.text) for one in event.meals}


def _head(event: EventToRun) -> PageHead:
    return PageHead(title=_("Run: %(event)s") % {"event": plain(event.name)}, is_indexed=False)
