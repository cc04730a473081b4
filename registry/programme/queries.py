"""The stage of an event for those beside it and for its screens."""

from datetime import date, datetime

import msgspec
from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy import bindparam as given
from sqlalchemy.orm import aliased

from registry.database.aggregate import AnySelect, json_rows
from registry.database.engine import Reader
from registry.database.prepared import Prepared, prepared
from registry.database.types import Localized, type_json
from registry.errors import NotFound
from registry.events.agenda import AgendaRow, agenda_rows
from registry.events.models import Event, Room, WorkTable
from registry.events.rules import EventState
from registry.events.visibility import event_is_public
from registry.programme.models import Slot, StageClock
from registry.programme.rules import Clock, ClockState, SlotState, StageSession
from registry.projects.models import Need, Project
from registry.projects.rules import NeedState
from registry.proposals.models import Proposal
from registry.proposals.queries import CreditRow, NeedRow, credit_rows
from registry.proposals.rules import ProposalKind, ProposalState
from registry.web.i18n import gettext as _

SIGNS_UP_FOR = {
    StageSession.PITCHES: ProposalKind.PITCH, StageSession.TALKS: ProposalKind.TALK,
    StageSession.DEMOS: ProposalKind.PITCH,
}
"""The kind of proposal that each session is filled from; whoever pitched may show what became of it."""


class SlotRow(msgspec.Struct, frozen=True):
    """A slot as it is shown. Whoever pitches without a name has none here either."""

    id: int
    session: StageSession
    position: int
    minutes: int
    state: SlotState
    title: Localized
    presenter: str | None
    is_anonymous: bool
    proposal_id: int | None
    proposal_slug: str | None
    project_slug: str | None
    summary: Localized | None
    credits: list[CreditRow]
    needs: list[NeedRow]

    @property
    def presenters(self) -> str:
        """Who stands on stage; empty where nobody is named."""
        return self.presenter or ", ".join(credit.name for credit in self.credits)


class ClockRow(msgspec.Struct, frozen=True):
    """The clock of a session."""

    session: StageSession
    slot_id: int | None
    state: ClockState
    seconds_left: int
    counted_from: datetime | None
    updated_at: datetime

    @property
    def clock(self) -> Clock:
        """The clock as the rules count it."""
        return Clock(self.state, self.seconds_left, self.counted_from)


class SignedUpRow(msgspec.Struct, frozen=True):
    """A proposal that may be put into a running order."""

    id: int
    slug: str
    kind: ProposalKind
    title: Localized


class Stage(msgspec.Struct, frozen=True):
    """All that is on an event's stage: the slots of its sessions in order, their clocks, and who signed up."""

    id: int
    slug: str
    name: Localized
    state: EventState
    slots: list[SlotRow]
    clocks: list[ClockRow]
    signed_up: list[SignedUpRow]

    def slots_of(self, session: StageSession) -> list[SlotRow]:
        """The running order of a session."""
        return [slot for slot in self.slots if slot.session is session]

    def on_stage(self, session: StageSession) -> SlotRow | None:
        """Who is on stage in a session."""
        return next((slot for slot in self.slots_of(session) if slot.state is SlotState.ON_STAGE), None)

    def waiting(self, session: StageSession) -> list[SlotRow]:
        """Who comes next in a session, and after that."""
        return [slot for slot in self.slots_of(session) if slot.state is SlotState.WAITING]

    def clock_of(self, session: StageSession) -> ClockRow | None:
        """The clock of a session where somebody is on stage."""
        return next((clock for clock in self.clocks if clock.session is session and clock.slot_id is not None), None)

    def not_yet_in(self, session: StageSession) -> list[SignedUpRow]:
        """Whoever signed up for a session and is not in its order."""
        there = {slot.proposal_id for slot in self.slots_of(session)}
        return [one for one in self.signed_up if one.kind is SIGNS_UP_FOR[session] and one.id not in there]

    @property
    def current(self) -> StageSession:
        """The session that is on: where somebody came on stage last, else the first in which somebody waits."""
        running = [clock for clock in self.clocks if clock.slot_id is not None]
        if running:
            return max(running, key=lambda clock: clock.updated_at).session
        return next((one for one in StageSession if self.waiting(one)), StageSession.PITCHES)


class OnStageRow(msgspec.Struct, frozen=True):
    """Who is on stage, for the event's public page; without an address where there is no proposal."""

    title: Localized
    proposal_slug: str | None


class TableOnMap(msgspec.Struct, frozen=True):
    """A table on the map, and the project whose people work there."""

    label: str
    project_name: Localized | None


class RoomOnMap(msgspec.Struct, frozen=True):
    """A room with its tables."""

    id: int
    name: Localized
    tables: list[TableOnMap]


class VenueScreen(msgspec.Struct, frozen=True):
    """An event's agenda and the map of its tables, for its screens."""

    id: int
    slug: str
    name: Localized
    starts_on: date
    timezone: str
    agenda: list[AgendaRow]
    rooms: list[RoomOnMap]

    def rooms_shown(self, room: int | None) -> list[RoomOnMap]:
        """The rooms with tables: one of them, or all where that one is gone or none is asked for."""
        furnished = [one for one in self.rooms if one.tables]
        return [one for one in furnished if one.id == room] or furnished


def on_stage_rows() -> AnySelect:
    """Who is on stage at an event, for a column of a select from events."""
    return (
        select(
            func.coalesce(Proposal.title, Slot.title, type_=type_json).label("title"),
            Proposal.slug.label("proposal_slug"),
        )
        .select_from(Slot).outerjoin(Proposal, _is_shown())
        .where(Slot.event_id == Event.id, Slot.state == SlotState.ON_STAGE)
        .order_by(Slot.session, Slot.id).correlate(Event)
    )


def _is_shown() -> ColumnElement[bool]:
    pitched = aliased(Project)
    return and_(
        Proposal.id == Slot.proposal_id, Proposal.event_id == Slot.event_id,
        Proposal.state == ProposalState.SUBMITTED, Proposal.hidden_at.is_(None),
        exists().where(pitched.id == Proposal.project_id, pitched.hidden_at.is_(None)),
    )


def _slot_rows() -> AnySelect:
    needs = (
        select(Need.key, Need.state).where(Need.project_id == Project.id, Need.state == NeedState.OPEN)
        .order_by(Need.id).correlate(Project)
    )
    return (
        select(
            Slot.id, Slot.session, Slot.position, Slot.minutes, Slot.state,
            func.coalesce(Proposal.title, Slot.title, type_=type_json).label("title"), Slot.presenter,
            func.coalesce(Proposal.is_anonymous, False).label("is_anonymous"), Slot.proposal_id,
            Proposal.slug.label("proposal_slug"), Project.slug.label("project_slug"),
            func.coalesce(Proposal.summary, Project.summary, type_=type_json).label("summary"),
            credit_rows().label("credits"), json_rows(needs, NeedRow).label("needs"),
        )
        .select_from(Slot).outerjoin(Proposal, _is_shown())
        .outerjoin(Project, and_(Project.id == Slot.project_id, Project.hidden_at.is_(None)))
        .where(Slot.event_id == Event.id)
        .order_by(Slot.session, Slot.position, Slot.id).correlate(Event)
    )


def _stages() -> AnySelect:
    clocks = select(
        StageClock.session, StageClock.slot_id, StageClock.state, StageClock.seconds_left, StageClock.counted_from,
        StageClock.updated_at,
    ).where(StageClock.event_id == Event.id).correlate(Event)
    signed_up = (
        select(Proposal.id, Proposal.slug, Proposal.kind, Proposal.title)
        .join(Project, Project.id == Proposal.project_id)
        .where(
            Proposal.event_id == Event.id, Proposal.state == ProposalState.SUBMITTED, Proposal.hidden_at.is_(None),
            Project.hidden_at.is_(None),
        )
        .order_by(Proposal.position.is_(None), Proposal.position, Proposal.id).correlate(Event)
    )
    return select(
        Event.id, Event.slug, Event.name, Event.state, json_rows(_slot_rows(), SlotRow),
        json_rows(clocks, ClockRow), json_rows(signed_up, SignedUpRow),
    ).where(Event.slug == given("slug"))


def _venues() -> AnySelect:
    tables = (
        select(WorkTable.label, Project.name.label("project_name"))
        .outerjoin(Project, and_(Project.id == WorkTable.project_id, Project.hidden_at.is_(None)))
        .where(WorkTable.room_id == Room.id).order_by(WorkTable.position, WorkTable.id).correlate(Room)
    )
    rooms = (
        select(Room.id, Room.name, json_rows(tables, TableOnMap).label("tables"))
        .where(Room.event_id == Event.id).order_by(Room.position, Room.id).correlate(Event)
    )
    return select(
        Event.id, Event.slug, Event.name, Event.starts_on, Event.timezone, json_rows(agenda_rows(), AgendaRow),
        json_rows(rooms, RoomOnMap),
    ).where(Event.slug == given("slug"), event_is_public())


_STAGES = _stages()
_STAGE_TO_RUN = prepared(_STAGES.where(Event.hidden_at.is_(None)), Stage)
_STAGE_ON_SCREEN = prepared(_STAGES.where(event_is_public()), Stage)
_VENUE = prepared(_venues(), VenueScreen)


async def stage_to_run(reader: Reader, slug: str) -> Stage:
    """The stage of an event, draft or not, for those who help there (one statement).

    Raises:
        NotFound: there is no such event.
    """
    return await _stage(reader, _STAGE_TO_RUN, slug)


async def stage_on_screen(reader: Reader, slug: str) -> Stage:
    """The stage of a public event (one statement).

    Raises:
        NotFound: there is no such event.
    """
    return await _stage(reader, _STAGE_ON_SCREEN, slug)


async def venue_on_screen(reader: Reader, slug: str) -> VenueScreen:
    """The agenda and the tables of a public event (one statement).

    Raises:
        NotFound: there is no such event.
    """
    venue = await _VENUE.row(reader, slug=slug)
    if venue is None:
        raise _no_event()
    return venue


async def _stage(reader: Reader, stages: Prepared[Stage], slug: str) -> Stage:
    stage = await stages.row(reader, slug=slug)
    if stage is None:
        raise _no_event()
    return stage


def _no_event() -> NotFound:
    return NotFound(_("There is no such event. It may have another address, or was taken out of the record."))
