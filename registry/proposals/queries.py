"""Proposals for their pages: an event's running order, one pitch, the whole list."""

from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Select, case, select
from sqlalchemy import bindparam as given
from sqlalchemy.orm import aliased

from registry.activity.models import SlugRedirect
from registry.activity.queries import ProvenanceRow, provenance_rows
from registry.activity.rules import Subject
from registry.database.aggregate import json_rows
from registry.database.engine import Reader
from registry.database.prepared import prepared
from registry.database.types import Localized, UTCDateTime
from registry.events.models import Event
from registry.handbook import ladder, need_words
from registry.people.models import Person
from registry.people.rules import PersonOrigin
from registry.projects.models import Link, Need, Project
from registry.projects.rules import LinkHealth, LinkKind, NeedState
from registry.proposals.models import Credit, Proposal
from registry.proposals.rules import ProposalKind, ProposalState
from registry.proposals.visibility import pitched_on, proposal_is_public


class CreditRow(msgspec.Struct, frozen=True):
    """A name on a proposal and whose page it leads to."""

    name: str
    slug: str
    is_claimed: bool

    @property
    def url(self) -> str:
        """The path of the person's page."""
        return f"/people/{self.slug}"


class LinkRow(msgspec.Struct, frozen=True):
    """An address on a proposal, and what the last check of it found."""

    kind: LinkKind
    url: str
    label: str | None
    health: LinkHealth
    checked_at: None = None


class NeedRow(msgspec.Struct, frozen=True):
    """A role that a proposal brought to its project's needs."""

    key: str
    state: NeedState

    @property
    def name(self) -> Localized:
        """What the handbook calls the role; the key where the handbook no longer has it."""
        return need_words(self.key).name

    @property
    def url(self) -> str:
        """The path of everything that wants the role."""
        return f"/needs/{self.key}"

    @property
    def is_filled(self) -> bool:
        """Whether somebody was found."""
        return self.state is NeedState.FILLED


class PitchRow(msgspec.Struct, frozen=True):
    """One of the pitches of a project over the years."""

    project_id: int
    slug: str
    title: Localized
    event_slug: str | None
    event_name: Localized | None
    starts_on: date


class ProposalPageRow(msgspec.Struct, frozen=True):
    """A pitch on its own page: all that was said then, its event and its project."""

    slug: str
    position: int | None
    kind: ProposalKind
    title: Localized
    summary: Localized
    why: Localized
    who: Localized
    how: Localized
    difficulties: Localized
    needs_text: str | None
    similar_projects: str | None
    data_sources: str | None
    notes: str | None
    interests: str | None
    code_licence: str | None
    content_licence: str | None
    is_open_source: bool | None
    is_for_education: bool
    is_anonymous: bool
    result: Localized
    continued: bool | None
    initiators: str | None
    wanted: list[Any]
    texts_html: dict[str, Localized]
    event_slug: str | None
    event_name: Localized | None
    pitched_on: date
    project_id: int
    project_slug: str
    project_name: Localized
    stage_key: str
    last_active_on: date | None
    credits: list[CreditRow]
    links: list[LinkRow]
    needs: list[NeedRow]
    provenance: list[ProvenanceRow]
    has_unnamed: bool

    @property
    def all_needs(self) -> list[NeedRow]:
        """The roles it brought to its project, and those it asked for that the project knew already."""
        brought = {need.key for need in self.needs}
        return [*self.needs, *(NeedRow(key, NeedState.OPEN) for key, _line in self.wanted if key not in brought)]

    @property
    def licences(self) -> list[str]:
        """The licences of code and content, each once."""
        return list(dict.fromkeys(filter(None, (self.code_licence, self.content_licence))))

    @property
    def stage_name(self) -> Localized:
        """What the handbook calls the project's stage now."""
        return ladder().stage_of(self.stage_key).name


class ProgrammeRow(msgspec.Struct, frozen=True):
    """A pitch in an event's running order, and what became of its project."""

    slug: str
    position: int | None
    kind: ProposalKind
    title: Localized
    summary: Localized
    needs_text: str | None
    result: Localized
    code_licence: str | None
    content_licence: str | None
    project_slug: str
    project_name: Localized
    stage_key: str
    last_active_on: date | None
    project_id: int
    credits: list[CreditRow]
    links: list[LinkRow]
    needs: list[NeedRow]

    @property
    def url(self) -> str:
        """The path of the pitch's page."""
        return f"/proposals/{self.slug}"

    @property
    def project_url(self) -> str:
        """The path of the project's page."""
        return f"/projects/{self.project_slug}"

    @property
    def licences(self) -> list[str]:
        """The licences of code and content, each once."""
        return list(dict.fromkeys(filter(None, (self.code_licence, self.content_licence))))

    @property
    def stage_name(self) -> Localized:
        """What the handbook calls the project's stage now."""
        return ladder().stage_of(self.stage_key).name


class Outcome(msgspec.Struct, frozen=True):
    """How often a project was pitched before an event and since; the event named is the next one, if ``later``."""

    earlier: int
    later: int
    next_slug: str
    next_name: Localized | None


class _PitchAround(NamedTuple):
    """A pitch of a project that an event has too; ``side`` is below 0 before that event, above 0 after it."""

    project_id: int
    side: int
    event_slug: str
    event_name: Localized | None


def credit_rows() -> ColumnElement[list[CreditRow]]:
    """Names as written, or the name a person chose when claiming it; none where the pitch was anonymous."""
    return json_rows((
        select(
            case((Person.claimed_at.is_(None), Credit.name_as_written), else_=Person.display_name).label("name"),
            Person.slug,
            Person.claimed_at.is_not(None).label("is_claimed"),
        )
        .join(Person, Person.id == Credit.person_id)
        .where(
            Credit.proposal_id == Proposal.id, Proposal.is_anonymous.is_(False), Person.hidden_at.is_(None),
            Person.is_public,
        )
        .order_by(Credit.position, Credit.id)
        .correlate(Proposal)
    ), CreditRow)


def _has_unnamed() -> ColumnElement[bool]:
    """Whether somebody pitched it too whose name was erased."""
    return (
        select(Credit.id).join(Person, Person.id == Credit.person_id)
        .where(
            Credit.proposal_id == Proposal.id, Proposal.is_anonymous.is_(False), Person.origin == PersonOrigin.ERASED
        )
        .correlate(Proposal).exists()
    )


def _links() -> ColumnElement[list[LinkRow]]:
    return json_rows((
        select(Link.kind, Link.url, Link.label, Link.health)
        .where(Link.proposal_id == Proposal.id)
        .order_by(Link.id)
        .correlate(Proposal)
    ), LinkRow)


def _needs() -> ColumnElement[list[NeedRow]]:
    return json_rows((
        select(Need.key, Need.state).where(Need.proposal_id == Proposal.id, Need.state != NeedState.CLOSED)
        .order_by(Need.id).correlate(Proposal)
    ), NeedRow)


def public_proposals(*columns: Any) -> Select[*tuple[Any, ...]]:
    """A select from what the public sees of proposals, their events and their projects."""
    return (
        select(*columns)
        .select_from(Proposal)
        .outerjoin(Event, Event.id == Proposal.event_id)
        .join(Project, Project.id == Proposal.project_id)
        .where(proposal_is_public())
    )


_PROGRAMME = prepared(
    public_proposals(
        Proposal.slug, Proposal.position, Proposal.kind, Proposal.title, Proposal.summary, Proposal.needs_text,
        Proposal.result, Proposal.code_licence, Proposal.content_licence, Project.slug, Project.name,
        Project.stage_key, Project.last_active_on, Proposal.project_id, credit_rows(), _links(), _needs(),
    )
    .where(Proposal.event_id == given("event_id"))
    .order_by(Proposal.position.is_(None), Proposal.position, Proposal.id)
    .offset(given("offset"))
    .limit(given("size")),
    ProgrammeRow,
)


async def event_programme(reader: Reader, event_id: int, *, offset: int, limit: int) -> list[ProgrammeRow]:
    """A page of an event's running order (one statement)."""
    return await _PROGRAMME.rows(reader, event_id=event_id, offset=offset, size=limit)


_PITCHES = public_proposals(
    Proposal.project_id, Proposal.slug, Proposal.title, Event.slug, Event.name, pitched_on(),
).order_by(pitched_on(), Event.id, Proposal.id)
_PITCHES_OF_PROJECT = prepared(_PITCHES.where(Proposal.project_id == given("project_id")), PitchRow)


async def pitches_of_project(reader: Reader, project_id: int) -> list[PitchRow]:
    """Every public pitch of a project, in order (one statement)."""
    return await _PITCHES_OF_PROJECT.rows(reader, project_id=project_id)


_here = aliased(Proposal)
_at = given("at", type_=UTCDateTime)
_PITCHES_AROUND = prepared(
    public_proposals(
        Proposal.project_id, case((Event.starts_at < _at, -1), (Event.starts_at > _at, 1), else_=0), Event.slug,
        case((Event.starts_at > _at, Event.name)),
    )
    .where(Proposal.event_id.is_not(None), Proposal.project_id.in_(select(_here.project_id).where(
        _here.event_id == given("event_id"), _here.state == ProposalState.SUBMITTED, _here.hidden_at.is_(None)
    )))
    .order_by(Event.starts_at, Event.id),
    _PitchAround,
)


async def outcomes_of_event(reader: Reader, event_id: int, *, at: datetime) -> dict[int, Outcome]:
    """What became of each project pitched at an event that started ``at``; by project (one statement)."""
    # Counted here: to have the database number and sum the few pitches takes it three times as long as to give them.
    pitches: dict[int, list[_PitchAround]] = {}
    for pitch in await _PITCHES_AROUND.rows(reader, event_id=event_id, at=at):
        pitches.setdefault(pitch.project_id, []).append(pitch)
    return {project_id: _outcome(around) for project_id, around in pitches.items()}


def _outcome(pitches: list[_PitchAround]) -> Outcome:
    later = [pitch for pitch in pitches if pitch.side > 0]
    named = (later or pitches)[0]
    return Outcome(sum(pitch.side < 0 for pitch in pitches), len(later), named.event_slug, named.event_name)


_PROPOSAL_PAGE = prepared(public_proposals(
    Proposal.slug, Proposal.position, Proposal.kind, Proposal.title, Proposal.summary, Proposal.why, Proposal.who,
    Proposal.how, Proposal.difficulties, Proposal.needs_text, Proposal.similar_projects, Proposal.data_sources,
    Proposal.notes, Proposal.interests, Proposal.code_licence, Proposal.content_licence, Proposal.is_open_source,
    Proposal.is_for_education, Proposal.is_anonymous, Proposal.result, Proposal.continued,
    Proposal.initiators, Proposal.wanted, Proposal.texts_html,
    Event.slug, Event.name, pitched_on(), Project.id, Project.slug, Project.name, Project.stage_key,
    Project.last_active_on, credit_rows(), _links(), _needs(), provenance_rows(Subject.PROPOSAL, Proposal.id),
    _has_unnamed(),
).where(Proposal.slug == given("slug")), ProposalPageRow)


async def proposal_by_slug(reader: Reader, slug: str) -> ProposalPageRow | None:
    """The public proposal at an address (one statement)."""
    return await _PROPOSAL_PAGE.row(reader, slug=slug)


async def slug_of_proposal(reader: Reader, proposal_id: int) -> str | None:
    """Where a public proposal is now (one statement)."""
    slug: str | None = await reader.scalar(public_proposals(Proposal.slug).where(Proposal.id == proposal_id))
    return slug


async def is_public_proposal(reader: Reader, slug: str) -> bool:
    """Whether the public sees a proposal at an address (one statement)."""
    return await reader.scalar(public_proposals(Proposal.id).where(Proposal.slug == slug)) is not None


async def is_project_name_taken(reader: Reader, slug: str, *, except_for: str = "") -> bool:
    """Whether a project has, or once had, this slug; ``except_for`` is one that may (one statement)."""
    now = select(Project.slug).where(Project.slug == slug, Project.slug != except_for)
    once = (
        select(SlugRedirect.old_slug).outerjoin(Project, Project.id == SlugRedirect.subject_id)
        .where(
            SlugRedirect.subject == Subject.PROJECT, SlugRedirect.old_slug == slug, Project.slug != except_for
        )
    )
    return bool(slug) and await reader.scalar(now.union_all(once).limit(1)) is not None
