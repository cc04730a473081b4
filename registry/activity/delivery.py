"""Carrying the outbox out: each kind of message in a lane of its own, in the order in which they are due.

What is promised: a message whose change was committed is tried until it is delivered or given up, and while the
process lives it is delivered once. The window is a death between "the other side has it" and "we have written that
down", some milliseconds: the claim then runs out after five minutes, and the message is tried again with
``may_be_out``. What that means depends on the kind. A deliverer that can ask the other side for the message's ``key``
asks, and nothing arrives twice; one that cannot (an e-mail) sends again, for twice is better than never there.
"""

import asyncio
import logging
import random
from datetime import datetime, timedelta

from registry.activity.outbox import Claimed, claim_next, give_up, has_something_due, note_delivered, note_failed
from registry.logs import bound
from registry.ports import Deliverer, Job, TryLater, Undeliverable, Workplace, WriteDown

_log = logging.getLogger("keng.outbox")
SECONDS_TO_DELIVER = 60
FAILURES_THAT_END_A_TURN = 3
RHYTHM = timedelta(seconds=2)


def delivery_job(kind: str, deliverer: Deliverer) -> Job:
    """The job that carries out the messages of one kind."""

    async def deliver_due(workplace: Workplace, now: datetime) -> None:
        """Job: carry out the messages of this kind that are due; nothing is written where there is none."""
        async with workplace.database.reading() as reader:
            is_something_due = await has_something_due(reader, kind=kind, now=now)
        if is_something_due:
            await deliver_kind(workplace, kind, deliverer)

    return Job(f"deliver {kind}", RHYTHM, deliver_due)


async def deliver_kind(workplace: Workplace, kind: str, deliverer: Deliverer) -> int:
    """Deliver what is due of one kind; how many left.

    Stops early when the other side asks for a pause, or after some failures in a row: then it is probably down, and
    what is due waits for the next turn.
    """
    delivered = failures = 0
    while failures < FAILURES_THAT_END_A_TURN:
        async with workplace.database.writing() as session:
            claimed = await claim_next(session, kind=kind, now=workplace.clock())
        if claimed is None:
            break
        with bound(outbox=claimed.message.key):
            try:
                write_down = await _delivered(claimed, deliverer, workplace)
            except TryLater as trouble:
                failures += FAILURES_THAT_END_A_TURN if trouble.after else 1
                await _note_failed(workplace, claimed, trouble)
            except Undeliverable as reason:
                _log.warning("outbox: %s was given up: %s", claimed.message.key, reason)
                async with workplace.database.writing() as session:
                    await give_up(session, claimed, str(reason), now=workplace.clock())
            else:
                failures, delivered = 0, delivered + 1
                await _note_delivered(workplace, claimed, write_down)
    return delivered


async def _delivered(claimed: Claimed, deliverer: Deliverer, workplace: Workplace) -> WriteDown | None:
    """Hand the message to its deliverer; an error that it did not foresee leaves open whether the message is out."""
    try:
        async with asyncio.timeout(SECONDS_TO_DELIVER):
            return await deliverer.deliver(claimed.message, workplace.database)
    except (TryLater, Undeliverable):
        raise
    except TimeoutError as slow:
        raise TryLater(f"no answer within {SECONDS_TO_DELIVER} s", may_be_out=True) from slow
    except Exception as surprise:
        _log.exception("outbox: %s met an error of ours", claimed.message.key)
        raise TryLater(type(surprise).__name__, may_be_out=True) from surprise


async def _note_delivered(workplace: Workplace, claimed: Claimed, write_down: WriteDown | None) -> None:
    async with workplace.database.writing() as session:
        now = workplace.clock()
        await note_delivered(session, claimed, now=now)
        if write_down is not None:
            await write_down(session, now)


async def _note_failed(workplace: Workplace, claimed: Claimed, trouble: TryLater) -> None:
    async with workplace.database.writing() as session:
        is_given_up = await note_failed(
            session, claimed, trouble, now=workplace.clock(), chance=random.random(),  # noqa: S311 — no secret
        )
    level = logging.WARNING if is_given_up else logging.INFO
    _log.log(level, "outbox: %s failed (attempt %d)%s: %s", claimed.message.key, claimed.message.attempt,
             ", given up" if is_given_up else "", trouble)
