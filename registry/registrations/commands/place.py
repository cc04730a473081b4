"""Taking a place at an event, changing what one said, giving the place back."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import change_fields, mark_changed, refuse_older_revision
from registry.checks import Checks
from registry.errors import Conflict, NotFound
from registry.events.commands.life import event_to_change
from registry.events.models import Event
from registry.events.rules import EventState
from registry.registrations.commands.waiting import give_place, move_up, note_registration, places_taken, write_to_guest
from registry.registrations.models import Registration
from registry.registrations.rules import (
    KEYWORDS,
    Registering,
    RegistrationState,
    can_change,
    guest_id,
    registering,
    state_of_next,
)
from registry.registrations.words import registering_words
from registry.web.i18n import gettext as _

BADGE_NAME = 60
KEYWORD = 24
_CODE_BYTES = 18


class RegistrationWritten(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody who comes has filled in, as written. ``accepted`` are the keys of the ticked items of conduct."""

    badge_name: str
    keywords: list[str]
    is_newcomer: bool
    photo_consent: str
    meal: str
    mail_address: str
    accepted: list[str]


async def register(
    session: AsyncSession, *, slug: str, written: RegistrationWritten, language: str, by: Actor, now: datetime
) -> Registration:
    """Take a place at an event, or one on its waiting list when it is full. Who has an account registers once.

    Who leaves an address is mailed the link to their registration.

    Raises:
        NotFound: there is no such public event.
        Conflict: one cannot register now, or this person is registered already.
        BadInput: a field cannot be taken as it is, or an item of the Code of Conduct is not accepted.
    """
    event = await _public_event(session, slug)
    window = registering(
        is_called_off=event.state is EventState.CANCELLED, is_elsewhere=bool(event.registration_url),
        opens_at=event.registration_opens_at, closes_at=event.registration_closes_at, ends_at=event.ends_at, now=now,
    )
    if window is not Registering.OPEN:
        raise Conflict(registering_words(window))
    fields = _checked(written, event)
    registration = await _own(session, event, by) or Registration(
        event_id=event.id, person_id=by.person_id, code=secrets.token_urlsafe(_CODE_BYTES), created_at=now,
        state=RegistrationState.CANCELLED, revision=1,
    )
    if registration.state is not RegistrationState.CANCELLED:
        raise Conflict(_("You are registered for this event already."))
    confirmed, waiting = await places_taken(session, event.id)
    registration.state = state_of_next(capacity=event.capacity, confirmed=confirmed, waiting=waiting)
    registration.waiting_since = now if registration.state is RegistrationState.WAITING else None
    registration.cancelled_at, registration.language = None, language
    change_fields(registration, fields, now=now)
    session.add(registration)
    await session.flush()
    note_registration(session, registration, action="registered", actor=by.label, now=now)
    await write_to_guest(session, registration, now=now)
    await session.flush()
    return registration


async def change_registration(
    session: AsyncSession, *, code: str, written: RegistrationWritten, revision: int, theirs: Mapping[str, str],
    by: Actor, now: datetime,
) -> Registration:
    """Change what somebody said when they registered.

    Raises:
        NotFound: there is no such registration.
        EditConflict: it was changed since ``revision``; ``theirs`` are the form's fields as they are now.
        Conflict: it was cancelled, the person is in, or the event is over.
        BadInput: a field cannot be taken as it is.
    """
    event, registration = await _to_change(session, code, now)
    refuse_older_revision(registration, revision, theirs=theirs)
    if change_fields(registration, _checked(written, event), now=now):
        note_registration(session, registration, action="registration changed", actor=by.label, now=now)
        await session.flush()
    return registration


async def cancel(session: AsyncSession, *, code: str, by: Actor, now: datetime) -> None:
    """Give a place back; whoever has waited longest moves up.

    Raises:
        NotFound: there is no such registration.
        Conflict: it was cancelled already, the person is in, or the event is over.
    """
    event, registration = await _to_change(session, code, now)
    await _cancel(session, event, registration, by=by, now=now)


async def remove_guest(session: AsyncSession, *, slug: str, guest: str, by: Actor, now: datetime) -> None:
    """Take somebody's place away (an organiser's act); whoever has waited longest moves up.

    Raises:
        NotFound: there is no such event or guest.
        Conflict: the person is in, or has no place to take away.
    """
    event = await event_to_change(session, slug)
    registration = await guest_to_change(session, event, guest)
    if registration.state is RegistrationState.CANCELLED or registration.checked_in_at is not None:
        raise Conflict(_("This registration is cancelled, or the person is in. Reload the page."))
    await _cancel(session, event, registration, by=by, now=now)


async def let_in(session: AsyncSession, *, slug: str, guest: str, by: Actor, now: datetime) -> None:
    """Give one who waits a place, free or not (an organiser's act).

    Raises:
        NotFound: there is no such event or guest.
        Conflict: this person does not wait.
    """
    event = await event_to_change(session, slug)
    registration = await guest_to_change(session, event, guest)
    if registration.state is not RegistrationState.WAITING:
        raise Conflict(_("This person is not on the waiting list. Reload the page."))
    await give_place(session, event, registration, actor=by.label, now=now)
    await session.flush()


async def guest_to_change(session: AsyncSession, event: Event, guest: str) -> Registration:
    """The registration that the door and the organisers' pages name ``guest``, locked.

    Raises:
        NotFound: the event has none.
    """
    codes = await guests_by_id(session, event.id)
    if guest not in codes:
        raise NotFound(_("There is no such registration at this event. Reload the page."))
    return (await session.scalars(
        select(Registration).where(Registration.id == codes[guest]).with_for_update()
    )).one()


async def guests_by_id(session: AsyncSession, event_id: int) -> dict[str, int]:
    """The row numbers of an event's registrations by what the door calls them (one statement)."""
    rows = await session.execute(
        select(Registration.code, Registration.id)
        .where(Registration.event_id == event_id, Registration.code.is_not(None))
    )
    return {guest_id(code): number for code, number in rows if code is not None}


async def _public_event(session: AsyncSession, slug: str) -> Event:
    event = await event_to_change(session, slug)
    if event.state is EventState.DRAFT or event.hidden_at is not None:
        raise NotFound(_("There is no such event. It may have another address, or was taken out of the record."))
    return event


async def _own(session: AsyncSession, event: Event, by: Actor) -> Registration | None:
    if by.person_id is None:
        return None
    own: Registration | None = await session.scalar(
        select(Registration).where(Registration.event_id == event.id, Registration.person_id == by.person_id)
    )
    return own


async def _to_change(session: AsyncSession, code: str, now: datetime) -> tuple[Event, Registration]:
    """A registration and its event, the event locked first as everywhere, so that nobody waits in a circle."""
    slug = await session.scalar(
        select(Event.slug).join(Registration, Registration.event_id == Event.id).where(Registration.code == code)
    )
    if slug is None:
        raise NotFound(_("There is no such registration. Open the link that you were given, whole."))
    event = await event_to_change(session, slug)
    registration = (await session.scalars(
        select(Registration).where(Registration.code == code).with_for_update()
    )).one()
    is_in = registration.checked_in_at is not None
    if not can_change(state=registration.state, is_in=is_in, ends_at=event.ends_at, now=now):
        raise Conflict(_("This registration cannot be changed any more: it is cancelled, you are in, or it is over."))
    return event, registration


async def _cancel(
    session: AsyncSession, event: Event, registration: Registration, *, by: Actor, now: datetime
) -> None:
    registration.state, registration.cancelled_at = RegistrationState.CANCELLED, now
    registration.waiting_since = None
    mark_changed(registration, now=now)
    note_registration(session, registration, action="registration cancelled", actor=by.label, now=now)
    await session.flush()
    await move_up(session, event, actor=by.label, now=now)


def _checked(written: RegistrationWritten, event: Event) -> dict[str, Any]:
    """What was filled in as columns.

    Raises:
        BadInput: with everything that is wrong.
    """
    checks = Checks()
    meals = {one["key"] for one in event.meals}
    rules = [one["key"] for one in event.conduct]
    for key in rules:
        if key not in written.accepted:
            checks.wrong(f"rule-{key}", _("Tick this to take part: it holds for everyone."))
    consent = checks.one_of("photo_consent", written.photo_consent, {"yes", "no"}, is_required=True)
    keywords = [
        checks.line(f"keyword-{number}", word, longest=KEYWORD)
        for number, word in enumerate(written.keywords[:KEYWORDS], start=1)
    ]
    fields = {
        "badge_name": checks.line("badge_name", written.badge_name, longest=BADGE_NAME, is_required=True),
        "keywords": [word for word in keywords if word],
        "is_newcomer": written.is_newcomer, "photo_consent": consent == "yes",
        "meal": checks.one_of("meal", written.meal, meals, is_required=bool(meals)) or None,
        "accepted_rules": rules, "mail_address": _mail_address(checks, written.mail_address),
    }
    checks.done()
    return fields


def _mail_address(checks: Checks, value: str) -> str | None:
    address = checks.line("mail_address", value, longest=254)
    name, _at, host = address.rpartition("@")
    if address and not (name and "." in host.strip(".") and " " not in address):
        checks.wrong("mail_address", _("This is no e-mail address. Use one such as name@example.org, or none."))
    return address or None
