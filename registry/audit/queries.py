"""Whether the audit log is as it was sealed, and how far it is sealed."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Text, cast, func, select
from sqlalchemy.orm import aliased

from registry.activity.models import AuditEntry
from registry.audit.models import AuditSeal
from registry.audit.rules import BEGINNING, Entry, Fault, Flaw, Head, Seal, digest_of, link_of
from registry.database.engine import Database, Reader, dialect_of

ERASED = "erased"
"""The action of the audit row that an erasure leaves."""
MOST_FLAWS = 100
_AT_ONCE = 1_000


class Verified(msgspec.Struct, frozen=True):
    """What a walk along the whole chain found; at most ``MOST_FLAWS`` flaws, by the rows that they are about."""

    head: Head
    rows: int
    flaws: list[Flaw]


async def newest_entry(reader: Reader) -> int:
    """The number of the newest audit row; 0 where there is none (one statement)."""
    return await reader.scalar(select(func.coalesce(func.max(AuditEntry.id), 0))) or 0


async def newest_sealed(reader: Reader) -> int:
    """Up to which number the audit rows are sealed (one statement)."""
    return await reader.scalar(select(func.coalesce(func.max(AuditSeal.entry_id), 0))) or 0


async def head_of(reader: Reader) -> Head:
    """The end of the chain (one statement)."""
    row = (await reader.execute(
        select(AuditSeal.number, AuditSeal.link).order_by(AuditSeal.number.desc()).limit(1)
    )).one_or_none()
    return Head(*row) if row else Head()


async def last_sealed_at(reader: Reader) -> datetime | None:
    """When the last audit rows were sealed; none means never (one statement)."""
    moment: datetime | None = await reader.scalar(
        select(AuditSeal.sealed_at).order_by(AuditSeal.number.desc()).limit(1)
    )
    return moment


def as_text(reader: Reader, column: Any) -> ColumnElement[str]:
    """An instant as text, whatever somebody wrote there; what reads it as an instant would stumble."""
    if dialect_of(reader) == "sqlite":
        return cast(column, Text)
    return func.to_char(func.timezone("UTC", column), "YYYY-MM-DD HH24:MI:SS.US")


def entry_columns(reader: Reader) -> list[ColumnElement[Any]]:
    """The columns of an ``Entry``, in its order."""
    instants = {"at": as_text(reader, AuditEntry.at)}
    texts = {name: cast(getattr(AuditEntry, name), Text) for name in ("subject", "changes")}
    return [
        {**instants, **texts}.get(name, getattr(AuditEntry, name)).label(f"said_{name}")
        for name in Entry.__struct_fields__
    ]


async def verified(database: Database, noted: Head | None = None) -> Verified:
    """``verify`` in one picture of the database, however busy it is."""
    async with database.reading() as reader:
        if not database.is_sqlite:
            await reader.execution_options(isolation_level="REPEATABLE READ")
        return await verify(reader, noted)


async def verify(reader: Reader, noted: Head | None = None) -> Verified:
    """Walk along the whole chain and compare each audit row with its seal.

    ``noted`` is an end of the chain that was noted elsewhere earlier: it must be a link of it.
    """
    walk = _Walk(noted)
    async for row in _seals(reader):
        walk.look_at(row)
    inserted = [Flaw(Fault.INSERTED, entry) for entry in await _without_seal(reader, walk.last_entry)]
    flaws = sorted([*walk.flaws, *walk.flaws_at_the_end(), *inserted], key=lambda flaw: (flaw.entry, flaw.seal))
    return Verified(walk.head, walk.rows, flaws[:MOST_FLAWS])


async def _without_seal(reader: Reader, last: int) -> list[int]:
    is_sealed = select(AuditSeal.number).where(AuditSeal.entry_id == AuditEntry.id).exists()
    return list(await reader.scalars(
        select(AuditEntry.id).where(AuditEntry.id <= last, ~is_sealed).order_by(AuditEntry.id).limit(MOST_FLAWS)
    ))


async def _seals(reader: Reader) -> AsyncIterator[Any]:
    """Each seal along the chain, with the audit row that it is of and the action of the one that it names."""
    because = aliased(AuditEntry)
    statement = (
        select(
            AuditSeal.number, AuditSeal.entry_id, AuditSeal.because_id, AuditSeal.was_altered,
            as_text(reader, AuditSeal.sealed_at).label("sealed_at"), AuditSeal.salt, AuditSeal.digest, AuditSeal.link,
            because.action.label("reason"), *entry_columns(reader),
        )
        .outerjoin(AuditEntry, AuditEntry.id == AuditSeal.entry_id)
        .outerjoin(because, because.id == AuditSeal.because_id)
        .order_by(AuditSeal.number).limit(_AT_ONCE)
    )
    last = 0
    while rows := (await reader.execute(statement.where(AuditSeal.number > last))).all():
        for row in rows:
            yield row
        last = rows[-1].number
        await asyncio.sleep(0)  # SQLite is read in the event loop, and others have work there, too


class _Walk:
    """A walk along the chain, from its first link on."""

    def __init__(self, noted: Head | None) -> None:
        self.head, self.rows, self.last_entry = Head(), 0, 0
        self.flaws: list[Flaw] = []
        self._noted = noted
        self._unsalted: dict[int, int] = {}

    def look_at(self, row: Any) -> None:
        """Compare the next seal with the one before it and with its audit row."""
        seal = Seal(
            number=row.number, entry_id=row.entry_id, because_id=row.because_id, was_altered=row.was_altered,
            sealed_at=row.sealed_at, digest=row.digest,
        )
        if seal.number != self.head.number + 1:
            self._find(Fault.LOST, seal)
        elif link_of(self.head.link, seal) != row.link:
            self._find(Fault.BROKEN, seal)
        self._look_at_order(seal, row.reason)
        self._look_at_entry(seal, row)
        self.head = Head(seal.number, row.link)
        if self._noted and self._noted.number == seal.number and self._noted.link == row.link:
            self._noted = None

    def flaws_at_the_end(self) -> list[Flaw]:
        """What is wrong once there is no further seal."""
        lost = [Flaw(Fault.UNSEALED, entry, seal) for entry, seal in self._unsalted.items()]
        is_other = self._noted is not None and self._noted != Head(0, BEGINNING)
        return [*lost, *([Flaw(Fault.OTHER_CHAIN, seal=self._noted.number)] if is_other and self._noted else [])]

    def _look_at_order(self, seal: Seal, reason: str | None) -> None:
        if seal.because_id is None:
            if seal.entry_id <= self.last_entry:
                self._find(Fault.REORDERED, seal)
            self.last_entry = max(self.last_entry, seal.entry_id)
            self.rows += 1
        elif self._unsalted.pop(seal.entry_id, None) is None or reason != ERASED:
            self._find(Fault.WITHOUT_ERASURE, seal)
        if seal.was_altered:
            self._find(Fault.ALTERED_BEFORE, seal)

    def _look_at_entry(self, seal: Seal, row: Any) -> None:
        if row.salt is None:
            self._unsalted[seal.entry_id] = seal.number
        elif row.said_id is None:
            self._find(Fault.MISSING, seal)
        elif digest_of(entry_in(row), row.salt) != seal.digest:
            self._find(Fault.ALTERED, seal)

    def _find(self, fault: Fault, seal: Seal) -> None:
        if len(self.flaws) < MOST_FLAWS:
            self.flaws.append(Flaw(fault, seal.entry_id, seal.number))


def entry_in(row: Any) -> Entry:
    """The audit row in a row that has the ``entry_columns``."""
    return Entry(*(getattr(row, f"said_{name}") for name in Entry.__struct_fields__))
