"""Jobs that read on in the audit log, each from where it stopped.

What a job makes of its entries is written with its new position in one transaction, so that nothing is told twice and
nothing is missed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.models import AuditEntry
from registry.activity.rules import Subject
from registry.database.engine import Reader, dialect_of
from registry.jobs.commands import move_on
from registry.jobs.queries import position_of

ROWS_AT_ONCE = 200
SETTLED_AFTER = timedelta(seconds=15)
"""PostgreSQL numbers rows before they are committed, so a lower number may appear after a higher one. What is younger
than this is left for the next turn: no request's transaction takes as long."""


class Entry(msgspec.Struct, frozen=True):
    """A row of the audit log."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: Subject
    subject_id: int
    changes: dict[str, Any]


async def is_behind(reader: Reader, name: str, now: datetime) -> bool:
    """Whether there is something to read for the job ``name`` (two statements, and nothing is written)."""
    position = await position_of(reader, name)
    return not position or bool(await _entries(reader, position, now, limit=1))


async def next_entries(session: AsyncSession, name: str, now: datetime) -> Sequence[Entry]:
    """The next entries for the job ``name``, whose position goes on behind them; ``ROWS_AT_ONCE`` when more may come.

    The first turn ever reads nothing: what is in the record already is no news.
    """
    position = await position_of(session, name, to_move=True)
    if not position:
        last = await session.scalar(select(func.max(AuditEntry.id))) or 0
        await move_on(session, name=name, position=last + 1, now=now)
        return []
    entries = await _entries(session, position, now, limit=ROWS_AT_ONCE)
    if entries:
        await move_on(session, name=name, position=entries[-1].id + 1, now=now)
    return entries


async def _entries(reader: Reader, position: int, now: datetime, *, limit: int) -> list[Entry]:
    """Entries from a position on, which is the number of the next one to read."""
    settled = now if dialect_of(reader) == "sqlite" else now - SETTLED_AFTER
    rows = await reader.execute(
        select(
            AuditEntry.id, AuditEntry.at, AuditEntry.actor, AuditEntry.action, AuditEntry.subject,
            AuditEntry.subject_id, AuditEntry.changes,
        ).where(AuditEntry.id >= position, AuditEntry.at <= settled).order_by(AuditEntry.id).limit(limit)
    )
    return [Entry(*row) for row in rows]
