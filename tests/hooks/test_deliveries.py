"""What is told counts once, is worked on in order, whole or not at all, and is forgotten in time."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.database.engine import Database
from registry.hooks.commands import NewDelivery, forget_deliveries, keep_deliveries
from registry.hooks.models import HookDelivery
from registry.hooks.queries import Delivery, hook_backlogs
from registry.hooks.work import BATCH, MOST_FAILURES, work_off
from registry.people.models import Person
from registry.ports import Workplace
from registry.settings import Settings
from tests.conftest import in_trust
from tests.factories import a_person

NOW = datetime(2026, 7, 25, 1, tzinfo=UTC)


async def _keep(database: Database, delivery_id: str, *, source: str = "forge") -> bool:
    told = NewDelivery(delivery_id, "push", {"to": delivery_id}, NOW)
    async with database.writing() as session:
        return await keep_deliveries(session, source=source, deliveries=[told]) == {delivery_id}


@pytest.mark.parametrize("times", [10, in_trust(100)])
async def test_the_same_telling_many_times_at_once_counts_once(database: Database, times: int) -> None:
    news = await asyncio.gather(*(_keep(database, "one") for _time in range(times)))
    assert (sum(news), await _keep(database, "one"), await _keep(database, "one", source="chat")) == (1, False, True)


async def test_each_is_worked_on_once_in_order_and_one_that_fails_holds_no_other_up(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    names = [f"{number}" for number in range(BATCH + 3)]
    for name in names:
        await _keep(database, name)
    await _keep(database, "other", source="chat")
    seen: list[str] = []

    async def work_on(session: AsyncSession, delivery: Delivery, now: datetime) -> None:
        seen.append(delivery.payload["to"])
        if delivery.payload["to"] == "1":
            await a_person(session)
            raise ValueError("planted")

    done = [await work_off(database, source="forge", work_on=work_on, now=NOW) for _time in range(MOST_FAILURES + 2)]
    assert (done, seen) == ([BATCH - 1, 3, 0, 0, 0], [*names[:BATCH], "1", *names[BATCH:], "1"])
    assert caplog.text.count("could not be worked on") == MOST_FAILURES
    async with database.reading() as reader:
        assert {one.source: one.waiting for one in await hook_backlogs(reader)} == {"chat": 1, "forge": 0}
        assert await reader.scalar(select(func.count()).select_from(Person)) == 0


async def test_what_was_worked_on_is_forgotten_after_the_time_that_settings_say(
    database: Database, settings: Settings
) -> None:
    async def work_on(session: AsyncSession, delivery: Delivery, now: datetime) -> None:
        pass

    for name in ("worked", "waiting"):
        await _keep(database, name)
        if name == "worked":
            await work_off(database, source="forge", work_on=work_on, now=NOW)
    workplace = Workplace(settings, database, lambda: NOW)
    left = []
    for days in (settings.hooks_kept_days, settings.hooks_kept_days + 1):
        await forget_deliveries(workplace, NOW + timedelta(days=days))
        async with database.reading() as reader:
            left.append(await reader.scalar(select(func.count()).select_from(HookDelivery)))
    assert left == [2, 1]
