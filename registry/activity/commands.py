"""Writing down what happened, in the transaction in which it happens."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.models import AuditEntry
from registry.activity.rules import Subject


def note_change(
    session: AsyncSession, *, now: datetime, actor: str, action: str, subject: Subject, subject_id: int,
    changes: dict[str, Any] | None = None,
) -> None:
    """Add the one audit row of a change; ``changes`` holds ``{field: [before, after]}``, never a secret."""
    session.add(AuditEntry(
        at=now, actor=actor, action=action, subject=subject, subject_id=subject_id, changes=changes or {},
    ))
