"""The door of an event: who is in, who is still to come, checking in by name or QR code, also while offline."""

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from registry.accounts.queries import roles_at_event
from registry.accounts.rules import Permission
from registry.errors import BadInput
from registry.paths import STATIC
from registry.registrations.commands.door import CheckInSent, check_in, undo_check_in
from registry.registrations.queries import (
    DoorGuest,
    GuestFilter,
    door_guests,
    event_to_register,
    guest_counts,
    guest_with,
    guests_of,
)
from registry.registrations.rules import DoorAnswer
from registry.registrations.words import door_words
from registry.web.choices import read_choices
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.headers import WITH_CAMERA
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import read_typed, see

AnyRequest = Request[Any, Any, Any]
GUESTS_A_PAGE = 50
MOST_SENT = 500
LONGEST_KEY = 64


class Sent(msgspec.Struct, frozen=True):
    """What a device at the door sends: the check-ins that it has queued."""

    check_ins: list[CheckInSent]


class Acknowledged(msgspec.Struct, frozen=True):
    """What became of one check-in; a device forgets it then. ``words`` says it to whoever stands at the door."""

    key: str
    guest: str
    answer: DoorAnswer
    words: str


class DoorState(msgspec.Struct, frozen=True):
    """The guests as the server knows them, and what it acknowledges."""

    guests: list[DoorGuest]
    acknowledged: list[Acknowledged] = []


@get("/door")
async def door_page(
    request: AnyRequest, reader: InReader, slug: FromPath[str], page: PageNumber = 1
) -> Response[str]:
    """Who is to come and who is in; with a ``code`` (of a QR code), the one guest and one button."""
    event = await event_to_register(reader, slug)
    code = request.query_params.get("code", "").strip()
    chosen = read_choices(f"/events/{slug}/door", request.query_params, ("q", "state"))
    text = chosen.values.get("q")
    state = chosen.values.get("state", "" if text else "out")
    wanted = GuestFilter(state=state, text=text)
    counts = await guest_counts(reader, event.id, wanted)
    pager = Pager(number=page, total=counts.found, address=chosen.url(), size=GUESTS_A_PAGE).checked()
    answer = request.query_params.get("answer", "")
    response = render(
        request, "registrations/door.html", event=event, chosen=chosen, shown=state, counts=counts,
        pager=pager, code=code,
        page=PageHead(title=_("Door: %(event)s") % {"event": plain(event.name)}, is_indexed=False),
        scanned=await guest_with(reader, event.id, code) if code else None,
        guests=await guests_of(reader, event.id, wanted, offset=pager.offset, limit=pager.size),
        answer=door_words(DoorAnswer(answer)) if answer in set(DoorAnswer) else "",
    )
    response.headers.update({**WITH_CAMERA, "Referrer-Policy": "same-origin"})
    return response


@post("/door/check-in")
async def door_check_in(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Check one guest in, from a plain form."""
    typed = await read_typed(request)
    sent = CheckInSent(typed("guest"), typed.once[:LONGEST_KEY])
    answer = (await check_in(session, slug=slug, sent=[sent], by=actor, now=now))[0]
    if answer is DoorAnswer.IN:
        return see(f"/events/{slug}/door", "checked-in")
    return see(f"/events/{slug}/door?answer={answer.value}")


@post("/door/undo")
async def door_undo(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Take a check-in back."""
    typed = await read_typed(request)
    await undo_check_in(session, slug=slug, guest=typed("guest"), by=actor, now=now)
    return see(f"/events/{slug}/door", "check-in-undone")


@get("/door/guests", media_type=MediaType.JSON)
async def door_list(reader: InReader, slug: FromPath[str]) -> DoorState:
    """The guests, for the door's script."""
    event = await event_to_register(reader, slug)
    return DoorState(await door_guests(reader, event.id))


@post("/door/check-ins", media_type=MediaType.JSON, status_code=200)
async def door_check_ins(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> DoorState:
    """Take what a device has queued; what became of each, and the guests as they are now."""
    event = await event_to_register(session, slug)
    sent = await _sent(request)
    answers = await check_in(session, slug=slug, sent=sent, by=actor, now=now)
    return DoorState(
        guests=await door_guests(session, event.id),
        acknowledged=[
            Acknowledged(one.key, one.guest, answer, door_words(answer))
            for one, answer in zip(sent, answers, strict=True)
        ],
    )


@get("/door-worker.js", media_type="text/javascript", sync_to_thread=False)
def door_worker() -> bytes:
    """The script that opens the door's page without network; from here it may serve no other page."""
    return (STATIC / "js/door-worker.js").read_bytes()


DOOR_ROUTES: Sequence[ControllerRouterHandler] = [
    Router("/events/{slug:str}", opt=needs(Permission.HELP_AT_EVENT, there=roles_at_event), route_handlers=[
        door_page, door_check_in, door_undo, door_list, door_check_ins, door_worker,
    ]),
]


async def _sent(request: AnyRequest) -> list[CheckInSent]:
    """The check-ins in a request's body.

    Raises:
        BadInput: it holds something else, or more than a device can queue.
    """
    try:
        sent = msgspec.json.decode(await request.body(), type=Sent).check_ins
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(_("These check-ins cannot be read. Reload the page.")) from error
    if len(sent) > MOST_SENT or any(not 0 < len(one.key) <= LONGEST_KEY for one in sent):
        raise BadInput(_("These check-ins cannot be read. Reload the page."))
    return sent
