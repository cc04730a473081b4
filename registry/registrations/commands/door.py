"""Checking people in at the door: each once, whoever does it and however often it is sent."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import mark_changed
from registry.contributions.rules import CHECK_IN
from registry.errors import Conflict
from registry.events.commands.life import event_to_change
from registry.events.models import Event
from registry.people.models import Contribution
from registry.registrations.commands.place import guest_to_change, guests_by_id
from registry.registrations.commands.waiting import note_registration
from registry.registrations.models import Registration
from registry.registrations.rules import DoorAnswer, RegistrationState
from registry.web.i18n import gettext as _

ATTENDED = "attended"


class CheckInSent(msgspec.Struct, frozen=True):
    """One check-in as a device sends it: ``key`` is its own, the same each time it is sent."""

    guest: str
    key: str


async def check_in(
    session: AsyncSession, *, slug: str, sent: Sequence[CheckInSent], by: Actor, now: datetime
) -> list[DoorAnswer]:
    """Check people in; what became of each, in the order of ``sent``.

    A person counts once, and so does a key, even where the check-in was undone since. Who has an account gets a
    contribution: they attended.

    Raises:
        NotFound: there is no such event.
    """
    event = await event_to_change(session, slug)
    numbers = await guests_by_id(session, event.id)
    wanted = sorted({numbers[one.guest] for one in sent if one.guest in numbers})
    registrations = {one.id: one for one in await session.scalars(
        select(Registration).where(Registration.id.in_(wanted)).order_by(Registration.id).with_for_update()
    )}
    answers = []
    for one in sent:
        registration = registrations.get(numbers.get(one.guest, 0))
        answer = _answer(registration, one.key)
        if registration is not None and answer is DoorAnswer.IN:
            registration.checked_in_at, registration.checked_in_by_id = now, by.person_id
            registration.check_in_key = one.key
            mark_changed(registration, now=now)
            note_registration(session, registration, action="checked in", actor=by.label, now=now)
            _note_attendance(session, event, registration, now=now)
        answers.append(answer)
    await session.flush()
    return answers


async def undo_check_in(session: AsyncSession, *, slug: str, guest: str, by: Actor, now: datetime) -> None:
    """Take a check-in back. Its key stays, so that a device which sends it late does not bring it back.

    Raises:
        NotFound: there is no such event or guest.
        Conflict: the person is not in.
    """
    event = await event_to_change(session, slug)
    registration = await guest_to_change(session, event, guest)
    if registration.checked_in_at is None:
        raise Conflict(_("This person is not in. Reload the page."))
    registration.checked_in_at = registration.checked_in_by_id = None
    mark_changed(registration, now=now)
    note_registration(session, registration, action="check-in undone", actor=by.label, now=now)
    if registration.person_id is not None:
        await session.execute(delete(Contribution).where(
            Contribution.person_id == registration.person_id, Contribution.event_id == event.id,
            Contribution.kind == ATTENDED, Contribution.source == CHECK_IN,
        ))
    await session.flush()


def _answer(registration: Registration | None, key: str) -> DoorAnswer:
    if registration is None:
        return DoorAnswer.UNKNOWN
    if registration.state is not RegistrationState.CONFIRMED:
        return DoorAnswer(registration.state.value)
    is_counted = registration.checked_in_at is not None or registration.check_in_key == key
    return DoorAnswer.ALREADY if is_counted else DoorAnswer.IN


def _note_attendance(session: AsyncSession, event: Event, registration: Registration, *, now: datetime) -> None:
    if registration.person_id is not None:
        session.add(Contribution(
            person_id=registration.person_id, event_id=event.id, kind=ATTENDED, source=CHECK_IN,
            happened_on=event.starts_on, confirmed_at=now, created_at=now, updated_at=now,
        ))
