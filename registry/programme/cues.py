"""Telling the people behind pitches what comes next on the day: that they are next but one, that demos are taken."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import change_fields, note_change
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.database.engine import Reader
from registry.events.commands.life import event_to_change
from registry.events.models import AgendaEntry, Event
from registry.events.rules import AgendaKind, DayMessage, EventState
from registry.inbox.commands import tell
from registry.inbox.models import Notice
from registry.inbox.rules import NoticeKind
from registry.people.models import Membership, Person
from registry.people.rules import MembershipRole
from registry.ports import Workplace
from registry.programme.models import Slot
from registry.programme.rules import SlotState, StageSession
from registry.projects.models import Project
from registry.proposals.models import Credit, Proposal
from registry.proposals.rules import ProposalState

DEMOS_CALLED_BEFORE: Final = timedelta(hours=2)
_IN_CHARGE = (MembershipRole.OWNER, MembershipRole.MAINTAINER)


async def cue_next_but_one(session: AsyncSession, *, event: Event, slots: Sequence[Slot], now: datetime) -> None:
    """Tell whoever is next but one, when somebody has been called on stage; each of them once."""
    waiting = [one for one in sorted(slots, key=lambda one: one.position) if one.state is SlotState.WAITING]
    if len(waiting) < 2 or DayMessage.CUES in event.silenced:  # noqa: PLR2004 — the next, and the next but one
        return
    slot = waiting[1]
    path = f"/events/{event.slug}#turn-{slot.id}"
    if await _was_told(session, NoticeKind.STAGE_CUED, path):
        return
    people = await _people_behind(session, slot.project_id, slot.proposal_id)
    title = await session.scalar(select(Project.name).where(Project.id == slot.project_id)) or slot.title
    tell(session, people, kind=NoticeKind.STAGE_CUED, path=path, now=now, project=title, event=event.name)


async def call_for_demos(workplace: Workplace, now: datetime) -> None:
    """Job: two hours before the demos, tell those who pitched and are not among them; each event once."""
    async with workplace.database.reading() as reader:
        due = [row for row in await _events_before_demos(reader, now) if DayMessage.DEMOS not in row.silenced]
        due = [row for row in due if not await _was_told(reader, NoticeKind.DEMOS_CALLED, _own_page(row.slug))]
    if not due:
        return
    async with workplace.database.writing() as session:
        for event in due:
            shown = set(await session.scalars(
                select(Slot.project_id).where(Slot.event_id == event.id, Slot.session == StageSession.DEMOS)
            ))
            for pitch in await session.execute(
                select(Proposal.id, Proposal.project_id, Project.name)
                .join(Project, Project.id == Proposal.project_id)
                .where(
                    Proposal.event_id == event.id, Proposal.state == ProposalState.SUBMITTED,
                    Proposal.hidden_at.is_(None), Project.hidden_at.is_(None),
                ).order_by(Proposal.id)
            ):
                if pitch.project_id in shown:
                    continue
                shown.add(pitch.project_id)
                tell(
                    session, await _people_behind(session, pitch.project_id, pitch.id), kind=NoticeKind.DEMOS_CALLED,
                    path=_own_page(event.slug), now=now, project=pitch.name, event=event.name,
                )


async def silence_day_messages(
    session: AsyncSession, *, slug: str, wanted: Collection[str], by: Actor, now: datetime
) -> None:
    """Choose which messages of the day people get at an event; the others are silenced.

    Raises:
        NotFound: there is no such event.
        BadInput: there is no such message.
    """
    event = await event_to_change(session, slug)
    checks = Checks()
    for one in wanted:
        checks.one_of("wanted", one, set(DayMessage))
    checks.done()
    silenced = [one.value for one in DayMessage if one not in wanted]
    if changes := change_fields(event, {"silenced": silenced}, now=now):
        note_change(
            session, now=now, actor=by.label, action="day messages chosen", subject=Subject.EVENT, subject_id=event.id,
            changes=changes,
        )
        await session.flush()


def _own_page(slug: str) -> str:
    return f"/events/{slug}/mine"


async def _events_before_demos(reader: Reader, now: datetime) -> Sequence[Any]:
    return (await reader.execute(
        select(Event.id, Event.slug, Event.name, Event.silenced).distinct()
        .join(AgendaEntry, AgendaEntry.event_id == Event.id)
        .where(
            AgendaEntry.kind == AgendaKind.DEMOS, AgendaEntry.starts_at > now,
            AgendaEntry.starts_at <= now + DEMOS_CALLED_BEFORE, Event.starts_at <= now,
            Event.state == EventState.PUBLISHED, Event.hidden_at.is_(None), Event.demos_closed_at.is_(None),
        )
    )).all()


async def _was_told(reader: Reader, kind: NoticeKind, path: str) -> bool:
    return await reader.scalar(select(Notice.id).where(Notice.kind == kind, Notice.path == path).limit(1)) is not None


async def _people_behind(session: AsyncSession, project_id: int | None, proposal_id: int | None) -> list[int]:
    """Who looks after a project or pitched it, as far as they have an account."""
    in_charge = await session.scalars(
        select(Membership.person_id).where(
            Membership.project_id == project_id, Membership.role.in_(_IN_CHARGE), Membership.left_on.is_(None)
        ).order_by(Membership.id)
    )
    initiators = await session.scalars(
        select(Credit.person_id).join(Person, Person.id == Credit.person_id)
        .where(Credit.proposal_id == proposal_id, Person.claimed_at.is_not(None)).order_by(Credit.id)
    )
    return list(dict.fromkeys([*in_charge, *initiators]))
