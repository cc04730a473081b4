"""Sealing the audit log and verifying it: jobs, beside every write and never in its way.

A write only adds its audit row. The job seals rows in the order of their numbers, once nobody can still add one with a
smaller number: SQLite has one writer at a time; on PostgreSQL a transaction that began earlier may commit later, so the
job waits until all that ran when it read the newest number are over (``pg_snapshot_xmin``).
"""

import asyncio
import logging
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.models import AuditEntry
from registry.audit.models import AuditSeal
from registry.audit.queries import entry_columns, entry_in, head_of, newest_entry, newest_sealed, verified
from registry.audit.rules import Entry, Head, Seal, digest_of, link_of
from registry.database.engine import Database, dialect_of
from registry.ports import JobTrouble, Workplace
from registry.web.i18n import marked

ALTERED = marked(
    "The log of changes is not as it was sealed. Run `keng audit verify`: it names the first row, and says what to do."
)
BUSY = marked(
    "The log of changes is not sealed further, because somebody has been writing for long. It is tried again."
)
SECONDS_FOR_WRITERS = 30.0
_SECONDS_TO_BEGIN = 1.0
_SECONDS_BETWEEN_LOOKS = 0.2
_AT_ONCE = 1_000
_SALT_BYTES = 16
_log = logging.getLogger("keng.audit")


class Sealed(msgspec.Struct, frozen=True):
    """A sealed audit row, as it was before something is done to it."""

    number: int
    entry: Entry
    was_altered: bool


async def seal_log(workplace: Workplace, now: datetime) -> None:
    """Job: seal every audit row that has none yet and whose number nobody can come before any more.

    Raises:
        JobTrouble: somebody has been writing for too long.
    """
    database = workplace.database
    async with database.reading() as reader:
        newest, sealed = await newest_entry(reader), await newest_sealed(reader)
    if newest <= sealed:
        return
    await _wait_for_writers(database)
    head = Head()
    while sealed < newest:
        async with database.writing() as session:
            sealed, head = await _seal_some(session, up_to=newest, now=now)
    # Whoever keeps these lines elsewhere can show later that the chain was not begun anew.
    _log.info("the log of changes is sealed up to %s", head)


async def verify_log(workplace: Workplace, _now: datetime) -> None:
    """Job: walk along the chain.

    Raises:
        JobTrouble: something of the log was altered.
    """
    found = await verified(workplace.database)
    if found.flaws:
        raise JobTrouble(ALTERED)


async def seals_before(session: AsyncSession, condition: ColumnElement[bool]) -> list[Sealed]:
    """The sealed audit rows of a condition as they are now; nobody else seals until this transaction is over."""
    await _lock(session)
    rows = await session.execute(
        select(AuditSeal.number, AuditSeal.salt, AuditSeal.digest, *entry_columns(session))
        .join(AuditEntry, AuditEntry.id == AuditSeal.entry_id)
        .where(AuditSeal.salt.is_not(None), condition).order_by(AuditSeal.number)
    )
    return [
        Sealed(row.number, entry, digest_of(entry, row.salt) != row.digest)
        for row in rows for entry in [entry_in(row)]
    ]


async def seal_again(session: AsyncSession, before: Sequence[Sealed], *, because_id: int, now: datetime) -> None:
    """Seal those of some rows anew that an erasure has changed since ``seals_before``; ``because_id`` is its audit row.

    The former seals stay with their hashes and lose their salts: nothing leads from them to what the rows said.
    """
    for first in range(0, len(before), _AT_ONCE):
        known = {sealed.entry.id: sealed for sealed in before[first:first + _AT_ONCE]}
        entries = await _entries(session, AuditEntry.id.in_(known))
        changed = [entry for entry in entries if entry != known[entry.id].entry]
        former = [known[entry.id].number for entry in changed]
        await session.execute(update(AuditSeal).where(AuditSeal.number.in_(former)).values(salt=None))
        await _append(
            session, changed, now=now, because_id=because_id,
            altered={entry.id for entry in changed if known[entry.id].was_altered},
        )


async def _seal_some(session: AsyncSession, *, up_to: int, now: datetime) -> tuple[int, Head]:
    """Seal the next rows; up to which number there are seals now, and the end of the chain."""
    await _lock(session)
    sealed = await newest_sealed(session)
    entries = await _entries(session, AuditEntry.id > sealed, AuditEntry.id <= up_to)
    head = await _append(session, entries, now=now)
    return (entries[-1].id if entries else up_to), head


async def _entries(session: AsyncSession, *conditions: ColumnElement[bool]) -> list[Entry]:
    rows = await session.execute(
        select(*entry_columns(session)).where(*conditions).order_by(AuditEntry.id).limit(_AT_ONCE)
    )
    return [entry_in(row) for row in rows]


async def _append(
    session: AsyncSession, entries: Sequence[Entry], *, now: datetime, because_id: int | None = None,
    altered: Collection[int] = (),
) -> Head:
    """Add seals of some rows to the chain; its end now."""
    head, seals = await head_of(session), []
    for entry in entries:
        salt = secrets.token_hex(_SALT_BYTES)
        seal = Seal(
            number=head.number + 1, entry_id=entry.id, because_id=because_id, was_altered=entry.id in altered,
            sealed_at=now.isoformat(), digest=digest_of(entry, salt),
        )
        head = Head(seal.number, link_of(head.link, seal))
        seals.append({**msgspec.structs.asdict(seal), "sealed_at": now, "salt": salt, "link": head.link})
    if seals:
        await session.execute(insert(AuditSeal), seals)
    return head


async def _lock(session: AsyncSession) -> None:
    """Let nobody else seal until this transaction is over; SQLite has one writer anyway."""
    if dialect_of(session) == "postgresql":
        await session.execute(text("LOCK TABLE audit_seals IN SHARE ROW EXCLUSIVE MODE"))


async def _wait_for_writers(database: Database) -> None:
    """Wait until every transaction that may hold a number of an audit row is over.

    Who has just taken a number bears one of its own an instant later: hence the pause before the question.

    Raises:
        JobTrouble: they are not over in time.
    """
    if database.is_sqlite:
        return
    await asyncio.sleep(_SECONDS_TO_BEGIN)
    following = await _transaction(database, "pg_snapshot_xmax")
    for _look in range(int(SECONDS_FOR_WRITERS / _SECONDS_BETWEEN_LOOKS)):
        if await _transaction(database, "pg_snapshot_xmin") >= following:
            return
        await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
    raise JobTrouble(BUSY)


async def _transaction(database: Database, end: str) -> int:
    """The number of the first transaction that has not begun yet (``xmax``), or of the first that runs (``xmin``)."""
    async with database.reading() as reader:
        return await reader.scalar(text(f"SELECT {end}(pg_current_snapshot())::text::bigint")) or 0
