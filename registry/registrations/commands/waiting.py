"""The waiting list: who gets a place that is free."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.commands import mark_changed, note_change, send_later
from registry.activity.rules import Subject
from registry.database.engine import settings_of
from registry.events.models import Event
from registry.inbox.commands import tell
from registry.inbox.mailing import MAIL
from registry.inbox.rules import NoticeKind
from registry.registrations.models import Registration
from registry.registrations.rules import RegistrationState, how_many_move_up

BY_ITSELF = "system:waiting-list"


async def move_up(
    session: AsyncSession, event: Event, *, actor: str = BY_ITSELF, now: datetime
) -> list[Registration]:
    """Give the free places of an event to those who have waited longest, and tell them.

    ``event`` is locked by whoever calls. An audit row each; once the event is over nobody moves any more.
    """
    if now >= event.ends_at:
        return []
    confirmed, waiting = await places_taken(session, event.id)
    count = how_many_move_up(capacity=event.capacity, confirmed=confirmed, waiting=waiting)
    if not count:
        return []
    first = list(await session.scalars(
        select(Registration)
        .where(Registration.event_id == event.id, Registration.state == RegistrationState.WAITING)
        .order_by(Registration.waiting_since, Registration.id).limit(count).with_for_update()
    ))
    for registration in first:
        await give_place(session, event, registration, actor=actor, now=now)
    await session.flush()
    return first


async def give_place(
    session: AsyncSession, event: Event, registration: Registration, *, actor: str, now: datetime
) -> None:
    """Let one who waits have a place, and tell them: by their account, and by the address they left."""
    registration.state, registration.waiting_since = RegistrationState.CONFIRMED, None
    mark_changed(registration, now=now)
    note_registration(session, registration, action="moved up", actor=actor, now=now)
    if registration.person_id is not None:
        tell(
            session, [registration.person_id], kind=NoticeKind.MOVED_UP, path=f"/events/{event.slug}/register",
            now=now, event=event.name,
        )
    await write_to_guest(session, registration, now=now)


async def write_to_guest(session: AsyncSession, registration: Registration, *, now: datetime) -> None:
    """Mail a guest where they stand, with the way back, if they left an address and this installation sends mail."""
    if registration.mail_address and settings_of(session).smtp_host:
        await send_later(
            session, key=f"mail:guest:{registration.id}:{registration.revision}", kind=MAIL, now=now,
            payload={"letter": "guest", "registration_id": registration.id},
        )


async def leave_coming_events(session: AsyncSession, *, person_id: int, now: datetime) -> None:
    """Give back all places that a person has at events to come; whoever waits there moves up."""
    events = list(await session.scalars(
        select(Event).join(Registration, Registration.event_id == Event.id)
        .where(
            Registration.person_id == person_id, Registration.state != RegistrationState.CANCELLED,
            Event.starts_at > now,
        ).order_by(Event.id).with_for_update(of=Event)
    ))
    await session.execute(
        update(Registration)
        .where(Registration.person_id == person_id, Registration.event_id.in_([event.id for event in events]))
        .values(state=RegistrationState.CANCELLED, cancelled_at=now, waiting_since=None)
    )
    for event in events:
        await move_up(session, event, now=now)


def note_registration(
    session: AsyncSession, registration: Registration, *, action: str, actor: str, now: datetime
) -> None:
    """The audit row of what happened to a registration: its row number alone, nothing of the person."""
    note_change(
        session, now=now, actor=actor, action=action, subject=Subject.EVENT, subject_id=registration.event_id,
        changes={"registration": [registration.id, registration.id]},
    )


async def places_taken(session: AsyncSession, event_id: int) -> tuple[int, int]:
    """How many of an event's registrations have a place, and how many wait (one statement)."""
    counts = dict((await session.execute(
        select(Registration.state, func.count()).where(Registration.event_id == event_id).group_by(Registration.state)
    )).all())
    return counts.get(RegistrationState.CONFIRMED, 0), counts.get(RegistrationState.WAITING, 0)
