"""The outbox's way out: in order, one lane a kind, once, and after a death again."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.commands import send_later
from registry.activity.delivery import deliver_kind
from registry.activity.models import AuditEntry, OutboxMessage
from registry.activity.outbox import CLAIM, Backlog, claim_next, given_up_messages, outbox_backlog, try_again
from registry.activity.rules import MOST_ATTEMPTS, has_had_its_chances, pause_before
from registry.database.engine import Database
from registry.errors import NotFound
from registry.ports import Outgoing, TryLater, Undeliverable, Workplace, WriteDown
from registry.settings import Settings
from tests.pages import words
from tests.visits import Visit

NOW = datetime(2026, 7, 25, 1, tzinfo=UTC)


class Recorder:
    """Takes every message, after raising what is planted for its key."""

    def __init__(self, **troubles: Exception | list[Exception]) -> None:
        self.arrived: list[str] = []
        self.tried: list[tuple[str, int, bool]] = []
        self._troubles = {key: [one] if isinstance(one, Exception) else one for key, one in troubles.items()}

    async def deliver(self, message: Outgoing, database: Database) -> WriteDown | None:
        self.tried.append((message.key, message.attempt, message.may_be_out))
        if self._troubles.get(message.key):
            raise self._troubles[message.key].pop(0)
        self.arrived.append(message.key)
        return None


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workplace(settings: Settings, database: Database, clock: Clock) -> Workplace:
    return Workplace(settings, database, clock)


async def put(database: Database, *keys: str, kind: str = "chat", **options: Any) -> None:
    async with database.writing() as session:
        for key in keys:
            await send_later(session, key=key, kind=kind, payload={"text": key}, now=NOW, **options)


async def message(database: Database, key: str) -> OutboxMessage:
    async with database.writing() as session:
        return (await session.scalars(select(OutboxMessage).where(OutboxMessage.key == key))).one()


async def test_due_messages_leave_in_order_once_and_others_wait(
    workplace: Workplace, database: Database, clock: Clock
) -> None:
    await put(database, "second", "third")
    await put(database, "tomorrow", due_at=NOW + timedelta(days=1))
    await put(database, "first", due_at=NOW - timedelta(minutes=1))
    await put(database, "post", kind="mail")
    chat = Recorder()
    assert await deliver_kind(workplace, "chat", chat) == 3
    assert await deliver_kind(workplace, "chat", chat) == 0
    assert chat.arrived == ["first", "second", "third"]
    async with database.reading() as reader:
        assert await outbox_backlog(reader, now=NOW) == Backlog(2, 0, NOW)
    clock.now += timedelta(days=1)
    await deliver_kind(workplace, "chat", chat)
    assert chat.arrived[-1] == "tomorrow"


async def test_what_a_deliverer_learns_is_written_with_the_delivery_or_not_at_all(
    workplace: Workplace, database: Database
) -> None:
    class Learning:
        async def deliver(self, message: Outgoing, database: Database) -> WriteDown:
            async def write_down(session: AsyncSession, now: datetime) -> None:
                await send_later(session, key=f"{message.key} arrived", kind="other", payload={}, now=now)
                if message.key == "bad":
                    raise RuntimeError("disk full")

            return write_down

    await put(database, "good", "bad")
    with pytest.raises(RuntimeError, match="disk full"):
        await deliver_kind(workplace, "chat", Learning())
    async with database.reading() as reader:
        keys = set(await reader.scalars(select(OutboxMessage.key)))
    assert keys == {"good", "bad", "good arrived"}
    assert [(await message(database, key)).delivered_at for key in ("good", "bad")] == [NOW, None]


async def test_a_message_that_fails_is_tried_later_and_the_next_ones_go_on(
    workplace: Workplace, database: Database, clock: Clock
) -> None:
    await put(database, "broken", "fine")
    chat = Recorder(broken=TryLater("HTTP 500"))
    await deliver_kind(workplace, "chat", chat)
    assert chat.arrived == ["fine"]
    broken = await message(database, "broken")
    assert (broken.attempts, broken.last_error, broken.may_be_out) == (1, "HTTP 500", False)
    assert timedelta(seconds=22) < broken.due_at - NOW < timedelta(seconds=38)
    clock.now = broken.due_at
    await deliver_kind(workplace, "chat", chat)
    assert chat.arrived == ["fine", "broken"]


async def test_retry_after_makes_the_whole_kind_wait_and_no_other(
    workplace: Workplace, database: Database, clock: Clock
) -> None:
    await put(database, "limited", "next")
    await put(database, "post", kind="mail")
    chat, mail = Recorder(limited=TryLater("HTTP 429", after=timedelta(minutes=3))), Recorder()
    await deliver_kind(workplace, "chat", chat)
    await deliver_kind(workplace, "mail", mail)
    clock.now += timedelta(minutes=3) - timedelta(seconds=1)
    await deliver_kind(workplace, "chat", chat)
    assert (chat.arrived, mail.arrived) == ([], ["post"])
    clock.now += timedelta(seconds=1)
    await deliver_kind(workplace, "chat", chat)
    assert chat.arrived == ["limited", "next"]


async def test_a_side_that_is_down_is_not_asked_for_every_message(workplace: Workplace, database: Database) -> None:
    await put(database, *"abcdef")
    chat = Recorder(**{key: ConnectionRefusedError() for key in "abcdef"})
    await deliver_kind(workplace, "chat", chat)
    assert chat.tried == [("a", 1, False), ("b", 1, False), ("c", 1, False)]
    assert ((await message(database, "a")).last_error, (await message(database, "a")).may_be_out) == (
        "ConnectionRefusedError", True
    )


async def test_what_never_arrives_is_given_up_shown_and_may_be_tried_again(
    workplace: Workplace, database: Database, clock: Clock
) -> None:
    await put(database, "wrong", "stubborn")
    chat = Recorder(wrong=Undeliverable("no such channel"), stubborn=[TryLater("HTTP 503")] * MOST_ATTEMPTS)
    for _attempt in range(MOST_ATTEMPTS + 3):
        await deliver_kind(workplace, "chat", chat)
        clock.now += timedelta(hours=8)
    assert [key for key, _attempt, _out in chat.tried].count("stubborn") == MOST_ATTEMPTS
    async with database.reading() as reader:
        rows = await given_up_messages(reader, offset=0, limit=10)
        backlog = await outbox_backlog(reader, now=clock.now)
    assert [(row.key, row.last_error) for row in rows] == [("stubborn", "HTTP 503"), ("wrong", "no such channel")]
    assert backlog == Backlog(0, 2, None)
    async with database.writing() as session:
        await try_again(session, message_id=rows[0].id, by="person:ada", now=clock.now)
    await deliver_kind(workplace, "chat", chat)
    assert (chat.arrived, chat.tried[-1]) == (["stubborn"], ("stubborn", 1, False))
    async with database.writing() as session:
        with pytest.raises(NotFound):
            await try_again(session, message_id=rows[0].id, by="person:ada", now=clock.now)


async def test_a_message_whose_worker_died_comes_back_when_its_claim_runs_out_and_says_so(
    workplace: Workplace, database: Database, clock: Clock
) -> None:
    await put(database, "interrupted")
    async with database.writing() as session:
        assert await claim_next(session, kind="chat", now=NOW) is not None  # and then nothing: kill -9
    chat = Recorder()
    clock.now += CLAIM - timedelta(seconds=1)
    await deliver_kind(workplace, "chat", chat)
    assert chat.tried == []
    clock.now += timedelta(seconds=1)
    await deliver_kind(workplace, "chat", chat)
    assert chat.tried == [("interrupted", 2, True)]


async def test_organisers_are_told_see_why_and_send_it_again(
    visit: Visit, workplace: Workplace, database: Database, clock: Clock
) -> None:
    assert (await visit.client.get("/outbox")).status_code == 403
    await visit.play("organiser")
    await put(database, "one", "two", "three")
    assert "3 more are on their way." in words((await visit.client.get("/outbox")).text)
    await deliver_kind(workplace, "chat", Recorder(
        one=Undeliverable("no such channel"), two=Undeliverable("archived"), three=Undeliverable("archived")
    ))
    inbox = words((await visit.client.get("/inbox")).text)
    assert inbox.count("A message (chat) could not be delivered.") >= 3
    page = (await visit.client.get("/outbox")).text
    assert [reason in page for reason in ("no such channel", "archived")] == [True, True]
    number = (await message(database, "one")).id
    assert (await visit.fill("/outbox", f"/outbox/{number}/again")).status_code == 303
    async with database.reading() as reader:
        assert await reader.scalar(select(AuditEntry.subject_id).where(
            AuditEntry.action == "message tried again", AuditEntry.actor == "person:example-organiser"
        )) == number
    clock.now = datetime.now(UTC) + timedelta(minutes=1)
    chat = Recorder()
    await deliver_kind(workplace, "chat", chat)
    assert chat.arrived == ["one"]


async def test_three_workers_at_once_send_nothing_twice(database: Database, settings: Settings) -> None:
    keys = [f"message {number}" for number in range(60)]
    await put(database, *keys)
    sent: list[list[str]] = [[], [], []]

    async def work(arrived: list[str]) -> None:
        """A worker with connections of its own, as in a process of its own."""

        class Slow:
            async def deliver(self, message: Outgoing, database: Database) -> WriteDown | None:
                await asyncio.sleep(0.002)
                arrived.append(message.key)
                return None

        own = Database(settings)
        await deliver_kind(Workplace(settings, own, lambda: NOW), "chat", Slow())
        await own.close()

    await asyncio.gather(*map(work, sent))
    assert sorted(key for one in sent for key in one) == sorted(keys)
    assert all(sent)  # they did work at once
    async with database.reading() as reader:
        assert (await outbox_backlog(reader, now=NOW)).waiting == 0


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_pauses_grow_stay_bounded_and_end(attempt: int, chance: float) -> None:
    pause: Callable[..., timedelta] = pause_before
    assert timedelta(seconds=22) < pause(attempt, chance=chance) <= timedelta(hours=7.5)
    assert pause(attempt, chance=0.5) <= pause(attempt + 1, chance=0.5)
    assert has_had_its_chances(attempt) is (attempt >= MOST_ATTEMPTS)
