"""What other systems told us and nobody has worked on yet."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import func, select

from registry.database.engine import Reader
from registry.hooks.models import HookDelivery


class Delivery(msgspec.Struct, frozen=True):
    """Something that another system told us."""

    id: int
    event: str
    payload: dict[str, Any]
    received_at: datetime
    failures: int


class HookBacklog(msgspec.Struct, frozen=True):
    """How much of what a system told us waits, and when it told us something last."""

    source: str
    waiting: int
    heard_at: datetime | None


async def deliveries_waiting(reader: Reader, *, source: str, limit: int) -> list[Delivery]:
    """What a system told us that waits, in the order in which it came (one statement)."""
    columns = [getattr(HookDelivery, name) for name in Delivery.__struct_fields__]
    rows = await reader.execute(
        select(*columns).where(HookDelivery.source == source, HookDelivery.worked_at.is_(None))
        .order_by(HookDelivery.id).limit(limit)
    )
    return [Delivery(*row) for row in rows]


async def hook_backlogs(reader: Reader) -> list[HookBacklog]:
    """Each system that told us something of late (one statement)."""
    rows = await reader.execute(
        select(
            HookDelivery.source, func.count().filter(HookDelivery.worked_at.is_(None)),
            func.max(HookDelivery.received_at),
        ).group_by(HookDelivery.source).order_by(HookDelivery.source)
    )
    return [HookBacklog(*row) for row in rows]
