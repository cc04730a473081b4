"""Crowds: many register at once for the last ten places; two doors check many in, over and over."""

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from registry.accounts.queries import VISITOR, Actor
from registry.activity.models import AuditEntry
from registry.database.engine import Database
from registry.people.models import Contribution
from registry.registrations.commands.door import CheckInSent, check_in
from registry.registrations.commands.place import RegistrationWritten, cancel, register
from registry.registrations.rules import DoorAnswer, RegistrationState, guest_id
from registry.settings import Settings
from tests.conftest import in_trust
from tests.factories import a_person, a_registration
from tests.registrations.open_events import an_open_event, registrations

CONFIRMED, WAITING, CANCELLED = RegistrationState
PLACES, BEFORE = 30, 20
DOORS, BATCH, REPEATED = 2, 10, 3
in_a_crowd = pytest.mark.parametrize("crowd", [50, in_trust(200)])


def _written(name: str) -> RegistrationWritten:
    return RegistrationWritten(
        badge_name=name, keywords=[], is_newcomer=False, photo_consent="yes", meal="none", mail_address="",
        accepted=["kind", "ask"],
    )


async def _register(database: Database, name: str) -> None:
    async with database.writing() as session:
        await register(
            session, slug="day", written=_written(name), language="en", by=VISITOR, now=datetime.now(UTC)
        )


@in_a_crowd
async def test_of_many_at_once_exactly_ten_get_the_last_ten_places(
    database: Database, settings: Settings, crowd: int
) -> None:
    event = await an_open_event(database, capacity=PLACES)
    async with database.writing() as session:
        for _one in range(BEFORE):
            await a_registration(session, event=event)
    others = [Database(settings) for _one in range(3)]  # connections of their own, as other processes have them
    try:
        await asyncio.gather(*(
            _register([database, *others][number % 4], f"Guest {number}") for number in range(crowd)
        ))
    finally:
        for other in others:
            await other.close()
    states = Counter(one.state for one in await registrations(database))
    assert states == {CONFIRMED: PLACES, WAITING: crowd - (PLACES - BEFORE)}


async def test_as_many_move_up_as_leave_at_once(database: Database) -> None:
    event = await an_open_event(database, capacity=10)
    async with database.writing() as session:
        codes = [(await a_registration(session, event=event)).code or "" for _one in range(10)]
        for _one in range(10):
            await a_registration(session, event=event, state=WAITING, waiting_since=datetime.now(UTC))

    async def leave(code: str) -> None:
        async with database.writing() as session:
            await cancel(session, code=code, by=VISITOR, now=datetime.now(UTC))

    await asyncio.gather(*(leave(code) for code in codes[:7]))
    assert Counter(one.state for one in await registrations(database)) == {CONFIRMED: 10, WAITING: 3, CANCELLED: 7}


@in_a_crowd
async def test_two_doors_that_check_a_crowd_in_and_repeat_themselves_count_each_once(
    database: Database, crowd: int
) -> None:
    event = await an_open_event(database)
    async with database.writing() as session:
        known = await a_person(session)
        codes = [
            (await a_registration(session, event=event, person=known if number == 0 else None)).code or ""
            for number in range(crowd)
        ]
    counted: Counter[DoorAnswer] = Counter()

    async def door(number: int) -> None:
        chance = random.Random(number)  # noqa: S311 — a fixed order for each door
        sent = [CheckInSent(guest_id(code), f"{number}-{code}") for code in codes]
        chance.shuffle(sent)
        batches = [sent[start:start + BATCH] for start in range(0, crowd, BATCH)]
        for batch in [*batches, *batches[:REPEATED]]:
            async with database.writing() as session:
                counted.update(await check_in(
                    session, slug="day", sent=batch, by=Actor(slug=f"door-{number}"), now=datetime.now(UTC)
                ))

    await asyncio.gather(*(door(number) for number in range(DOORS)))
    assert counted == {DoorAnswer.IN: crowd, DoorAnswer.ALREADY: crowd + DOORS * BATCH * REPEATED}
    async with database.reading() as reader:
        rows = await reader.scalar(select(func.count()).where(AuditEntry.action == "checked in"))
        attended = list(await reader.execute(
            select(Contribution.person_id, Contribution.kind, Contribution.source, Contribution.event_id)
        ))
    assert rows == crowd
    assert [tuple(one) for one in attended] == [(known.id, "attended", "check-in", event.id)]
