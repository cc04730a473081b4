"""Working on what other systems told us."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from registry.database.engine import Database
from registry.hooks.models import HookDelivery
from registry.hooks.queries import Delivery, deliveries_waiting

BATCH = 10
PAUSE_SECONDS = 0.05
"""Between two batches, so that a door that wants to write does not wait for all of them: SQLite has one writer."""
MOST_FAILURES = 3
"""Then a delivery is left: what is told is a hint, and what is so is found out by asking."""
_log = logging.getLogger("keng.hooks")

WorkOn = Callable[[AsyncSession, Delivery, datetime], Awaitable[None]]
"""What to do with one delivery, in a transaction that others of its batch share."""


async def work_off(database: Database, *, source: str, work_on: WorkOn, now: datetime) -> int:
    """Work on everything that ``source`` told us, oldest first; how much that was.

    Each delivery is worked on in a savepoint and marked in the same transaction, so that a process that dies has done
    it whole or not at all. One that fails is logged, holds no other up, and is tried again with the next call.
    """
    done = 0
    while await _something_waits(database, source):
        worked, failed = await _batch(database, source, work_on, now)
        done += worked
        if failed or worked < BATCH:
            break
        await asyncio.sleep(PAUSE_SECONDS)
    return done


async def _something_waits(database: Database, source: str) -> bool:
    async with database.reading() as reader:
        return bool(await deliveries_waiting(reader, source=source, limit=1))


async def _batch(database: Database, source: str, work_on: WorkOn, now: datetime) -> tuple[int, int]:
    worked, failed = [], []
    async with database.writing() as session:
        for delivery in await deliveries_waiting(session, source=source, limit=BATCH):
            try:
                async with session.begin_nested():
                    await work_on(session, delivery, now)
            except Exception:
                _log.exception("what %s told us (%s, row %s) could not be worked on", source, delivery.event,
                               delivery.id)
                failed.append(delivery)
            else:
                worked.append(delivery.id)
        given_up = [one.id for one in failed if one.failures + 1 >= MOST_FAILURES]
        await session.execute(
            update(HookDelivery).where(HookDelivery.id.in_([one.id for one in failed]))
            .values(failures=HookDelivery.failures + 1)
        )
        await session.execute(
            update(HookDelivery).where(HookDelivery.id.in_([*worked, *given_up])).values(worked_at=now)
        )
    return len(worked), len(failed)
