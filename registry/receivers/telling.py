"""Which receivers hear of a fact; each of them once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Final, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.commands import send_later
from registry.activity.rules import Subject
from registry.announcements.rules import GRACE, Fact
from registry.cases.models import CaseStudy
from registry.database.engine import Reader
from registry.ports import Workplace
from registry.proposals.models import Proposal
from registry.receivers.models import Dispatch, Receiver
from registry.receivers.rules import DispatchState

RECEIVER: Final = "receiver"
"""The kind of these messages in the outbox."""


class Hearing(NamedTuple):
    """A receiver that is to hear of a fact."""

    receiver_id: int
    fact: Fact


async def kinds_heard(reader: Reader) -> set[str]:
    """The kinds that some receiver is told (one statement)."""
    return {kind for kinds in await reader.scalars(
        select(Receiver.kinds).where(Receiver.off_at.is_(None))
    ) for kind in kinds}


async def who_hears(reader: Reader, facts: Sequence[Fact]) -> list[Hearing]:
    """Which receivers are to hear of facts and have not (one statement where there is none, at most four)."""
    receivers = (await reader.execute(
        select(Receiver.id, Receiver.project_id, Receiver.kinds).where(Receiver.off_at.is_(None)).order_by(Receiver.id)
    )).all() if facts else []
    if not receivers:
        return []
    facts = list({fact.key: fact for fact in facts}.values())
    projects = await _projects_of(reader, facts)
    known = {(row.receiver_id, row.fact_key) for row in await reader.execute(
        select(Dispatch.receiver_id, Dispatch.fact_key).where(Dispatch.fact_key.in_([fact.key for fact in facts]))
    )}
    return [
        Hearing(receiver.id, fact) for fact in facts for receiver in receivers
        if fact.kind in receiver.kinds and (receiver.id, fact.key) not in known
        and receiver.project_id in {None, projects.get(fact)}
    ]


async def tell_receivers(session: AsyncSession, facts: Sequence[Fact], *, now: datetime) -> None:
    """Put a message for each receiver that is to hear of facts into the outbox, in the receiver's own lane."""
    for receiver_id, fact in await who_hears(session, facts):
        dispatch = Dispatch(
            receiver_id=receiver_id, name=new_name(), fact_key=fact.key, kind=fact.kind.value, subject=fact.subject,
            subject_id=fact.subject_id, detail=fact.detail, noted_at=now, state=DispatchState.WAITING,
        )
        session.add(dispatch)
        await session.flush()
        await send_dispatch(session, dispatch, now=now, due_at=now + GRACE, lane=f"{RECEIVER}:{receiver_id}")


async def send_dispatch(
    session: AsyncSession, dispatch: Dispatch, *, now: datetime, due_at: datetime | None = None,
    lane: str | None = None,
) -> None:
    """Put one message into the outbox; without a ``lane`` it overtakes those that wait."""
    await send_later(
        session, key=outbox_key(dispatch), kind=RECEIVER, payload={"dispatch": dispatch.id}, now=now, due_at=due_at,
        lane=lane,
    )


def outbox_key(dispatch: Dispatch) -> str:
    """What the outbox calls a message; another one each time somebody has it sent again."""
    return f"{RECEIVER}:{dispatch.id}:{dispatch.round}"


def new_name() -> str:
    """An id for a message, by which its receiver knows it again."""
    return token_hex(12)


async def forget_dispatches(workplace: Workplace, now: datetime) -> None:
    """Job: forget what receivers were told, once it is as old as what others told us may become."""
    async with workplace.database.writing() as session:
        await session.execute(delete(Dispatch).where(
            Dispatch.noted_at < now - timedelta(days=workplace.settings.hooks_kept_days)
        ))


async def _projects_of(reader: Reader, facts: Sequence[Fact]) -> dict[Fact, int | None]:
    """The project that each fact is of; none for those of events."""
    found: dict[tuple[Subject, int], int] = {}
    for subject, table in ((Subject.PROPOSAL, Proposal), (Subject.CASE, CaseStudy)):
        if numbers := [fact.subject_id for fact in facts if fact.subject is subject]:
            rows = await reader.execute(select(table.id, table.project_id).where(table.id.in_(numbers)))
            found |= {(subject, row.id): row.project_id for row in rows}
    return {
        fact: fact.subject_id if fact.subject is Subject.PROJECT else found.get((fact.subject, fact.subject_id))
        for fact in facts
    }
