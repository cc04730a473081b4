"""Writing down what happened and what must leave the system, in the transaction in which it happens."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.models import AuditEntry, FormAnswer, OutboxMessage
from registry.activity.rules import Subject
from registry.database.engine import dialect_of
from registry.errors import EditConflict
from registry.ports import Workplace
from registry.tokens.rules import MARK
from registry.web.i18n import gettext as _


class Revised(Protocol):
    """A record that forms change: it counts its revisions and says when it last changed."""

    revision: Any
    updated_at: Any


def note_change(
    session: AsyncSession, *, now: datetime, actor: str, action: str, subject: Subject, subject_id: int,
    changes: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Add the one audit row of a change; ``changes`` holds ``{field: [before, after]}``, never a secret."""
    entry = AuditEntry(
        at=now, actor=actor, action=action, subject=subject, subject_id=subject_id, changes=dict(changes or {}),
        token=_token_of(session, actor),
    )
    session.add(entry)
    return entry


def mark_token(session: AsyncSession, token: str) -> None:
    """Let every audit row of a session say by which access token it came; ``token`` is the beginning of one."""
    session.info["token"] = token


def _token_of(session: AsyncSession, actor: str) -> str | None:
    """What an audit row says of the token: a beginning would lead from one who is not named to one who is."""
    token: str | None = session.info.get("token")
    return token if token is None or actor.startswith("person:") else MARK


def change_fields(record: Revised, fields: Mapping[str, Any], *, now: datetime) -> dict[str, list[Any]]:
    """Set the fields of a record; what changed, as ``note_change`` takes it.

    Where nothing differs nothing is touched, and the answer is empty.
    """
    changes = {
        name: [msgspec.to_builtins(getattr(record, name)), msgspec.to_builtins(value)]
        for name, value in fields.items() if getattr(record, name) != value
    }
    for name in changes:
        setattr(record, name, fields[name])
    if changes:
        mark_changed(record, now=now)
    return changes


def mark_changed(record: Revised, *, now: datetime) -> None:
    """Count a revision of a record of which something changed that is not a field of its own (a link, a need)."""
    record.revision += 1
    record.updated_at = now


def refuse_older_revision(record: Revised, seen: int, *, theirs: Mapping[str, str]) -> None:
    """Check that a form was filled from the record as it is now; read the record with ``with_for_update``.

    Raises:
        EditConflict: somebody changed it meanwhile; ``theirs`` are the form's fields as they are now.
    """
    if record.revision != seen:
        raise EditConflict(
            _("Somebody else has changed this since you opened it. Both versions are below: nothing of yours is "
              "lost. Put together what should stay, then save again."),
            theirs=theirs, revision=record.revision,
        )


async def send_later(
    session: AsyncSession, *, key: str, kind: str, payload: dict[str, Any], now: datetime,
    due_at: datetime | None = None, lane: str | None = None,
) -> None:
    """Put something that must leave the system into the outbox; the same ``key`` goes out once.

    It is delivered by a job from ``due_at`` (at once when not given) on, after what is before it in its ``lane``.
    """
    await session.execute(_insert(session)(OutboxMessage).values(
        key=key, kind=kind, lane=lane, payload=payload, created_at=now, due_at=due_at or now, attempts=0,
    ).on_conflict_do_nothing(index_elements=["key"]))


async def take_form_key(session: AsyncSession, *, key: str, by: str, now: datetime) -> str | None:
    """Note that a form is being answered; the path it was answered with before, if it was.

    The same form sent twice at once waits here until the first is done.
    """
    if not key:
        return None
    key_hash = _form_key_hash(key, by)
    taken = await session.execute(
        _insert(session)(FormAnswer).values(key_hash=key_hash, path="", sent_at=now)
        .on_conflict_do_nothing(index_elements=["key_hash"]).returning(FormAnswer.key_hash)
    )
    if taken.scalar_one_or_none() is not None:
        return None
    path: str = (await session.scalars(select(FormAnswer.path).where(FormAnswer.key_hash == key_hash))).one()
    return path


async def keep_form_answer(session: AsyncSession, *, key: str, by: str, path: str) -> None:
    """Keep the path with which a form is answered from now on."""
    if key:
        await session.execute(
            update(FormAnswer).where(FormAnswer.key_hash == _form_key_hash(key, by)).values(path=path)
        )


async def forget_old(workplace: Workplace, now: datetime) -> None:
    """Job: delete answers to forms that nobody sends again, and messages long delivered."""
    settings = workplace.settings
    keys_kept = timedelta(days=settings.form_keys_kept_days)
    delivered_kept = timedelta(days=settings.delivered_kept_days)
    async with workplace.database.writing() as session:
        await session.execute(delete(FormAnswer).where(FormAnswer.sent_at < now - keys_kept))
        await session.execute(delete(OutboxMessage).where(OutboxMessage.delivered_at < now - delivered_kept))


def _form_key_hash(key: str, by: str) -> str:
    return hashlib.sha256(f"{by}:{key}".encode()).hexdigest()


def _insert(session: AsyncSession) -> Any:
    return sqlite_insert if dialect_of(session) == "sqlite" else postgresql_insert
