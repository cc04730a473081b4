"""Telling people something, in the transaction of what they are told about; following; reading what one was told.

What a person follows and has read is their own affair: the audit log, which others read, says nothing of it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.rules import Subject
from registry.database.engine import dialect_of
from registry.errors import NotFound
from registry.inbox.models import Follow, Notice
from registry.inbox.queries import Followed, public_record
from registry.inbox.rules import NoticeKind
from registry.web.i18n import gettext as _


def tell(
    session: AsyncSession, people: Iterable[int], *, kind: NoticeKind, path: str, now: datetime, **facts: Any
) -> None:
    """Put a notice into the inbox of each of ``people`` (row numbers; doubles count once)."""
    session.add_all(
        Notice(person_id=person_id, kind=kind, path=path, facts=facts, told_at=now)
        for person_id in dict.fromkeys(people)
    )


async def follow(session: AsyncSession, *, person_id: int, collection: str, name: str, now: datetime) -> str:
    """Follow the record ``name`` (a slug, or the key of a need) of a collection; its path. Twice is once.

    Raises:
        NotFound: there is none that the public sees, or it cannot be followed.
    """
    record = await _record(session, collection, name)
    insert = sqlite_insert if dialect_of(session) == "sqlite" else postgresql_insert
    await session.execute(insert(Follow).values(
        person_id=person_id, subject=record.subject, target=record.target, since=now,
    ).on_conflict_do_nothing(index_elements=["person_id", "subject", "target"]))
    return record.path


async def unfollow(session: AsyncSession, *, person_id: int, subject: Subject, target: str) -> None:
    """Follow a record no more; nothing happens when one did not."""
    await session.execute(delete(Follow).where(
        Follow.person_id == person_id, Follow.subject == subject, Follow.target == target
    ))


async def mark_read(session: AsyncSession, *, person_id: int, notice_id: int, now: datetime) -> str:
    """Mark one of one's notices as read; where it leads.

    Raises:
        NotFound: it is not theirs.
    """
    notice = await session.scalar(
        select(Notice).where(Notice.id == notice_id, Notice.person_id == person_id).with_for_update()
    )
    if notice is None:
        raise NotFound(_("There is no such notice in your inbox."))
    notice.read_at = notice.read_at or now
    return notice.path


async def mark_all_read(session: AsyncSession, *, person_id: int, now: datetime) -> None:
    """Mark everything in an inbox as read."""
    await session.execute(
        update(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None)).values(read_at=now)
    )


async def _record(session: AsyncSession, collection: str, name: str) -> Followed:
    record = await public_record(session, collection, name)
    if record is None:
        raise NotFound(_("There is nothing of that name to follow."))
    return record
