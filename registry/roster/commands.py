"""Keeping the roster of a chat: what it tells of its members, and what follows when one leaves."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.models import SignInSession
from registry.activity.commands import note_change
from registry.activity.rules import Subject
from registry.people.models import Identity
from registry.people.rules import IdentityProvider
from registry.ports import ChatMember
from registry.roster.models import RosterMember, RosterSweep

BY = "system:roster"
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


async def record_members(
    session: AsyncSession, found: Sequence[tuple[str, ChatMember]], *, chat: IdentityProvider, now: datetime
) -> int:
    """Write down members of a chat, each with what an identity here holds for them (``subject``); how many changed.

    What the chat said later is not undone by what it said before. Of who was erased from the record nothing is written
    down again. Who has left is signed out everywhere; they sign in with another account of theirs, or not at all.
    """
    subjects = [subject for subject, _ in found]
    known = {one.subject: one for one in await session.scalars(
        select(RosterMember).where(RosterMember.chat == chat, RosterMember.subject.in_(subjects))
    )}
    changed = 0
    left: list[str] = []
    for subject, member in dict(found).items():
        row = known.get(subject)
        if row is None:
            row = RosterMember(
                chat=chat, subject=subject, display_name="", changed_at=LONG_AGO, seen_at=now, is_gone=False,
                is_bot=False, is_forgotten=False,
            )
            session.add(row)
        was_gone = row.is_gone
        changed += _take(row, member)
        if row.is_gone and not was_gone:
            left.append(subject)
    await session.flush()
    await session.execute(
        update(RosterMember).where(RosterMember.chat == chat, RosterMember.subject.in_(subjects)).values(seen_at=now)
    )
    await _sign_out(session, left, chat=chat, now=now)
    return changed


async def keep_place(
    session: AsyncSession, *, chat: IdentityProvider, cursor: str, seen: int, started_at: datetime
) -> None:
    """Note how far a look at all members has come, in the transaction of what it found up to there."""
    sweep = await session.get(RosterSweep, chat, with_for_update=True)
    if sweep is None:
        sweep = RosterSweep(chat=chat)
        session.add(sweep)
    sweep.cursor, sweep.seen_count, sweep.started_at = cursor, seen, started_at
    await session.flush()


async def finish_sweep(session: AsyncSession, *, chat: IdentityProvider, started_at: datetime, now: datetime) -> int:
    """Note that a look has seen everyone: who was not among them has left. How many these are."""
    gone = list(await session.scalars(
        select(RosterMember.subject).where(
            RosterMember.chat == chat, RosterMember.seen_at < started_at, RosterMember.is_gone.is_(False)
        )
    ))
    await session.execute(
        update(RosterMember).where(
            RosterMember.chat == chat, RosterMember.seen_at < started_at, RosterMember.is_gone.is_(False)
        ).values(is_gone=True)
    )
    await _sign_out(session, gone, chat=chat, now=now)
    sweep = await session.get_one(RosterSweep, chat, with_for_update=True)
    sweep.cursor, sweep.finished_at = None, now
    await session.flush()
    return len(gone)


def _take(row: RosterMember, member: ChatMember) -> bool:
    """Take over what a chat says of a member, unless it is older than what is known; whether anything is new."""
    said_at = member.changed_at or row.changed_at
    if said_at < row.changed_at:
        return False
    told = {
        "display_name": "" if row.is_forgotten else member.name[:500], "is_bot": member.is_bot,
        "is_gone": member.is_gone, "timezone": None if row.is_forgotten else member.timezone[:64] or None,
        "changed_at": said_at,
    }
    changed = {name: value for name, value in told.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


async def _sign_out(
    session: AsyncSession, subjects: Sequence[str], *, chat: IdentityProvider, now: datetime
) -> None:
    if not subjects:
        return
    people = list(await session.scalars(
        select(Identity.person_id).where(Identity.provider == chat, Identity.subject.in_(subjects)).distinct()
    ))
    await session.execute(delete(SignInSession).where(SignInSession.person_id.in_(people)))
    for person_id in people:
        note_change(
            session, now=now, actor=BY, action="left the chat", subject=Subject.PERSON, subject_id=person_id,
            changes={"chat": [chat.value, None]},
        )
    await session.flush()
