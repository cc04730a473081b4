"""Where a door puts what it hears, so that a burst of calls does not wait for as many transactions."""

import asyncio

from registry.database.engine import Database
from registry.hooks.commands import NewDelivery, keep_deliveries

MOST_AT_ONCE = 500
_Waiting = list[tuple[NewDelivery, asyncio.Future[bool]]]


class Letterbox:
    """Keeps what ``source`` tells us: what comes while one transaction is written goes into the next one together."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._waiting: _Waiting = []
        self._emptying: asyncio.Task[None] | None = None

    async def keep(self, delivery: NewDelivery, database: Database) -> bool:
        """Keep a delivery; back when it is in the database. Whether it is new.

        Raises:
            SQLAlchemyError: the database did not take it.
        """
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((delivery, kept))
        if self._emptying is None or self._emptying.done():
            # A task of its own: whoever called first may hang up, and the others still wait.
            self._emptying = asyncio.create_task(self._empty(database))
        return await kept

    async def _empty(self, database: Database) -> None:
        while self._waiting:
            taken, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            try:
                async with database.writing() as session:
                    new = await keep_deliveries(session, source=self._source, deliveries=[one for one, _ in taken])
            except Exception as error:  # it is raised where somebody waits for it
                for _one, kept in taken:
                    if not kept.done():
                        kept.set_exception(error)
            else:
                for one, kept in taken:
                    if not kept.done():
                        kept.set_result(one.delivery_id in new)
                    new.discard(one.delivery_id)
