"""Closing an event's sign-up of pitches, and opening it again."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import change_fields, note_change
from registry.activity.rules import Subject
from registry.errors import NotFound
from registry.events.models import Event
from registry.web.i18n import gettext as _


async def close_proposals(session: AsyncSession, *, slug: str, by: Actor, now: datetime) -> None:
    """Take no more pitches, and let those that are out stay as they are; drafts may go to another event.

    Raises:
        NotFound: there is no such event.
    """
    await _set(session, slug, "sign-up closed", by, now, proposals_closed_at=now)


async def reopen_proposals(session: AsyncSession, *, slug: str, by: Actor, now: datetime) -> None:
    """Take pitches again, until the event's end unless a later time is announced.

    Raises:
        NotFound: there is no such event.
    """
    event = await _event(session, slug)
    is_over = event.proposals_close_at is not None and event.proposals_close_at <= now
    close_at = None if is_over else event.proposals_close_at
    await _set(session, slug, "sign-up opened", by, now, proposals_closed_at=None, proposals_close_at=close_at)


async def _set(
    session: AsyncSession, slug: str, action: str, by: Actor, now: datetime, **fields: datetime | None
) -> None:
    event = await _event(session, slug)
    if changes := change_fields(event, fields, now=now):
        note_change(
            session, now=now, actor=by.label, action=action, subject=Subject.EVENT, subject_id=event.id,
            changes=changes,
        )
        await session.flush()


async def _event(session: AsyncSession, slug: str) -> Event:
    event: Event | None = await session.scalar(select(Event).where(Event.slug == slug).with_for_update())
    if event is None:
        raise NotFound(_("There is no event “%(slug)s”.") % {"slug": slug})
    return event
