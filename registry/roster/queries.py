"""What the roster knows."""

from datetime import datetime

import msgspec
from sqlalchemy import func, select

from registry.database.engine import Reader
from registry.people.rules import IdentityProvider
from registry.roster.models import RosterMember, RosterSweep


class Sweep(msgspec.Struct, frozen=True):
    """How far the look at all members has come. Without a cursor it is over."""

    cursor: str | None
    started_at: datetime
    seen_count: int
    finished_at: datetime | None


class RosterCount(msgspec.Struct, frozen=True):
    """How many members are there now, without programs, and how many have left."""

    here: int
    gone: int


async def sweep_of(reader: Reader, chat: IdentityProvider) -> Sweep | None:
    """The look at a chat's members; none where nobody ever began one (one statement)."""
    row = (await reader.execute(
        select(RosterSweep.cursor, RosterSweep.started_at, RosterSweep.seen_count, RosterSweep.finished_at)
        .where(RosterSweep.chat == chat)
    )).one_or_none()
    return Sweep(*row) if row else None


async def has_left(reader: Reader, *, provider: IdentityProvider, subject: str) -> bool:
    """Whether an account is known to have left its chat (one statement)."""
    return bool(await reader.scalar(
        select(RosterMember.is_gone).where(RosterMember.chat == provider, RosterMember.subject == subject)
    ))


async def count_members(reader: Reader, chat: IdentityProvider) -> RosterCount:
    """How many members a chat has (one statement)."""
    is_person = RosterMember.is_bot.is_(False)
    row = (await reader.execute(select(
        func.count().filter(is_person, RosterMember.is_gone.is_(False)),
        func.count().filter(is_person, RosterMember.is_gone.is_(True)),
    ).where(RosterMember.chat == chat))).one()
    return RosterCount(*row)
