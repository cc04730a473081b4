"""Changing what happens on stage: the running order, who is on, and the clock."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import mark_changed, note_change
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.database.types import Localized
from registry.errors import BadInput, Conflict, NotFound
from registry.events.commands.life import event_to_change
from registry.events.models import Event
from registry.programme.cues import cue_next_but_one
from registry.programme.models import Slot, StageClock
from registry.programme.queries import SIGNS_UP_FOR
from registry.programme.rules import (
    MINUTES,
    Clock,
    ClockMove,
    ClockState,
    SlotMove,
    SlotState,
    StageSession,
    Turn,
    arranged,
    clock_after,
    marked,
    moved,
    stopped_clock,
)
from registry.projects.models import Project
from registry.proposals.models import Proposal
from registry.proposals.rules import ProposalState
from registry.web.i18n import gettext as _

MOST_SLOTS = 200
MOST_MINUTES = 120
_NUMBERED = (StageSession.PITCHES, StageSession.TALKS)
"""The sessions whose order is the proposals' own; a demo shows what was pitched before."""


class SlotWritten(msgspec.Struct, frozen=True):
    """A slot without a proposal, as somebody wrote it."""

    title: Localized
    presenter: str
    minutes: str


class _Order:
    """The running order of one session with its clock, locked until the transaction ends."""

    def __init__(self, event: Event, clock: StageClock, slots: Sequence[Slot]) -> None:
        self.event, self.clock = event, clock
        self.slots = {slot.id: slot for slot in slots}
        self._before = self._as_noted()

    @property
    def turns(self) -> list[Turn]:
        return [Turn(slot.id, slot.state) for slot in sorted(self.slots.values(), key=lambda one: one.position)]

    def slot(self, slot_id: int) -> Slot:
        if slot_id not in self.slots:
            raise _gone()
        return self.slots[slot_id]

    def take(self, turns: Sequence[Turn], *, now: datetime) -> None:
        """Put the slots into an order and states, with the clock of whoever is on stage then."""
        for position, turn in enumerate(turns, start=1):
            slot = self.slots[turn.slot]
            if turn.state is not slot.state:
                self._enter(slot, turn.state, now=now)
            slot.position = position
        on_stage = next((self.slots[turn.slot] for turn in turns if turn.state is SlotState.ON_STAGE), None)
        if self.clock.slot_id != (on_stage.id if on_stage else None):
            self.clock.slot_id = on_stage.id if on_stage else None
            self.wind(stopped_clock(on_stage.minutes if on_stage else 0))

    def wind(self, clock: Clock) -> None:
        self.clock.state, self.clock.seconds_left, self.clock.counted_from = clock

    def changes(self) -> dict[str, list[Any]]:
        """What is another one than when the order was locked, as ``note_change`` takes it."""
        after = self._as_noted()
        return {
            name: [self._before[name], after[name]] for name in after if after[name] != self._before[name]
        }

    def _enter(self, slot: Slot, state: SlotState, *, now: datetime) -> None:
        if state is SlotState.ON_STAGE:
            slot.started_at, slot.ended_at = now, None
        elif slot.state is SlotState.ON_STAGE:
            slot.ended_at = now if state is SlotState.DONE else None
        slot.state, slot.updated_at = state, now

    def _as_noted(self) -> dict[str, Any]:
        """Without the presenters: whoever has themselves erased must be gone from the log too."""
        order = [
            {"slot": slot.id, "state": slot.state.value, "minutes": slot.minutes, "title": slot.title,
             "proposal": slot.proposal_id}
            for slot in sorted(self.slots.values(), key=lambda one: one.position)
        ]
        clock = {"state": self.clock.state.value, "seconds_left": self.clock.seconds_left, "slot": self.clock.slot_id}
        return {f"{self.clock.session}_order": order, f"{self.clock.session}_clock": clock}


async def fill_order(
    session: AsyncSession, *, slug: str, part: StageSession, only: str = "", by: Actor, now: datetime
) -> int:
    """Put those who signed up for a part of the stage at the end of its order (``only`` one proposal, by slug).

    Whoever is in the order already stays where they are. The number that was added.

    Raises:
        NotFound: there is no such event.
        Conflict: the order would be longer than any day.
    """
    order = await _order_to_change(session, slug, part)
    there = {slot.proposal_id for slot in order.slots.values()}
    signed_up = (await session.execute(
        select(Proposal.id, Proposal.project_id)
        .join(Project, Project.id == Proposal.project_id)
        .where(
            Proposal.event_id == order.event.id, Proposal.kind == SIGNS_UP_FOR[part],
            Proposal.state == ProposalState.SUBMITTED, Proposal.hidden_at.is_(None), Project.hidden_at.is_(None),
            *([Proposal.slug == only] if only else []),
        )
        .order_by(Proposal.position.is_(None), Proposal.position, Proposal.id)
    )).all()
    new = [
        Slot(proposal_id=proposal_id, project_id=project_id, title={}, minutes=MINUTES[part])
        for proposal_id, project_id in signed_up if proposal_id not in there
    ]
    await _append(session, order, new, now=now)
    await _settle(session, order, "running order filled", by=by, now=now)
    return len(new)


async def add_slot(
    session: AsyncSession, *, slug: str, part: StageSession, written: SlotWritten, by: Actor, now: datetime
) -> Slot:
    """Put somebody at the end of a running order who has no proposal.

    Raises:
        NotFound: there is no such event.
        BadInput: the title is missing or something is too long.
        Conflict: the order would be longer than any day.
    """
    order = await _order_to_change(session, slug, part)
    checks = Checks()
    title = checks.lines("title", written.title, longest=120, is_required=True)
    presenter = checks.line("presenter", written.presenter)
    minutes = checks.number("minutes", written.minutes, least=1, most=MOST_MINUTES)
    checks.done()
    slot = Slot(title=title, presenter=presenter or None, minutes=minutes or MINUTES[part])
    await _append(session, order, [slot], now=now)
    await _settle(session, order, "slot added", by=by, now=now)
    return slot


async def move_slot(
    session: AsyncSession, *, slug: str, slot_id: int, before: int | None, by: Actor, now: datetime
) -> None:
    """Put one who waits before another who waits, or behind all (``before`` none).

    Two who move at once each get what they meant, whoever is first.

    Raises:
        NotFound: there is no such event, or the slot is gone.
        Conflict: one of the two waits no more, so the move means nothing.
    """
    order = await _order_of(session, slug, slot_id)
    turns = moved(order.turns, slot_id, before=before)
    if turns is None:
        raise Conflict(_(
            "That move is no longer possible: one of the two is on stage, done, absent or taken out by now. Look at "
            "the order as it is and move again."
        ))
    order.take(turns, now=now)
    await _settle(session, order, "running order changed", by=by, now=now)


async def mark_slot(
    session: AsyncSession, *, slug: str, slot_id: int, move: SlotMove, by: Actor, now: datetime
) -> None:
    """Call somebody on stage, end their turn, mark them absent (they go last), or let them wait again.

    To call somebody ends the turn of whoever is on stage, and winds the clock up without starting it; whoever is next
    but one is told.

    Raises:
        NotFound: there is no such event, or the slot is gone.
        Conflict: this cannot be done with a slot as it is now.
    """
    order = await _order_of(session, slug, slot_id)
    turns = marked(order.turns, slot_id, move)
    if turns is None:
        raise Conflict(_("That is no longer possible: somebody else was faster. Look at the order as it is now."))
    order.take(turns, now=now)
    action = {
        SlotMove.CALL: "slot on stage", SlotMove.FINISH: "slot done", SlotMove.MISS: "slot absent",
        SlotMove.WAIT: "slot waiting",
    }[move]
    await _settle(session, order, action, by=by, now=now)
    if move is SlotMove.CALL:
        await cue_next_but_one(session, event=order.event, slots=list(order.slots.values()), now=now)


async def set_minutes(
    session: AsyncSession, *, slug: str, slot_id: int, minutes: int | None, by: Actor, now: datetime
) -> None:
    """Set how long a slot lasts; a clock that has not been started yet shows it at once.

    Raises:
        NotFound: there is no such event, or the slot is gone.
        BadInput: nobody stands on stage that long.
    """
    order = await _order_of(session, slug, slot_id)
    if minutes is None or not 1 <= minutes <= MOST_MINUTES:
        raise BadInput(_("Use a whole number from %(least)s to %(most)s.") % {"least": 1, "most": MOST_MINUTES})
    order.slot(slot_id).minutes = minutes
    if order.clock.slot_id == slot_id and order.clock.state is ClockState.STOPPED:
        order.wind(stopped_clock(minutes))
    await _settle(session, order, "slot length set", by=by, now=now)


async def remove_slot(session: AsyncSession, *, slug: str, slot_id: int, by: Actor, now: datetime) -> None:
    """Take a slot out of the running order; its proposal stays signed up.

    Raises:
        NotFound: there is no such event, or the slot is gone.
        Conflict: it is on stage.
    """
    order = await _order_of(session, slug, slot_id)
    slot = order.slot(slot_id)
    if slot.state is SlotState.ON_STAGE:
        raise Conflict(_("Whoever is on stage cannot be taken out. End their turn first."))
    order.slots.pop(slot_id)
    await session.delete(slot)
    order.take(order.turns, now=now)
    await _settle(session, order, "slot removed", left_out={slot.proposal_id}, by=by, now=now)


async def run_clock(
    session: AsyncSession, *, slug: str, slot_id: int, move: ClockMove, by: Actor, now: datetime
) -> None:
    """Start, pause, extend or reset the clock of the slot on stage.

    Raises:
        NotFound: there is no such event, or the slot is gone.
        Conflict: another slot is on stage by now.
    """
    order = await _order_of(session, slug, slot_id)
    if order.clock.slot_id != slot_id:
        raise Conflict(_("Somebody else is on stage by now, so the clock was left alone. Look again."))
    clock = order.clock
    order.wind(clock_after(
        Clock(clock.state, clock.seconds_left, clock.counted_from), move, minutes=order.slot(slot_id).minutes, now=now
    ))
    action = {
        ClockMove.START: "clock started", ClockMove.PAUSE: "clock paused", ClockMove.EXTEND: "clock extended",
        ClockMove.RESET: "clock reset",
    }[move]
    await _settle(session, order, action, by=by, now=now)


async def _order_of(session: AsyncSession, slug: str, slot_id: int) -> _Order:
    part = await session.scalar(
        select(Slot.session).join(Event, Event.id == Slot.event_id).where(Slot.id == slot_id, Event.slug == slug)
    )
    if part is None:
        raise _gone()
    return await _order_to_change(session, slug, part)


async def _order_to_change(session: AsyncSession, slug: str, part: StageSession) -> _Order:
    """The event's lock lets one change after the other at the stage, whichever session it is."""
    event = await event_to_change(session, slug)
    clock = await session.get(StageClock, (event.id, part), populate_existing=True)
    if clock is None:
        clock = StageClock(event_id=event.id, session=part, state=ClockState.STOPPED, seconds_left=0, revision=1)
    slots = await session.scalars(
        select(Slot).where(Slot.event_id == event.id, Slot.session == part).execution_options(populate_existing=True)
    )
    return _Order(event, clock, slots.all())


async def _append(session: AsyncSession, order: _Order, new: Sequence[Slot], *, now: datetime) -> None:
    if len(order.slots) + len(new) > MOST_SLOTS:
        raise Conflict(_("A running order has at most %(most)s slots. Take some out first.") % {"most": MOST_SLOTS})
    for place, slot in enumerate(new, start=1):
        slot.event_id, slot.session, slot.state = order.event.id, order.clock.session, SlotState.WAITING
        slot.position = len(order.slots) + place
        slot.created_at = slot.updated_at = now
    session.add_all(new)
    await session.flush()
    turns = [*order.turns, *(Turn(slot.id, slot.state) for slot in new)]
    order.slots |= {slot.id: slot for slot in new}
    order.take(arranged(turns), now=now)


async def _settle(
    session: AsyncSession, order: _Order, action: str, *, left_out: Collection[int | None] = (), by: Actor,
    now: datetime
) -> None:
    """Note what changed, once, and keep the proposals' places true; where nothing changed nothing is touched."""
    changes = order.changes()
    if not changes:
        return
    session.add(order.clock)
    mark_changed(order.clock, now=now)
    note_change(
        session, now=now, actor=by.label, action=action, subject=Subject.EVENT, subject_id=order.event.id,
        changes=changes,
    )
    await session.flush()
    if order.clock.session in _NUMBERED and f"{order.clock.session}_order" in changes:
        await _place_proposals(session, order.event, left_out)


async def _place_proposals(session: AsyncSession, event: Event, left_out: Collection[int | None]) -> None:
    """Number the proposals as they come on stage, pitches before talks: the event's page shows them in this order."""
    slots = (await session.execute(
        select(Slot.session, Slot.proposal_id).where(
            Slot.event_id == event.id, Slot.session.in_(_NUMBERED)
        ).order_by(Slot.session == StageSession.TALKS, Slot.position)
    )).all()
    places = {slot.proposal_id: place for place, slot in enumerate(slots, start=1) if slot.proposal_id is not None}
    touched = {*places, *(one for one in left_out if one is not None)}
    for proposal in await session.scalars(select(Proposal).where(Proposal.id.in_(touched))):
        proposal.position = places.get(proposal.id)
    await session.flush()


def _gone() -> NotFound:
    return NotFound(_("This slot is no longer in the running order. Look at the order as it is now."))
