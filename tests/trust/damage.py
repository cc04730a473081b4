"""Faults that stand in the processes of an installation: an integration that brings nothing but one of them.

A process under test has no patches of ours, so the fault is named in its environment.
"""

import asyncio
import json
import os
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from typing import Any
from unittest.mock import patch

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity import delivery, outbox
from registry.database.engine import Database
from registry.ports import Connections
from registry.settings import Settings
from registry.web.page_cache import PageCache

FAULT = "KENG_TEST_FAULT"
CONNECTED = [*Settings.model_fields["integrations"].default, "tests.several.counter", "tests.trust.damage"]
ENDLESS = {
    f"KENG_{name}": "1000000" for name in (
        "ACCOUNT_WRITES_A_MINUTE", "ACCOUNT_HOURLY", "NEW_ACCOUNT_HOURLY", "NEW_ACCOUNT_DAILY", "SIGN_INS_A_MINUTE",
        "API_TOKEN_REQUESTS_A_MINUTE",
    )
} | {"KENG_API_REQUESTS_A_MINUTE": "0", "KENG_SEARCHES_A_MINUTE": "0", "KENG_INTEGRATIONS": json.dumps(CONNECTED)}
SECONDS_LATE = 0.2


def planted(fault: Callable[[], None]) -> Callable[[], AbstractContextManager[Any]]:
    """A fault of the processes that are started meanwhile."""
    return lambda: patch.dict(os.environ, {FAULT: fault.__name__})


def connect(_settings: Settings) -> Connections:
    """Damage this process, where its environment says so."""
    if FAULT in os.environ:
        _FAULTS[os.environ[FAULT]]()
    return Connections()


def acknowledged_before_the_commit() -> None:
    """The answer goes out while the transaction waits to be committed."""

    @asynccontextmanager
    async def writing(self: Database) -> AsyncIterator[AsyncSession]:
        async with self._writing, AsyncExitStack() as stack:
            session = await stack.enter_async_context(self._session())
            await stack.enter_async_context(session.begin())
            yield session
            late.add(asyncio.create_task(_end(stack.pop_all())))

    late: set[asyncio.Task[None]] = set()
    Database.writing = writing  # type: ignore[method-assign]


async def _end(transaction: AsyncExitStack) -> None:
    await asyncio.sleep(SECONDS_LATE)
    await transaction.aclose()


def marked_before_it_is_sent() -> None:
    """A message counts as delivered from the moment at which somebody takes it."""
    deliver = delivery._delivered

    async def delivered(claimed: Any, deliverer: Any, workplace: Any) -> Any:
        async with workplace.database.writing() as session:
            await outbox.note_delivered(session, claimed, now=workplace.clock())
        return await deliver(claimed, deliverer, workplace)

    delivery._delivered = delivered


def sent_again_without_asking() -> None:
    """Nobody remembers that a message may be out already."""
    claim = outbox.claim_next

    async def claim_next(*asked: Any, **more: Any) -> Any:
        claimed = await claim(*asked, **more)
        return claimed and replace(claimed, message=replace(claimed.message, may_be_out=False))

    vars(delivery)["claim_next"] = claim_next


class _Unforgetting(OrderedDict[Any, Any]):
    def clear(self) -> None:
        _kept.append(self.copy())
        super().clear()


_kept: list[Any] = []


def pages_of_older_data_are_kept() -> None:
    """What is in memory stays there when it is true no more."""
    make = PageCache.__init__

    def made(self: PageCache, *asked: Any, **more: Any) -> None:
        make(self, *asked, **more)
        self._answers = _Unforgetting()

    PageCache.__init__ = made  # type: ignore[method-assign]


_FAULTS: Mapping[str, Callable[[], None]] = {
    one.__name__: one for one in (
        acknowledged_before_the_commit, marked_before_it_is_sent, sent_again_without_asking,
        pages_of_older_data_are_kept,
    )
}
