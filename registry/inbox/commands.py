"""Telling people something, in the transaction of what they are told about."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from registry.inbox.models import Notice
from registry.inbox.rules import NoticeKind


def tell(
    session: AsyncSession, people: Iterable[int], *, kind: NoticeKind, path: str, now: datetime, **facts: Any
) -> None:
    """Put a notice into the inbox of each of ``people`` (row numbers; doubles count once)."""
    session.add_all(
        Notice(person_id=person_id, kind=kind, path=path, facts=facts, told_at=now)
        for person_id in dict.fromkeys(people)
    )
