"""What waits for organisers: one row a concept, one row an event, and the dead links."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, func, literal, or_, select, union_all

from registry.accounts.queries import Actor
from registry.accounts.rules import Permission
from registry.activity.models import DuplicateCandidate, OutboxMessage
from registry.activity.rules import CandidateState
from registry.announcements.models import Announcement
from registry.announcements.rules import AnnouncementState
from registry.cases.models import CaseStudy
from registry.cases.rules import CaseState
from registry.claims.models import Claim
from registry.claims.rules import ClaimState
from registry.database.aggregate import AnySelect
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.desk.rules import PLACES, Kind
from registry.events.models import Event
from registry.events.rules import EventState
from registry.joining.models import Offer
from registry.joining.queries.offers import has_owner_here
from registry.joining.rules import OfferState
from registry.moderation.models import Report
from registry.moderation.rules import ReportState
from registry.privacy.models import ErasureRequest
from registry.programme.models import Slot
from registry.projects.models import Link, Project
from registry.projects.rules import LinkHealth
from registry.proposals.models import Proposal
from registry.proposals.rules import ProposalState
from registry.registrations.models import Registration
from registry.registrations.rules import RegistrationState
from registry.repositories.queries import RepositoryBacklog, repository_counts
from registry.roster.models import RosterSweep

EVENTS_SHOWN = 20


class WaitingRow(msgspec.Struct, frozen=True):
    """Something that waits: how much of it, and since when the oldest (when the next is due, for erasures)."""

    kind: Kind
    count: int
    oldest_at: datetime | None

    @property
    def path(self) -> str:
        """Where it is worked through; empty when nobody has to do anything."""
        return PLACES.get(self.kind, "")


class EventAhead(msgspec.Struct, frozen=True):
    """An event to come or in draft, and what waits there."""

    slug: str
    name: Localized
    state: EventState
    starts_on: date
    pitches_to_place: int
    oldest_pitch_at: datetime | None
    on_waiting_list: int
    waiting_since: datetime | None

    @property
    def waits(self) -> int:
        """How much waits there in all; a draft waits to be published."""
        return self.pitches_to_place + self.on_waiting_list + (self.state is EventState.DRAFT)


class LaneRow(msgspec.Struct, frozen=True):
    """The messages of one kind in the outbox."""

    kind: str
    waiting: int
    given_up: int


class LooksSoFar(msgspec.Struct, frozen=True):
    """How the looks at other systems keep up, and whether anybody ever began one at the chat's members."""

    repositories: RepositoryBacklog
    has_roster: bool


class DeadLinkRow(msgspec.Struct, frozen=True):
    """An address that no longer answers, and the project that shows it."""

    url: str
    project_slug: str
    project_name: Localized
    checked_at: datetime | None


async def what_waits(reader: Reader, actor: Actor) -> list[WaitingRow]:
    """What waits for the organisers of everything, kind by kind, without what nothing waits of (one statement)."""
    rows = await reader.execute(union_all(*(ask(literal(kind.value), actor) for kind, ask in _SOURCES.items())))
    found = [WaitingRow(Kind(kind), count, oldest) for kind, count, oldest in rows if count]
    return sorted(found, key=lambda row: list(Kind).index(row.kind))


async def events_ahead(reader: Reader, actor: Actor, *, now: datetime) -> list[EventAhead]:
    """The drafts and the events to come that the reader may run, the next first (one statement)."""
    unplaced = (
        Proposal.event_id == Event.id, Proposal.state == ProposalState.SUBMITTED, Proposal.hidden_at.is_(None),
        ~select(Slot.id).where(Slot.proposal_id == Proposal.id).exists(),
    )
    waiting = (Registration.event_id == Event.id, Registration.state == RegistrationState.WAITING)
    query = (
        select(
            Event.slug, Event.name, Event.state, Event.starts_on,
            select(func.count(Proposal.id)).where(*unplaced).correlate(Event).scalar_subquery(),
            select(func.min(Proposal.created_at)).where(*unplaced).correlate(Event).scalar_subquery(),
            select(func.count(Registration.id)).where(*waiting).correlate(Event).scalar_subquery(),
            select(func.min(Registration.waiting_since)).where(*waiting).correlate(Event).scalar_subquery(),
        )
        .where(
            Event.state != EventState.CANCELLED, Event.hidden_at.is_(None),
            or_(Event.starts_at >= now - timedelta(days=1), Event.state == EventState.DRAFT),
        )
        .order_by(Event.starts_at, Event.id).limit(EVENTS_SHOWN)
    )
    if not actor.may(Permission.MODERATE):
        query = query.where(Event.id.in_(actor.organises))
    return [EventAhead(*row) for row in await reader.execute(query)]


async def outbox_lanes(reader: Reader) -> list[LaneRow]:
    """Each kind of message that waits or was given up, with how many (one statement)."""
    is_given_up = OutboxMessage.given_up_at.is_not(None)
    rows = await reader.execute(
        select(
            OutboxMessage.kind, func.count().filter(~is_given_up), func.count().filter(is_given_up)
        )
        .where(OutboxMessage.delivered_at.is_(None)).group_by(OutboxMessage.kind).order_by(OutboxMessage.kind)
    )
    return [LaneRow(*row) for row in rows]


async def looks_so_far(reader: Reader, *, now: datetime) -> LooksSoFar:
    """How the looks at repositories and at the chat's members keep up (one statement)."""
    has_roster = select(RosterSweep.chat).exists()
    *counts, begun = (await reader.execute(repository_counts(now).add_columns(has_roster))).one()
    return LooksSoFar(RepositoryBacklog(*counts), bool(begun))


async def count_dead_links(reader: Reader) -> int:
    """How many links of shown projects and pitches no longer answer (one statement)."""
    return await reader.scalar(_dead_links(func.count())) or 0


async def dead_links(reader: Reader, *, offset: int, limit: int) -> list[DeadLinkRow]:
    """Those links, the one that was looked at last first (one statement)."""
    rows = await reader.execute(
        _dead_links(Link.url, Project.slug, Project.name, Link.checked_at)
        .order_by(Link.checked_at.desc(), Link.id.desc()).offset(offset).limit(limit)
    )
    return [DeadLinkRow(*row) for row in rows]


def _dead_links(*columns: Any) -> AnySelect:
    return (
        select(*columns).select_from(Link)
        .outerjoin(Proposal, Proposal.id == Link.proposal_id)
        .join(Project, Project.id == func.coalesce(Link.project_id, Proposal.project_id))
        .where(Link.health == LinkHealth.DEAD, Project.hidden_at.is_(None))
    )


_Kind = ColumnElement[str]
_SOURCES: Mapping[Kind, Callable[[_Kind, Actor], AnySelect]] = {
    Kind.REPORTS: lambda kind, _actor: select(kind, func.count(), func.min(Report.reported_at))
    .where(Report.state == ReportState.OPEN),
    Kind.CLAIMS: lambda kind, actor: select(kind, func.count(), func.min(Claim.made_at))
    .where(Claim.state == ClaimState.OPEN, Claim.claimer_id != (actor.person_id or 0)),
    Kind.CASES: lambda kind, _actor: select(kind, func.count(), func.min(CaseStudy.updated_at))
    .where(CaseStudy.state == CaseState.IN_REVIEW, CaseStudy.hidden_at.is_(None)),
    Kind.ANNOUNCEMENTS: lambda kind, _actor: select(kind, func.count(), func.min(Announcement.noted_at))
    .where(Announcement.state == AnnouncementState.HELD),
    Kind.OFFERS: lambda kind, _actor: select(kind, func.count(), func.min(Offer.created_at))
    .join(Project, Project.id == Offer.project_id).where(Offer.state == OfferState.OPEN, ~has_owner_here()),
    Kind.DUPLICATES: lambda kind, _actor: select(kind, func.count(), func.min(DuplicateCandidate.found_at))
    .where(DuplicateCandidate.state == CandidateState.OPEN),
    Kind.UNSENT: lambda kind, _actor: select(kind, func.count(), func.min(OutboxMessage.given_up_at))
    .where(OutboxMessage.given_up_at.is_not(None)),
    Kind.DEAD_LINKS: lambda kind, _actor: _dead_links(kind, func.count(), func.min(Link.checked_at)),
    Kind.ERASURES: lambda kind, _actor: select(kind, func.count(), func.min(ErasureRequest.due_at)),
}
"""One select for each kind: itself, how many, and the oldest moment. A new concept brings its own row."""
