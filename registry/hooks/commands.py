"""Keeping what other systems tell us, once however often they do, and forgetting it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from registry.database.engine import dialect_of
from registry.hooks.models import HookDelivery
from registry.ports import Workplace


class NewDelivery(msgspec.Struct, frozen=True):
    """Something that another system tells us now; one with ``worked_at`` is only remembered, for it was answered."""

    delivery_id: str
    event: str
    payload: Mapping[str, Any]
    received_at: datetime
    worked_at: datetime | None = None


async def keep_deliveries(
    session: AsyncSession, *, source: str, deliveries: Sequence[NewDelivery]
) -> set[str]:
    """Keep what ``source`` tells us, to be worked on later, in one statement; the ids of those that are new.

    The same ``delivery_id`` counts once.
    """
    insert = sqlite_insert if dialect_of(session) == "sqlite" else postgresql_insert
    rows = [
        {"source": source, "failures": 0, **msgspec.structs.asdict(one), "payload": dict(one.payload)}
        for one in {one.delivery_id: one for one in reversed(deliveries)}.values()
    ]
    kept = await session.scalars(
        insert(HookDelivery).values(rows[::-1]).on_conflict_do_nothing(index_elements=["source", "delivery_id"])
        .returning(HookDelivery.delivery_id)
    )
    return set(kept)


async def forget_deliveries(workplace: Workplace, now: datetime) -> None:
    """Job: delete what was worked on and is older than the installation keeps it. Writes only where there is such."""
    is_old = (
        HookDelivery.received_at < now - timedelta(days=workplace.settings.hooks_kept_days),
        HookDelivery.worked_at.is_not(None),
    )
    async with workplace.database.reading() as reader:
        if await reader.scalar(select(HookDelivery.id).where(*is_old).limit(1)) is None:
            return
    async with workplace.database.writing() as session:
        await session.execute(delete(HookDelivery).where(*is_old))
