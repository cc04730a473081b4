"""What the pages of case studies show: published ones, compared ones, and drafts for those who work on them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, cast, func, literal, or_, select, union_all
from sqlalchemy import String as Text
from sqlalchemy.orm import aliased

from registry.accounts.queries import Actor
from registry.accounts.rules import Permission
from registry.activity.queries import ProvenanceRow, provenance_rows
from registry.activity.rules import Subject
from registry.cases.content import CaseContent, content_of
from registry.cases.models import CaseChoice, CaseComment, CaseStudy, CaseVersion, CaseWriter
from registry.cases.rules import CHOICES, Axis, CaseState
from registry.cases.visibility import case_is_public
from registry.database.aggregate import AnySelect, json_rows
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.people.models import Membership, Person
from registry.people.rules import MembershipRole
from registry.people.visibility import person_is_public
from registry.projects.models import Project
from registry.repositories.models import ProjectRepository, Repository, RepositoryContributor, RepositoryRelease
from registry.repositories.rules import RepositoryState

DRAFTS_SHOWN = 20


class WriterRow(msgspec.Struct, frozen=True):
    """Somebody who writes a case study."""

    slug: str
    name: str


class VersionRow(msgspec.Struct, frozen=True):
    """One published version; ``note`` tells what was corrected in it."""

    number: int
    written_at: datetime
    note: Localized


class CasePageRow(msgspec.Struct, frozen=True, kw_only=True):
    """A published case study, whole. ``versions`` are all of them, the newest first; ``number`` is the one read."""

    id: int
    slug: str
    project_slug: str
    project_name: Localized
    published_at: datetime
    number: int
    written_at: datetime
    note: Localized
    content: CaseContent
    html: dict[str, Localized]
    writers: list[WriterRow]
    versions: list[VersionRow]
    provenance: list[ProvenanceRow]

    @property
    def url(self) -> str:
        """The path of its page."""
        return f"/cases/{self.slug}"

    @property
    def is_newest(self) -> bool:
        """Whether this is what the case says today."""
        return self.number == self.versions[0].number


class ChoiceRow(msgspec.Struct, frozen=True):
    """A place on an axis."""

    axis: Axis
    choice: str


class CaseCard(msgspec.Struct, frozen=True):
    """A published case study in a list."""

    slug: str
    title: Localized
    summary: Localized
    project_slug: str
    project_name: Localized
    published_at: datetime | None
    choices: list[ChoiceRow]

    def on(self, axis: str) -> list[str]:
        """Where it stands on an axis."""
        return [one.choice for one in self.choices if one.axis == axis]


class CommentRow(msgspec.Struct, frozen=True):
    """What somebody said about a part of a draft."""

    id: int
    part: str
    text: str
    by_name: str | None
    written_at: datetime
    settled_at: datetime | None


class DraftRow(msgspec.Struct, frozen=True, kw_only=True):
    """A case study as those see it who work on it."""

    id: int
    slug: str
    state: CaseState
    revision: int
    version: int | None
    project_id: int
    project_slug: str
    project_name: Localized
    content: CaseContent
    writers: list[WriterRow]
    comments: list[CommentRow]


class DraftLine(msgspec.Struct, frozen=True):
    """A draft in a list of what waits for its writers or reviewers."""

    slug: str
    title: Localized
    state: CaseState
    updated_at: datetime


class CaseOfProject(msgspec.Struct, frozen=True):
    """The case study that a project has, published or not."""

    slug: str
    is_published: bool


class RepositoryFacts(msgspec.Struct, frozen=True):
    """What the synchronisation counted in a repository, and when."""

    url: str
    read_on: date
    star_count: int
    contributor_count: int
    commit_count: int
    release_count: int


async def published_case(reader: Reader, slug: str, number: int | None = None) -> CasePageRow | None:
    """A published case study, as it is today or in an earlier version (one statement)."""
    asked = CaseStudy.version if number is None else number
    rows = await reader.execute(_published().where(CaseStudy.slug == slug, CaseVersion.number == asked))
    return next(map(_page_row, rows), None)


async def published_cases(reader: Reader, slugs: Sequence[str]) -> list[CasePageRow]:
    """These published case studies as they are today, in this order (one statement)."""
    rows = await reader.execute(
        _published().where(CaseStudy.slug.in_(slugs), CaseVersion.number == CaseStudy.version)
    )
    found = {row.slug: _page_row(row) for row in rows}
    return [found[slug] for slug in slugs if slug in found]


async def all_published_cases(reader: Reader, *, offset: int, limit: int) -> list[CasePageRow]:
    """A stretch of all published case studies, whole, in the order of their addresses (one statement)."""
    rows = await reader.execute(
        _published().where(CaseVersion.number == CaseStudy.version).order_by(CaseStudy.slug)
        .offset(offset).limit(limit)
    )
    return [_page_row(row) for row in rows]


async def case_cards(
    reader: Reader, wanted: Mapping[str, str], *, offset: int, limit: int
) -> list[CaseCard]:
    """The published cases at these places (axis: choice), the newest first (one statement)."""
    choices = (
        select(CaseChoice.axis, CaseChoice.choice).where(CaseChoice.case_id == CaseStudy.id)
        .order_by(CaseChoice.axis, CaseChoice.choice).correlate(CaseStudy)
    )
    rows = await reader.execute(
        select(
            CaseStudy.slug, CaseStudy.title, CaseStudy.summary, Project.slug.label("project_slug"), Project.name,
            CaseStudy.published_at, json_rows(choices, ChoiceRow),
        )
        .join(Project, Project.id == CaseStudy.project_id).where(case_is_public(), *_at(wanted))
        .order_by(CaseStudy.published_at.desc(), CaseStudy.id.desc()).offset(offset).limit(limit)
    )
    return [CaseCard(*row) for row in rows]


async def count_cases(reader: Reader, wanted: Mapping[str, str]) -> int:
    """How many published cases are at these places (one statement)."""
    return await reader.scalar(
        select(func.count()).select_from(CaseStudy).join(Project, Project.id == CaseStudy.project_id)
        .where(case_is_public(), *_at(wanted))
    ) or 0


async def choice_counts(reader: Reader, wanted: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """For each axis how many cases each choice would leave, the other axes staying as wanted (one statement)."""
    per_axis = [
        select(cast(CaseChoice.axis, Text).label("axis"), CaseChoice.choice, func.count())
        .join(CaseStudy, CaseStudy.id == CaseChoice.case_id).join(Project, Project.id == CaseStudy.project_id)
        .where(
            CaseChoice.axis == axis, case_is_public(),
            *_at({name: choice for name, choice in wanted.items() if name != axis}),
        )
        .group_by(CaseChoice.axis, CaseChoice.choice)
        for axis in CHOICES
    ]
    counts: dict[str, dict[str, int]] = {axis.value: {} for axis in CHOICES}
    for axis, choice, count in await reader.execute(union_all(*per_axis)):
        counts[axis][choice] = count
    return counts


async def case_draft(reader: Reader, slug: str) -> DraftRow | None:
    """A case study with its draft, writers and comments, published or not (one statement)."""
    writers = (
        select(Person.slug, Person.display_name.label("name")).join(CaseWriter, CaseWriter.person_id == Person.id)
        .where(CaseWriter.case_id == CaseStudy.id).order_by(CaseWriter.since, Person.id).correlate(CaseStudy)
    )
    comments = (
        select(
            CaseComment.id, CaseComment.part, CaseComment.text, Person.display_name.label("by_name"),
            CaseComment.written_at, CaseComment.settled_at,
        )
        .outerjoin(Person, Person.id == CaseComment.written_by_id)
        .where(CaseComment.case_id == CaseStudy.id).order_by(CaseComment.id).correlate(CaseStudy)
    )
    row = (await reader.execute(
        select(
            CaseStudy.id, CaseStudy.slug, CaseStudy.state, CaseStudy.revision, CaseStudy.version,
            CaseStudy.project_id, Project.slug.label("project_slug"), Project.name.label("project_name"),
            CaseStudy.draft, json_rows(writers, WriterRow).label("writers"),
            json_rows(comments, CommentRow).label("comments"),
        )
        .join(Project, Project.id == CaseStudy.project_id)
        .where(CaseStudy.slug == slug, CaseStudy.hidden_at.is_(None), Project.hidden_at.is_(None))
    )).one_or_none()
    if row is None:
        return None
    fields = row._asdict()
    return DraftRow(content=content_of(fields.pop("draft")), **fields)


async def drafts_for(reader: Reader, actor: Actor) -> list[DraftLine]:
    """The drafts that somebody works on, or reviews as an organiser, the last touched first (one statement)."""
    mine = or_(
        CaseStudy.id.in_(select(CaseWriter.case_id).where(CaseWriter.person_id == actor.person_id)),
        CaseStudy.project_id.in_(select(Membership.project_id).where(
            Membership.person_id == actor.person_id, Membership.left_on.is_(None),
            Membership.role.in_([MembershipRole.OWNER, MembershipRole.MAINTAINER]),
        )),
    )
    if actor.may(Permission.PUBLISH_CASE):
        mine = or_(mine, CaseStudy.state == CaseState.IN_REVIEW)
    rows = await reader.execute(
        select(CaseStudy.slug, CaseStudy.title, CaseStudy.state, CaseStudy.updated_at)
        .join(Project, Project.id == CaseStudy.project_id)
        .where(
            CaseStudy.state != CaseState.PUBLISHED, CaseStudy.hidden_at.is_(None), Project.hidden_at.is_(None), mine
        )
        .order_by(CaseStudy.updated_at.desc(), CaseStudy.id.desc()).limit(DRAFTS_SHOWN)
    )
    return [DraftLine(*row) for row in rows]


async def case_of_project(reader: Reader, project_id: int) -> CaseOfProject | None:
    """The case study that a project has, a published one rather than a draft (one statement)."""
    row = (await reader.execute(
        select(CaseStudy.slug, CaseStudy.version.is_not(None))
        .where(CaseStudy.project_id == project_id, CaseStudy.hidden_at.is_(None))
        .order_by(CaseStudy.version.is_(None), CaseStudy.id).limit(1)
    )).one_or_none()
    return CaseOfProject(row[0], bool(row[1])) if row else None


async def slug_of_case(reader: Reader, case_id: int) -> str | None:
    """Where a published case study is now (one statement)."""
    slug: str | None = await reader.scalar(
        select(CaseStudy.slug).join(Project, Project.id == CaseStudy.project_id)
        .where(CaseStudy.id == case_id, case_is_public())
    )
    return slug


async def repository_facts(reader: Reader, project_id: int) -> list[RepositoryFacts]:
    """What the synchronisation last counted in a project's repositories (one statement)."""
    own = RepositoryContributor.repository_id == Repository.id
    rows = await reader.execute(
        select(
            Repository.url, Repository.read_at, Repository.star_count,
            select(func.count()).where(own).correlate(Repository).scalar_subquery(),
            select(func.coalesce(func.sum(RepositoryContributor.commit_count), literal(0))).where(own)
            .correlate(Repository).scalar_subquery(),
            select(func.count()).where(RepositoryRelease.repository_id == Repository.id)
            .correlate(Repository).scalar_subquery(),
        )
        .join(ProjectRepository, ProjectRepository.repository_id == Repository.id)
        .where(
            ProjectRepository.project_id == project_id, Repository.state == RepositoryState.PRESENT,
            Repository.read_at.is_not(None),
        )
        .order_by(Repository.id)
    )
    return [RepositoryFacts(url, read_at.date(), *counts) for url, read_at, *counts in rows]


def _published() -> AnySelect:
    other = aliased(CaseVersion)
    versions = (
        select(other.number, other.written_at, other.note).where(other.case_id == CaseStudy.id)
        .order_by(other.number.desc()).correlate(CaseStudy)
    )
    writers = (
        select(Person.slug, Person.display_name.label("name")).join(CaseWriter, CaseWriter.person_id == Person.id)
        .where(CaseWriter.case_id == CaseStudy.id, person_is_public())
        .order_by(CaseWriter.since, Person.id).correlate(CaseStudy)
    )
    return (
        select(
            CaseStudy.id, CaseStudy.slug, Project.slug.label("project_slug"), Project.name.label("project_name"),
            CaseStudy.published_at, CaseVersion.number, CaseVersion.written_at, CaseVersion.note,
            CaseVersion.content, CaseVersion.html, json_rows(writers, WriterRow).label("writers"),
            json_rows(versions, VersionRow).label("versions"),
            provenance_rows(Subject.CASE, CaseStudy.id).label("provenance"),
        )
        .join(Project, Project.id == CaseStudy.project_id).join(CaseVersion, CaseVersion.case_id == CaseStudy.id)
        .where(case_is_public())
    )


def _page_row(row: Any) -> CasePageRow:
    fields = row._asdict()
    return CasePageRow(content=content_of(fields.pop("content")), **fields)


def _at(wanted: Mapping[str, str]) -> list[ColumnElement[bool]]:
    there = aliased(CaseChoice)
    return [
        CaseStudy.id.in_(select(there.case_id).where(there.axis == Axis(axis), there.choice == choice))
        for axis, choice in wanted.items()
    ]
