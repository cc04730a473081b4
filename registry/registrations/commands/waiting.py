"""The waiting list: who gets a place that is free."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.commands import mark_changed, note_change
from registry.activity.rules import Subject
from registry.events.models import Event
from registry.inbox.commands import tell
from registry.inbox.rules import NoticeKind
from registry.registrations.models import Registration
from registry.registrations.rules import RegistrationState, how_many_move_up


async def move_up(session: AsyncSession, event: Event, *, actor: str, now: datetime) -> list[Registration]:
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
        give_place(session, event, registration, actor=actor, now=now)
    await session.flush()
    return first


def give_place(session: AsyncSession, event: Event, registration: Registration, *, actor: str, now: datetime) -> None:
    """Let one who waits have a place, and tell them where they have an account."""
    registration.state, registration.waiting_since = RegistrationState.CONFIRMED, None
    mark_changed(registration, now=now)
    note_registration(session, registration, action="moved up", actor=actor, now=now)
    if registration.person_id is not None:
        tell(
            session, [registration.person_id], kind=NoticeKind.MOVED_UP, path=f"/events/{event.slug}/register",
            now=now, event=event.name,
        )


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
