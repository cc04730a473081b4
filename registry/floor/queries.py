"""Who works where at an event: for the board, for one table, and for those whose projects are there."""

from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy import bindparam as given

from registry.accounts.queries import founded_anonymously_by
from registry.database.aggregate import AnySelect, json_rows
from registry.database.engine import Reader
from registry.database.prepared import prepared
from registry.database.types import Localized, UTCDateTime
from registry.events.models import Event, Room, WorkTable
from registry.events.rules import EventState
from registry.events.visibility import event_is_public
from registry.floor.rules import AT_TABLE, FloorTimes, can_withdraw_demo
from registry.handbook import need_words
from registry.people.models import Contribution, Membership, Person
from registry.people.rules import MembershipRole
from registry.people.visibility import person_is_public
from registry.programme.models import Slot
from registry.programme.rules import SlotState, StageSession
from registry.projects.models import Need, Project, Update
from registry.projects.queries.updates import UpdateRow, update_rows
from registry.projects.rules import NeedState
from registry.proposals.models import Proposal
from registry.proposals.rules import ProposalState

MOST_TABLES = 300
MOST_JOINERS = 100


class Floor(msgspec.Struct, frozen=True):
    """An event on its day. ``project_count`` counts the projects that were pitched, sit at a table or show a demo."""

    id: int
    slug: str
    name: Localized
    state: EventState
    starts_on: date
    starts_at: datetime
    ends_at: datetime
    timezone: str
    demos_closed_at: datetime | None
    project_count: int
    table_count: int

    @property
    def times(self) -> FloorTimes:
        """What decides what can be done here now."""
        return FloorTimes(self.state, self.starts_at, self.ends_at, self.demos_closed_at)


class PersonName(msgspec.Struct, frozen=True):
    """Somebody whom the public sees."""

    slug: str
    name: str


class WantedRow(msgspec.Struct, frozen=True):
    """A role that is still open, with the owner's own line."""

    key: str
    line: Localized
    opened_on: date | None

    @property
    def name(self) -> Localized:
        """What the handbook calls the role."""
        return need_words(self.key).name

    @property
    def url(self) -> str:
        """The path of everything that wants the role."""
        return f"/needs/{self.key}"

    @property
    def is_filled(self) -> bool:
        """Never: only open ones are asked for."""
        return False


class BoardPitch(msgspec.Struct, frozen=True):
    """A pitch of a project at the event."""

    slug: str
    position: int | None


class BoardRow(msgspec.Struct, frozen=True):
    """A project on the board. ``joined_count`` counts those too whose names the public does not see."""

    project_id: int
    slug: str
    name: Localized
    summary: Localized
    table: str | None
    room: Localized | None
    demo: SlotState | None
    joined_count: int
    pitches: list[BoardPitch]
    owners: list[PersonName]
    joined: list[PersonName]
    needs: list[WantedRow]
    updates: list[UpdateRow]

    @property
    def unnamed_count(self) -> int:
        """How many joined whose names are not shown."""
        return self.joined_count - len(self.joined)


class TableRow(msgspec.Struct, frozen=True):
    """A table and the project that works there."""

    label: str
    room: Localized | None
    room_number: int | None
    project_id: int | None
    project_slug: str | None
    project_name: Localized | None

    @property
    def place(self) -> int:
        """The place of its room among the rooms; tables that stand nowhere come last."""
        return self.room_number if self.room_number is not None else MOST_TABLES


class Joiner(msgspec.Struct, frozen=True):
    """Somebody who said that they joined, as the project's own people see them."""

    id: int
    name: str
    person_slug: str
    is_public: bool


class OwnProject(msgspec.Struct, frozen=True):
    """A project whose table and demo the reader may change; ``role`` is empty for organisers who are not of it.

    ``is_founder``: they pitched it first, without their name, so that no membership may say who they are.
    """

    id: int
    slug: str
    name: Localized
    role: MembershipRole | None
    is_founder: bool
    table: str | None
    demo: SlotState | None
    pitches: list[BoardPitch]
    joined: list[Joiner]

    def may_take_table(self, *, is_organiser: bool) -> bool:
        """Whether the reader may take a table for it; contributors sign it up for demos only."""
        return is_organiser or self.is_founder or self.role in {MembershipRole.OWNER, MembershipRole.MAINTAINER}

    @property
    def can_withdraw_demo(self) -> bool:
        """Whether its demo can be taken back."""
        return self.demo is not None and can_withdraw_demo(self.demo)


async def floor_of(reader: Reader, slug: str) -> Floor | None:
    """The public event at an address, on its day (one statement)."""
    return await _FLOOR.row(reader, slug=slug)


async def board_rows(reader: Reader, floor: Floor, *, offset: int, limit: int) -> list[BoardRow]:
    """A page of the projects of an event, in the order of their pitches (one statement)."""
    return await _BOARD.rows(reader, event_id=floor.id, since=floor.starts_at, offset=offset, size=limit)


async def board_row(reader: Reader, floor: Floor, project_id: int) -> BoardRow | None:
    """One project of an event (one statement)."""
    rows = await reader.execute(
        _BOARD_ROWS.where(Project.id == project_id),
        {"event_id": floor.id, "since": floor.starts_at, "offset": 0, "size": 1},
    )
    row = rows.one_or_none()
    return BoardRow(*row) if row else None


async def tables_of(reader: Reader, event_id: int) -> list[TableRow]:
    """Every table of an event, room by room (one statement)."""
    rows = await reader.execute(
        _TABLES.where(WorkTable.event_id == event_id)
        .order_by(Room.position.nulls_last(), Room.id, WorkTable.position, WorkTable.id).limit(MOST_TABLES)
    )
    return [TableRow(*row) for row in rows]


async def table_at(reader: Reader, event_id: int, label: str) -> TableRow | None:
    """A table of an event by its label (one statement)."""
    rows = await reader.execute(_TABLES.where(WorkTable.event_id == event_id, WorkTable.label == label))
    row = rows.one_or_none()
    return TableRow(*row) if row else None


async def has_joined(reader: Reader, *, event_id: int, project_id: int, person_id: int, on: date) -> bool:
    """Whether somebody has said that they joined a project here on a day (one statement)."""
    return bool(await reader.scalar(
        select(func.count()).select_from(Contribution).where(
            Contribution.event_id == event_id, Contribution.project_id == project_id,
            Contribution.person_id == person_id, Contribution.source == AT_TABLE, Contribution.happened_on == on,
        )
    ))


async def count_own_projects(reader: Reader, event_id: int, person_id: int, *, is_organiser: bool) -> int:
    """How many projects ``own_projects`` finds (one statement)."""
    statement = select(func.count()).select_from(Project).where(_is_own(is_organiser=is_organiser))
    return await reader.scalar(statement, {"event_id": event_id, "person_id": person_id}) or 0


async def own_projects(
    reader: Reader, event_id: int, person_id: int, *, is_organiser: bool, offset: int, limit: int
) -> list[OwnProject]:
    """The projects that a person may bring to a table or a demo, those of the event first (one statement).

    Organisers find every project of the event.
    """
    rows = await reader.execute(
        _OWN.where(_is_own(is_organiser=is_organiser)),
        {"event_id": event_id, "person_id": person_id, "offset": offset, "size": limit},
    )
    return [OwnProject(*row) for row in rows]


def _is_here(event_id: Any) -> ColumnElement[bool]:
    """That a project belongs to the floor of an event: pitched there, at a table, or in the demos."""
    pitched = select(Proposal.project_id).where(
        Proposal.event_id == event_id, Proposal.state == ProposalState.SUBMITTED, Proposal.hidden_at.is_(None)
    )
    seated = select(WorkTable.project_id).where(WorkTable.event_id == event_id)
    shown = select(Slot.project_id).where(Slot.event_id == event_id, Slot.session == StageSession.DEMOS)
    return and_(
        Project.hidden_at.is_(None),
        or_(*(Project.id.in_(found.correlate(Event)) for found in (pitched, seated, shown))),
    )


def _is_own(*, is_organiser: bool) -> ColumnElement[bool]:
    """That a project is one of a person's, whose name may be secret; for organisers, that it is at the event."""
    if is_organiser:
        return _is_here(given("event_id"))
    part = select(Membership.project_id).where(
        Membership.person_id == given("person_id"), Membership.left_on.is_(None)
    )
    return and_(
        Project.hidden_at.is_(None),
        or_(Project.id.in_(part), Project.id.in_(founded_anonymously_by(given("person_id")))),
    )


def _floor() -> AnySelect:
    projects = select(func.count()).select_from(Project).where(_is_here(Event.id)).correlate(Event)
    tables = select(func.count()).select_from(WorkTable).where(WorkTable.event_id == Event.id).correlate(Event)
    return select(
        Event.id, Event.slug, Event.name, Event.state, Event.starts_on, Event.starts_at, Event.ends_at,
        Event.timezone, Event.demos_closed_at, projects.scalar_subquery(), tables.scalar_subquery(),
    ).where(Event.slug == given("slug"), event_is_public())


def _pitches() -> ColumnElement[list[BoardPitch]]:
    return json_rows((
        select(Proposal.slug, Proposal.position)
        .where(
            Proposal.event_id == given("event_id"), Proposal.project_id == Project.id,
            Proposal.state == ProposalState.SUBMITTED, Proposal.hidden_at.is_(None),
        )
        .order_by(Proposal.position, Proposal.id).correlate(Project)
    ), BoardPitch)


def _table_id() -> ColumnElement[int | None]:
    return select(func.min(WorkTable.id)).where(
        WorkTable.project_id == Project.id, WorkTable.event_id == given("event_id")
    ).correlate(Project).scalar_subquery()


def _demo() -> ColumnElement[SlotState | None]:
    return (
        select(Slot.state)
        .where(
            Slot.event_id == given("event_id"), Slot.project_id == Project.id, Slot.session == StageSession.DEMOS
        )
        .order_by(Slot.position).limit(1).correlate(Project).scalar_subquery()
    )


def _joined(*columns: Any) -> AnySelect:
    return (
        select(*columns).select_from(Contribution).join(Person, Person.id == Contribution.person_id)
        .where(
            Contribution.event_id == given("event_id"), Contribution.project_id == Project.id,
            Contribution.source == AT_TABLE,
        )
        .correlate(Project)
    )


def _people(query: AnySelect) -> ColumnElement[list[PersonName]]:
    return json_rows(query.where(person_is_public()).order_by(Person.sort_name, Person.id), PersonName)


def _board() -> AnySelect:
    owners = (
        select(Person.slug, Person.display_name.label("name"))
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.project_id == Project.id, Membership.role == MembershipRole.OWNER, Membership.left_on.is_(None)
        )
        .correlate(Project)
    )
    needs = (
        select(Need.key, Need.line, Need.opened_on).where(Need.project_id == Project.id, Need.state == NeedState.OPEN)
        .order_by(Need.id).correlate(Project)
    )
    latest = update_rows().where(
        Update.project_id == Project.id, Update.posted_at >= given("since", type_=UTCDateTime)
    ).limit(1).correlate(Project)
    first_pitch = (
        select(func.min(Proposal.position)).where(
            Proposal.event_id == given("event_id"), Proposal.project_id == Project.id,
            Proposal.state == ProposalState.SUBMITTED,
        ).correlate(Project).scalar_subquery()
    )
    return (
        select(
            Project.id, Project.slug, Project.name, Project.summary, WorkTable.label, Room.name.label("room"),
            _demo(), _joined(func.count(Contribution.person_id.distinct())).scalar_subquery(), _pitches(),
            _people(owners), json_rows(_named_joiners(), PersonName), json_rows(needs, WantedRow),
            json_rows(latest, UpdateRow),
        )
        .select_from(Project)
        .outerjoin(WorkTable, WorkTable.id == _table_id())
        .outerjoin(Room, Room.id == WorkTable.room_id)
        .where(_is_here(given("event_id")))
        .order_by(first_pitch.is_(None), first_pitch, Project.id)
        .offset(given("offset")).limit(given("size"))
    )


def _named_joiners() -> AnySelect:
    """Each once, though they may have joined on several days."""
    return (
        _joined(Person.slug, func.min(Person.display_name).label("name"))
        .where(person_is_public(), Contribution.is_shown)
        .group_by(Person.slug).order_by(func.min(Contribution.id)).limit(MOST_JOINERS)
    )


def _own() -> AnySelect:
    role = (
        select(Membership.role).where(
            Membership.project_id == Project.id, Membership.person_id == given("person_id"),
            Membership.left_on.is_(None),
        ).order_by(Membership.role.desc()).limit(1).correlate(Project).scalar_subquery()
    )
    joiners = _joined(
        Contribution.id, Person.display_name.label("name"), Person.slug.label("person_slug"), Person.is_public
    ).where(Person.hidden_at.is_(None)).order_by(Contribution.id).limit(MOST_JOINERS)
    is_pitched = Project.id.in_(select(Proposal.project_id).where(Proposal.event_id == given("event_id")))
    return (
        select(
            Project.id, Project.slug, Project.name, role,
            Project.id.in_(founded_anonymously_by(given("person_id"))).label("is_founder"), WorkTable.label, _demo(),
            _pitches(), json_rows(joiners, Joiner),
        )
        .select_from(Project)
        .outerjoin(WorkTable, WorkTable.id == _table_id())
        .order_by(is_pitched.desc(), WorkTable.id.is_(None), Project.last_active_on.desc().nulls_last(), Project.id)
        .offset(given("offset")).limit(given("size"))
    )


_FLOOR = prepared(_floor(), Floor)
_BOARD_ROWS = _board()
_BOARD = prepared(_BOARD_ROWS, BoardRow)
_OWN = _own()
_TABLES = (
    select(WorkTable.label, Room.name, Room.position, Project.id, Project.slug, Project.name)
    .select_from(WorkTable).outerjoin(Room, Room.id == WorkTable.room_id)
    .outerjoin(Project, and_(Project.id == WorkTable.project_id, Project.hidden_at.is_(None)))
)
