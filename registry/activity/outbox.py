"""The outbox as its worker and organisers see it: claim a message, say what became of it, try it again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from registry.accounts.queries import organisers
from registry.activity.commands import note_change
from registry.activity.models import OutboxMessage
from registry.activity.rules import Subject, has_had_its_chances, pause_before
from registry.checks import Checks
from registry.database.aggregate import AnySelect
from registry.database.engine import Reader
from registry.errors import NotFound
from registry.inbox.commands import tell
from registry.inbox.rules import NoticeKind
from registry.ports import Outgoing, TryLater
from registry.web.i18n import gettext as _

CLAIM = timedelta(minutes=5)


class Claimed(msgspec.Struct, frozen=True):
    """A message that this worker alone delivers until ``until``."""

    id: int
    message: Outgoing
    until: datetime


class Backlog(msgspec.Struct, frozen=True):
    """How much is in the outbox; ``oldest_due_at`` is since when the first one waits, where one is due."""

    waiting: int
    given_up: int
    oldest_due_at: datetime | None


class GivenUpRow(msgspec.Struct, frozen=True):
    """A message that could not be delivered."""

    id: int
    kind: str
    key: str
    created_at: datetime
    given_up_at: datetime | None
    attempts: int
    last_error: str | None

    @property
    def trouble(self) -> str:
        """What went wrong, in the reader's language where it is one of our own sentences."""
        return _(self.last_error) if self.last_error else ""


async def has_something_due(reader: Reader, *, kind: str, now: datetime) -> bool:
    """Whether a message of a kind can be claimed (one statement, and nothing is written)."""
    return await reader.scalar(select(OutboxMessage.id).where(*_due(kind, now)).limit(1)) is not None


async def claim_next(session: AsyncSession, *, kind: str, now: datetime) -> Claimed | None:
    """Claim the message of a kind that has been due longest; commit before it is delivered.

    A claim that ran out belonged to a worker that died: its message may have left.
    """
    row = await session.scalar(
        select(OutboxMessage).where(*_due(kind, now)).order_by(OutboxMessage.due_at, OutboxMessage.id).limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    row.may_be_out = row.may_be_out or row.claimed_until is not None
    row.claimed_until = now + CLAIM
    row.attempts += 1
    await session.flush()
    return Claimed(row.id, Outgoing(
        key=row.key, kind=row.kind, payload=row.payload, attempt=row.attempts, may_be_out=row.may_be_out,
    ), row.claimed_until)


async def note_delivered(session: AsyncSession, claimed: Claimed, *, now: datetime) -> None:
    """Note that a message has left."""
    await session.execute(update(OutboxMessage).where(OutboxMessage.id == claimed.id).values(
        delivered_at=now, claimed_until=None, last_error=None,
    ))


async def note_failed(
    session: AsyncSession, claimed: Claimed, trouble: TryLater, *, now: datetime, chance: float
) -> bool:
    """Note that a message could not leave now; whether it is given up with that.

    What asks for a pause of its own makes every message of the kind wait that long.
    """
    if has_had_its_chances(claimed.message.attempt):
        await give_up(session, claimed, str(trouble), now=now)
        return True
    due_at = now + (trouble.after or pause_before(claimed.message.attempt, chance=chance))
    await session.execute(update(OutboxMessage).where(OutboxMessage.id == claimed.id).values(
        due_at=due_at, claimed_until=None, last_error=str(trouble),
        may_be_out=claimed.message.may_be_out or trouble.may_be_out,
    ))
    if trouble.after:
        await session.execute(update(OutboxMessage).where(
            *_waiting(claimed.message.kind), OutboxMessage.due_at < due_at
        ).values(due_at=due_at))
    return False


async def give_up(session: AsyncSession, claimed: Claimed, reason: str, *, now: datetime) -> None:
    """Note that a message will not be tried again by itself, and tell those who could do something about it."""
    await session.execute(update(OutboxMessage).where(OutboxMessage.id == claimed.id).values(
        given_up_at=now, claimed_until=None, last_error=reason,
    ))
    tell(
        session, await organisers(session), kind=NoticeKind.GIVEN_UP, path="/outbox", now=now,
        messages=claimed.message.kind,
    )


async def try_again(session: AsyncSession, *, message_id: int, by: str, now: datetime) -> None:
    """Give a message that was given up all its attempts anew.

    Raises:
        NotFound: it is not among those given up.
    """
    changed = await session.scalar(
        update(OutboxMessage).where(OutboxMessage.id == message_id, OutboxMessage.given_up_at.is_not(None))
        .values(given_up_at=None, attempts=0, due_at=now).returning(OutboxMessage.id)
    )
    if changed is None:
        raise NotFound(_("This message is not waiting for anybody. It may be on its way again."))
    note_change(
        session, now=now, actor=by, action="message tried again", subject=Subject.MESSAGE, subject_id=message_id,
    )


async def drop_message(session: AsyncSession, *, message_id: int, reason: str, by: str, now: datetime) -> None:
    """Take out a message that was given up, for good; the log keeps what it was and why it was dropped.

    Raises:
        NotFound: it is not among those given up.
        BadInput: there is no reason.
    """
    checks = Checks()
    reason = checks.line("reason", reason, is_required=True)
    checks.done()
    row = await session.scalar(
        select(OutboxMessage).where(OutboxMessage.id == message_id, OutboxMessage.given_up_at.is_not(None))
        .with_for_update()
    )
    if row is None:
        raise NotFound(_("This message is not waiting for anybody. It may be on its way again."))
    await session.delete(row)
    await session.flush()
    note_change(
        session, now=now, actor=by, action="message dropped", subject=Subject.MESSAGE, subject_id=message_id,
        changes={"message": [row.key, None], "reason": [None, reason]},
    )


async def given_up_message(reader: Reader, message_id: int) -> GivenUpRow | None:
    """One message that could not be delivered (one statement)."""
    row = (await reader.execute(_given_up().where(OutboxMessage.id == message_id))).one_or_none()
    return GivenUpRow(*row) if row else None


async def outbox_backlog(reader: Reader, *, now: datetime) -> Backlog:
    """How much waits and how much was given up (one statement)."""
    waiting = select(func.count()).where(*_waiting()).scalar_subquery()
    given_up = select(func.count()).where(OutboxMessage.given_up_at.is_not(None)).scalar_subquery()
    oldest = select(func.min(OutboxMessage.due_at)).where(*_waiting(), OutboxMessage.due_at <= now).scalar_subquery()
    return Backlog(*(await reader.execute(select(waiting, given_up, oldest))).one())


async def given_up_messages(reader: Reader, *, offset: int, limit: int) -> list[GivenUpRow]:
    """What could not be delivered, the last first (one statement)."""
    rows = await reader.execute(
        _given_up().order_by(OutboxMessage.given_up_at.desc(), OutboxMessage.id.desc()).offset(offset).limit(limit)
    )
    return [GivenUpRow(*row) for row in rows]


def _given_up() -> AnySelect:
    return select(
        OutboxMessage.id, OutboxMessage.kind, OutboxMessage.key, OutboxMessage.created_at,
        OutboxMessage.given_up_at, OutboxMessage.attempts, OutboxMessage.last_error,
    ).where(OutboxMessage.given_up_at.is_not(None))


def _waiting(kind: str | None = None) -> Sequence[ColumnElement[bool]]:
    of_kind = [OutboxMessage.kind == kind] if kind is not None else []
    return [OutboxMessage.delivered_at.is_(None), OutboxMessage.given_up_at.is_(None), *of_kind]


def _due(kind: str, now: datetime) -> Sequence[ColumnElement[bool]]:
    earlier = aliased(OutboxMessage)
    return [
        *_waiting(kind), OutboxMessage.due_at <= now,
        or_(OutboxMessage.claimed_until.is_(None), OutboxMessage.claimed_until <= now),
        ~select(earlier.id).where(
            earlier.lane == OutboxMessage.lane, earlier.id < OutboxMessage.id, earlier.delivered_at.is_(None),
            earlier.given_up_at.is_(None),
        ).exists(),
    ]
