"""The audit log as organisers read it: filtered, the newest first, read on from the last row seen."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement, and_, or_, select

from registry.accounts.queries import Actor
from registry.accounts.rules import Permission
from registry.activity.models import AuditEntry
from registry.activity.rules import Subject
from registry.database.engine import Reader
from registry.database.keyset import Batch, Place, read_batch
from registry.moderation.records import TABLES
from registry.moderation.rules import record_meant
from registry.proposals.models import Proposal


class LogFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader of the log chooses; ``record`` is the path of a record's page, days are the community's."""

    actor: str = ""
    action: str = ""
    subject: Subject | None = None
    record: str = ""
    first_day: date | None = None
    last_day: date | None = None


class LogRow(msgspec.Struct, frozen=True):
    """One change: who, when, what, and the fields before and after."""

    at: datetime
    actor: str
    action: str
    subject: Subject
    subject_id: int
    changes: dict[str, Any]
    token: str | None


async def log_rows(
    reader: Reader, wanted: LogFilter, *, actor: Actor, place: Place, timezone: str
) -> Batch[LogRow]:
    """The rows that a filter finds among those the actor may read (one statement).

    Who organises single events reads the rows of these and of their pitches, nothing else.
    """
    statement = select(
        AuditEntry.at, AuditEntry.actor, AuditEntry.action, AuditEntry.subject, AuditEntry.subject_id,
        AuditEntry.changes, AuditEntry.token,
    ).where(*_conditions(wanted, ZoneInfo(timezone)))
    if not actor.may(Permission.READ_AUDIT):
        statement = statement.where(_of_events(actor.organises))
    return await read_batch(reader, statement, LogRow, order=(AuditEntry.at, AuditEntry.id), place=place)


def _conditions(wanted: LogFilter, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.actor:
        conditions.append(AuditEntry.actor == wanted.actor)
    if wanted.action:
        conditions.append(AuditEntry.action == wanted.action)
    if wanted.subject:
        conditions.append(AuditEntry.subject == wanted.subject)
    if wanted.record:
        conditions.append(_is_about(wanted.record))
    if wanted.first_day:
        conditions.append(AuditEntry.at >= datetime.combine(wanted.first_day, time(), zone))
    if wanted.last_day:
        conditions.append(AuditEntry.at < datetime.combine(wanted.last_day + timedelta(days=1), time(), zone))
    return conditions


def _is_about(path: str) -> ColumnElement[bool]:
    meant = record_meant(path)
    if meant is None:
        return AuditEntry.id < 0
    subject, slug = meant
    table = TABLES[subject]
    row_number = select(table.id).where(table.slug == slug).scalar_subquery()
    return and_(AuditEntry.subject == subject, AuditEntry.subject_id == row_number)


def _of_events(events: frozenset[int]) -> ColumnElement[bool]:
    pitches = select(Proposal.id).where(Proposal.event_id.in_(events))
    return or_(
        and_(AuditEntry.subject == Subject.EVENT, AuditEntry.subject_id.in_(events)),
        and_(AuditEntry.subject == Subject.PROPOSAL, AuditEntry.subject_id.in_(pitches)),
    )
