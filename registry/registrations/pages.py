"""The pages of whoever comes to an event: to register, and what they registered."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from registry.accounts.rules import Permission
from registry.errors import NotFound, RegistryError
from registry.events.calendar_file import CALENDAR, calendar_file
from registry.events.calendar_queries import event_in_calendar
from registry.events.words import no_such_event
from registry.registrations.commands.place import cancel, change_registration, register
from registry.registrations.forms import registration_fields, registration_in
from registry.registrations.passes import door_address, qr_picture
from registry.registrations.queries import (
    EventToRegister,
    RegistrationRow,
    event_to_register,
    own_code,
    registration_with,
)
from registry.registrations.rules import KEYWORDS, Registering
from registry.registrations.words import registering_words
from registry.settings import Settings
from registry.web.address_limits import count_visit
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import current_language, plain
from registry.web.i18n import gettext as _
from registry.web.moments import time_span
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.sessions import keep_to_reader
from registry.web.typed import SEE_OTHER, Typed, attempt, read_typed, see

AnyRequest = Request[Any, Any, Any]
_SECRET_ADDRESS = {"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex", "Cache-Control": "private, no-store"}
"""Of every answer whose address holds a code: no other site learns it, nobody stores or lists it."""


@get("/events/{slug:str}/register")
async def register_page(
    request: AnyRequest, actor: InActor, reader: InReader, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """The form with which one registers; who has registered with this account sees their registration."""
    event = await event_to_register(reader, slug)
    code = await own_code(reader, event_id=event.id, person_id=actor.person_id)
    if code is not None:
        return Redirect(f"/registrations/{code}", status_code=SEE_OTHER, headers=_SECRET_ADDRESS)
    return _register_page(request, event, Typed.of(badge_name=actor.name), now)


@post("/events/{slug:str}/register")
async def registration_new(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Take a place, or one on the waiting list."""
    typed = await read_typed(request)
    event = await event_to_register(session, slug)

    async def take() -> str:
        if not actor.is_signed_in:
            count_visit(request, "registrations")
        registration = await register(
            session, slug=slug, written=registration_in(typed, event), language=current_language(), by=actor, now=now
        )
        return f"/registrations/{registration.code}"

    outcome = await attempt(session, typed, take, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return _register_page(request, event, typed, now)
    return _kept_secret(see(outcome))


@get("/registrations/{code:str}")
async def registration_page(request: AnyRequest, reader: InReader, now: InNow, code: FromPath[str]) -> Response[str]:
    """What somebody registered: where it stands, the QR code for the door, the ways to change and cancel it."""
    registration = await registration_with(reader, code)
    event = await event_to_register(reader, registration.event_slug)
    return _kept_secret(render(
        request, "registrations/registration.html", page=_head(event), event=event, registration=registration,
        when=_when(event), can_change=registration.can_change(event, now),
        window=event.window(now).value, meal=_text_of(event, registration.meal),
    ))


@get("/registrations/{code:str}/edit")
async def registration_edit_page(
    request: AnyRequest, reader: InReader, now: InNow, code: FromPath[str]
) -> Response[str]:
    """What somebody said when they registered, to be changed."""
    registration = await registration_with(reader, code)
    event = await event_to_register(reader, registration.event_slug)
    typed = Typed.of(**registration_fields(registration), revision=str(registration.revision))
    return _edit_page(request, event, registration, typed, now)


@post("/registrations/{code:str}/edit")
async def registration_edit(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, code: FromPath[str]
) -> Response[Any]:
    """Change what somebody said when they registered."""
    typed = await read_typed(request)
    registration = await registration_with(session, code)
    event = await event_to_register(session, registration.event_slug)

    async def change() -> str:
        await change_registration(
            session, code=code, written=registration_in(typed, event), revision=typed.revision,
            theirs=registration_fields(registration), by=actor, now=now,
        )
        return f"/registrations/{code}"

    outcome = await attempt(session, typed, change, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return _edit_page(request, event, registration, typed, now)
    return _kept_secret(see(outcome, "saved"))


@post("/registrations/{code:str}/cancel")
async def registration_cancel(
    actor: InActor, session: InSession, now: InNow, code: FromPath[str]
) -> Response[Any]:
    """Give the place back."""
    await cancel(session, code=code, by=actor, now=now)
    return _kept_secret(see(f"/registrations/{code}"))


@get("/registrations/{code:str}/qr.svg")
async def registration_qr(request: AnyRequest, reader: InReader, code: FromPath[str]) -> Response[bytes]:
    """The QR code that the door reads."""
    registration = await registration_with(reader, code)
    address = door_address(_base_url(request), registration.event_slug, registration.code)
    return Response(qr_picture(address), media_type="image/svg+xml", headers=_SECRET_ADDRESS)


@get("/registrations/{code:str}/event.ics")
async def registration_calendar(
    request: AnyRequest, reader: InReader, code: FromPath[str]
) -> Response[bytes]:
    """The event for a calendar."""
    registration = await registration_with(reader, code)
    entry = await event_in_calendar(reader, registration.event_slug)
    if entry is None:
        raise NotFound(no_such_event())
    return Response(
        calendar_file([entry], base_url=_base_url(request)), media_type=CALENDAR,
        headers={**_SECRET_ADDRESS, "Content-Disposition": 'attachment; filename="event.ics"'},
    )


REGISTRATION_ROUTES: Sequence[ControllerRouterHandler] = [
    Router("/", opt=needs(Permission.REGISTER), route_handlers=[
        register_page, registration_new, registration_page, registration_edit_page, registration_edit,
        registration_cancel, registration_qr, registration_calendar,
    ]),
]


def _register_page(request: AnyRequest, event: EventToRegister, typed: Typed, now: datetime) -> Response[str]:
    window = event.window(now)
    response = render(
        request, "registrations/register.html", page=_head(event), event=event, typed=typed, when=_when(event),
        status_code=typed.status, window=window.value, window_words=registering_words(window),
        is_open=window is Registering.OPEN, labels=_labels(event), **_choices(request, event),
    )
    keep_to_reader(response)  # whether it is open is a matter of seconds
    return response


def _edit_page(
    request: AnyRequest, event: EventToRegister, registration: RegistrationRow, typed: Typed, now: datetime
) -> Response[str]:
    return _kept_secret(render(
        request, "registrations/edit.html", page=_head(event), event=event, registration=registration, typed=typed,
        status_code=typed.status, can_change=registration.can_change(event, now), labels=_labels(event),
        **_choices(request, event),
    ))


def _kept_secret(response: Response[Any]) -> Response[Any]:
    response.headers.update(_SECRET_ADDRESS)
    return response


def _head(event: EventToRegister) -> PageHead:
    return PageHead(title=_("Registration: %(event)s") % {"event": plain(event.name)}, is_indexed=False)


def _when(event: EventToRegister) -> str:
    return time_span(event.starts_at, event.ends_at, event.timezone, is_all_day=event.is_all_day)


def _base_url(request: AnyRequest) -> str:
    settings: Settings = request.app.state.settings
    return settings.base_url


def _text_of(event: EventToRegister, meal: str | None) -> str:
    return next((plain(one.text) for one in event.meals if one.key == meal), meal or "")


def _choices(request: AnyRequest, event: EventToRegister) -> Mapping[str, Any]:
    settings: Settings = request.app.state.settings
    return {
        "kept_days": settings.guests_kept_days, "sends_mail": bool(settings.smtp_host),
        "meals": [(one.key, plain(one.text)) for one in event.meals],
        "consents": [("yes", _("Yes, I may be in pictures")), ("no", _("No pictures of me, please"))],
        "keywords": range(1, KEYWORDS + 1),
    }


def _labels(event: EventToRegister) -> list[tuple[str, str]]:
    return [
        ("badge_name", _("Name on your badge")),
        *((f"keyword-{number}", _("Keyword %(number)s") % {"number": number}) for number in range(1, KEYWORDS + 1)),
        ("photo_consent", _("Pictures")), ("meal", _("Meal")), ("mail_address", _("E-mail address")),
        *((f"rule-{one.key}", plain(one.text)) for one in event.conduct),
    ]
