"""One project with all that hangs on it, in one statement; and the projects like it."""

from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import and_, func, literal, or_, select, union_all
from sqlalchemy import bindparam as given
from sqlalchemy.orm import aliased

from registry.activity.models import Provenance
from registry.activity.queries import ProvenanceRow
from registry.activity.rules import Subject
from registry.cases.models import AxisAnswer, CaseStudy
from registry.cases.rules import Axis
from registry.channels.queries import LinkedChannel, linked_channels
from registry.database.aggregate import AnySelect, json_rows
from registry.database.engine import Reader
from registry.database.prepared import prepared
from registry.database.types import Localized
from registry.events.models import Event
from registry.handbook import need_words
from registry.languages import in_its_language
from registry.people.models import Contribution, Membership, Person
from registry.people.rules import MembershipRole
from registry.people.visibility import person_is_public
from registry.projects.models import Link, Need, Project, ProjectAlias, ProjectRelation, ProjectTag, Tag, Update
from registry.projects.queries.listing import ProjectCard, TagName, card_columns
from registry.projects.queries.updates import UpdateRow, update_rows
from registry.projects.rules import LinkHealth, LinkKind, NeedState, RelationKind, Standing
from registry.proposals.models import Proposal
from registry.proposals.queries import CreditRow, credit_rows
from registry.proposals.rules import ProposalKind
from registry.proposals.visibility import pitched_on, proposal_is_public
from registry.repositories.models import ProjectRepository, Repository, RepositoryReadme
from registry.repositories.rules import RepositoryState
from registry.stages.models import CheckpointEvidence

SIMILAR_SHOWN = 6
SIMILAR_COMPARED = 2_000
PITCHES_SHOWN = 200
PEOPLE_SHOWN = 200
SOURCES_SHOWN = 50
UPDATES_SHOWN = 3
DEMOED = "demoed"


class LinkRow(msgspec.Struct, frozen=True):
    """An address, and what the last check of it found."""

    kind: LinkKind
    url: str
    label: str | None
    health: LinkHealth
    checked_at: datetime | None
    created_at: datetime


class NeedRow(msgspec.Struct, frozen=True):
    """A role that the project wants or wanted; ``line`` is in the owner's words."""

    key: str
    line: Localized
    state: NeedState
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
        """Whether somebody was found."""
        return self.state is NeedState.FILLED


class MemberRow(msgspec.Struct, frozen=True):
    """A person of the team; ``left_on`` when they are no longer."""

    slug: str
    name: str
    role: MembershipRole
    is_claimed: bool
    left_on: date | None

    @property
    def url(self) -> str:
        """The path of the person's page."""
        return f"/people/{self.slug}"


class PitchRow(msgspec.Struct, frozen=True):
    """One pitch of the project: what it was called then, by whom, and what is left of it."""

    slug: str
    kind: ProposalKind
    title: Localized
    summary: Localized
    result: Localized
    has_problem_written: bool
    event_slug: str | None
    event_name: Localized | None
    starts_on: date
    credits: list[CreditRow]
    links: list[LinkRow]


class RelationRow(msgspec.Struct, frozen=True):
    """Another project and what it is to this one; ``is_said_here`` when this project says so, not the other."""

    slug: str
    name: Localized
    kind: RelationKind
    is_said_here: bool

    @property
    def url(self) -> str:
        """The path of the other project's page."""
        return f"/projects/{self.slug}"

    @property
    def is_derived(self) -> bool:
        """Whether the other one grew out of this one, whichever of the two says so."""
        return self.kind is (RelationKind.SPAWNED if self.is_said_here else RelationKind.DERIVED_FROM)


class AliasRow(msgspec.Struct, frozen=True):
    """Another name under which the project was pitched."""

    name: str


class AnswerRow(msgspec.Struct, frozen=True):
    """What the project's people answered on one axis."""

    axis: Axis
    choices: list[str]
    text: str | None
    answered_on: date | None


class EvidenceRow(msgspec.Struct, frozen=True):
    """What shows that a checkpoint is met; who said so is named where the public sees them."""

    id: int
    checkpoint_key: str
    source: str
    url: str | None
    note: str | None
    noted_at: datetime
    by_slug: str | None
    by_name: str | None


class ContributorRow(msgspec.Struct, frozen=True):
    """Somebody who did something for the project, and the kind of it."""

    slug: str
    name: str
    kind: str

    @property
    def url(self) -> str:
        """The path of the person's page."""
        return f"/people/{self.slug}"


class CaseRow(msgspec.Struct, frozen=True):
    """A published case study."""

    slug: str
    title: Localized
    published_at: datetime | None


class ReadmeRow(msgspec.Struct, frozen=True):
    """The README of the project's repository as it was last read: its HTML is safe to show."""

    full_name: str
    url: str
    branch: str | None
    name: str
    html: str
    read_at: datetime

    @property
    def language(self) -> str:
        """The language that its script tells."""
        return next(iter(in_its_language(self.html)), "")

    @property
    def file_url(self) -> str:
        """Where it lies."""
        return f"{self.url}/blob/{self.branch or 'HEAD'}/{self.name}"


class ProjectPageRow(msgspec.Struct, frozen=True):
    """A project as its page shows it. Links are the project's own; those of a pitch are with the pitch."""

    id: int
    slug: str
    name: Localized
    summary: Localized
    description_html: Localized
    stage_key: str
    standing: Standing
    code_licence: str | None
    content_licence: str | None
    pitch_count: int
    first_pitched_on: date | None
    last_active_on: date | None
    updated_at: datetime
    revision: int
    demo_count: int
    has_repositories: bool
    links: list[LinkRow]
    needs: list[NeedRow]
    tags: list[TagName]
    members: list[MemberRow]
    pitches: list[PitchRow]
    relations: list[RelationRow]
    aliases: list[AliasRow]
    answers: list[AnswerRow]
    evidence: list[EvidenceRow]
    contributors: list[ContributorRow]
    cases: list[CaseRow]
    sources: list[ProvenanceRow]
    updates: list[UpdateRow]
    readmes: list[ReadmeRow]
    channels: list[LinkedChannel]


async def project_by_slug(reader: Reader, slug: str) -> ProjectPageRow | None:
    """The public project at an address (one statement)."""
    return await _PROJECT.row(reader, slug=slug)


async def similar_projects(reader: Reader, project_id: int, *, quiet_before: date) -> list[ProjectCard]:
    """Projects that share most topics and wanted roles with one, of a bounded number compared (one statement)."""
    return await _SIMILAR.rows(reader, project_id=project_id, quiet_before=quiet_before)


def _links(owner: Any) -> Any:
    return (
        select(Link.kind, Link.url, Link.label, Link.health, Link.checked_at, Link.created_at)
        .where(owner).order_by(Link.id)
    )


def _pitches() -> AnySelect:
    return (
        select(
            Proposal.slug, Proposal.kind, Proposal.title, Proposal.summary, Proposal.result,
            or_(Proposal.why != {}, Proposal.who != {}).label("has_problem_written"),
            Event.slug.label("event_slug"), Event.name.label("event_name"), pitched_on().label("starts_on"),
            credit_rows().label("credits"),
            json_rows(_links(Link.proposal_id == Proposal.id).correlate(Proposal), LinkRow).label("links"),
        )
        .outerjoin(Event, Event.id == Proposal.event_id)
        .where(Proposal.project_id == Project.id, proposal_is_public())
        .order_by(pitched_on().desc(), Proposal.id.desc()).limit(PITCHES_SHOWN).correlate(Project)
    )


def _relations() -> AnySelect:
    other = aliased(Project)
    return (
        select(
            other.slug, other.name, ProjectRelation.kind,
            (ProjectRelation.project_id == Project.id).label("is_said_here"),
        )
        .join(other, or_(
            and_(ProjectRelation.project_id == Project.id, other.id == ProjectRelation.other_id),
            and_(ProjectRelation.other_id == Project.id, other.id == ProjectRelation.project_id),
        ))
        .where(other.hidden_at.is_(None)).order_by(other.sort_name).correlate(Project)
    )


def _project() -> AnySelect:
    tags = (
        select(Tag.slug, Tag.name).join(ProjectTag, ProjectTag.tag_id == Tag.id)
        .where(ProjectTag.project_id == Project.id, Tag.hidden_at.is_(None)).order_by(Tag.id)
    )
    members = (
        select(
            Person.slug, Person.display_name.label("name"), Membership.role,
            Person.claimed_at.is_not(None).label("is_claimed"), Membership.left_on,
        )
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.project_id == Project.id, person_is_public())
        .order_by(Membership.left_on.is_not(None), Membership.id).limit(PEOPLE_SHOWN)
    )
    aliases = select(ProjectAlias.name).where(ProjectAlias.project_id == Project.id).order_by(ProjectAlias.id)
    answers = (
        select(AxisAnswer.axis, AxisAnswer.choices, AxisAnswer.text, AxisAnswer.answered_on)
        .where(AxisAnswer.project_id == Project.id).order_by(AxisAnswer.answered_on.desc(), AxisAnswer.id)
    )
    evidence = (
        select(
            CheckpointEvidence.id, CheckpointEvidence.checkpoint_key, CheckpointEvidence.source,
            CheckpointEvidence.url, CheckpointEvidence.note, CheckpointEvidence.noted_at,
            Person.slug.label("by_slug"), Person.display_name.label("by_name"),
        )
        .outerjoin(Person, (Person.id == CheckpointEvidence.said_by_id) & person_is_public())
        .where(CheckpointEvidence.project_id == Project.id).order_by(CheckpointEvidence.noted_at)
    )
    contributors = (
        select(Person.slug, Person.display_name.label("name"), Contribution.kind)
        .join(Person, Person.id == Contribution.person_id)
        .where(
            Contribution.project_id == Project.id, Contribution.confirmed_at.is_not(None), Contribution.is_shown,
            person_is_public(),
        )
        .group_by(Person.id, Person.slug, Person.display_name, Person.sort_name, Contribution.kind)
        .order_by(Person.sort_name, Person.id, Contribution.kind).limit(PEOPLE_SHOWN)
    )
    cases = (
        select(CaseStudy.slug, CaseStudy.title, CaseStudy.published_at)
        .where(
            CaseStudy.project_id == Project.id, CaseStudy.version.is_not(None), CaseStudy.hidden_at.is_(None)
        )
        .order_by(CaseStudy.published_at.desc())
    )
    sources = (
        select(Provenance.source, Provenance.file, Provenance.row, Provenance.imported_on)
        .where(Provenance.subject == Subject.PROJECT, Provenance.subject_id == Project.id)
        .order_by(Provenance.id).limit(SOURCES_SHOWN)
    )
    updates = update_rows().where(Update.project_id == Project.id).limit(UPDATES_SHOWN)
    readmes = (
        select(
            Repository.full_name, Repository.url, Repository.default_branch.label("branch"), RepositoryReadme.name,
            RepositoryReadme.html, Repository.read_at,
        )
        .join(RepositoryReadme, RepositoryReadme.repository_id == Repository.id)
        .join(ProjectRepository, ProjectRepository.repository_id == Repository.id)
        .where(ProjectRepository.project_id == Project.id, Repository.state == RepositoryState.PRESENT)
        .order_by(Repository.is_fork, Repository.id).limit(1)
    )
    needs = (
        select(Need.key, Need.line, Need.state, Need.opened_on)
        .where(Need.project_id == Project.id, Need.state != NeedState.CLOSED).order_by(Need.state.desc(), Need.id)
    )
    demos = (
        select(func.count()).select_from(Contribution)
        .where(Contribution.project_id == Project.id, Contribution.kind == DEMOED)
    )
    has_repositories = select(ProjectRepository.project_id).where(ProjectRepository.project_id == Project.id)
    lists = [
        json_rows(query.correlate(Project), row)
        for query, row in (
            (_links(Link.project_id == Project.id), LinkRow), (needs, NeedRow), (tags, TagName), (members, MemberRow),
            (_pitches(), PitchRow), (_relations(), RelationRow), (aliases, AliasRow), (answers, AnswerRow),
            (evidence, EvidenceRow), (contributors, ContributorRow), (cases, CaseRow), (sources, ProvenanceRow),
            (updates, UpdateRow), (readmes, ReadmeRow), (linked_channels(), LinkedChannel),
        )
    ]
    return select(
        Project.id, Project.slug, Project.name, Project.summary, Project.description_html, Project.stage_key,
        Project.standing, Project.code_licence, Project.content_licence, Project.pitch_count, Project.first_pitched_on,
        Project.last_active_on, Project.updated_at, Project.revision,
        demos.correlate(Project).scalar_subquery(),
        has_repositories.correlate(Project).exists(), *lists,
    ).where(Project.slug == given("slug"), Project.hidden_at.is_(None))


def _similar() -> AnySelect:
    shared_tag, shared_need = aliased(ProjectTag), aliased(Need)
    shared = union_all(
        select(ProjectTag.project_id, literal(2).label("weight"))
        .join(shared_tag, shared_tag.tag_id == ProjectTag.tag_id)
        .where(shared_tag.project_id == given("project_id")),
        select(Need.project_id, literal(1).label("weight"))
        .join(shared_need, shared_need.key == Need.key)
        .where(shared_need.project_id == given("project_id"), Need.state == NeedState.OPEN),
    ).limit(SIMILAR_COMPARED).subquery()
    likeness = (
        select(shared.c.project_id, func.sum(shared.c.weight).label("likeness"))
        .where(shared.c.project_id != given("project_id")).group_by(shared.c.project_id).subquery()
    )
    # Chosen by themselves, for SQLite makes the lists of a card before it sorts, of whatever it compares.
    chosen = (
        select(Project.id, likeness.c.likeness).join(likeness, likeness.c.project_id == Project.id)
        .where(Project.hidden_at.is_(None))
        .order_by(likeness.c.likeness.desc(), Project.last_active_on.desc().nulls_last(), Project.id.desc())
        .limit(SIMILAR_SHOWN).subquery()
    )
    return select(*card_columns()).join(chosen, chosen.c.id == Project.id).order_by(
        chosen.c.likeness.desc(), Project.last_active_on.desc().nulls_last(), Project.id.desc()
    )


_PROJECT = prepared(_project(), ProjectPageRow)
_SIMILAR = prepared(_similar(), ProjectCard)
