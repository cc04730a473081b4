"""A project as the forms that change it need it, and the projects that somebody may mean."""

from datetime import date

import msgspec
from sqlalchemy import bindparam as given
from sqlalchemy import select

from registry.activity.rules import Subject
from registry.database.aggregate import AnySelect, json_rows
from registry.database.engine import Reader
from registry.database.prepared import prepared
from registry.database.types import Localized
from registry.handbook import need_words
from registry.projects.models import Link, Need, Project, ProjectAlias, ProjectRelation, ProjectTag, Tag
from registry.projects.queries.listing import TagName
from registry.projects.queries.project import AliasRow
from registry.projects.rules import LinkKind, NeedState, RelationKind
from registry.search.queries import slugs_named

MOST_MEANT = 8


class EditedLink(msgspec.Struct, frozen=True):
    """A link as its row of the form shows it."""

    url: str
    label: str | None
    kind: LinkKind


class EditedNeed(msgspec.Struct, frozen=True):
    """A need with its days, those that are closed too."""

    key: str
    line: Localized
    state: NeedState
    opened_on: date | None
    filled_on: date | None
    closed_on: date | None

    @property
    def name(self) -> Localized:
        """What the handbook calls the role."""
        return need_words(self.key).name

    @property
    def url(self) -> str:
        """The path of everything that wants the role."""
        return f"/needs/{self.key}"

    @property
    def line_fields(self) -> list[tuple[str, str]]:
        """Its line as a form's fields."""
        return [(f"line-{tag}", words) for tag, words in self.line.items()]


class EditedRelation(msgspec.Struct, frozen=True):
    """What the project itself says of another one."""

    kind: RelationKind
    slug: str


class EditedProject(msgspec.Struct, frozen=True):
    """Everything of a project that its people can change in place."""

    slug: str
    revision: int
    name: Localized
    summary: Localized
    description: Localized
    code_licence: str | None
    content_licence: str | None
    aliases: list[AliasRow]
    tags: list[TagName]
    links: list[EditedLink]
    needs: list[EditedNeed]
    relations: list[EditedRelation]


class MeantProject(msgspec.Struct, frozen=True):
    """A project that somebody may mean."""

    slug: str
    name: Localized


async def edited_project(reader: Reader, slug: str) -> EditedProject | None:
    """The public project at an address, to be changed (one statement)."""
    return await _EDITED.row(reader, slug=slug)


async def projects_named(reader: Reader, text: str) -> list[MeantProject]:
    """Projects whose names hold the words of ``text``, the last pitched first (at most four statements)."""
    slugs = await slugs_named(reader, text[:200], Subject.PROJECT)
    rows = await reader.execute(
        select(Project.slug, Project.name).where(Project.slug.in_(slugs), Project.hidden_at.is_(None))
        .order_by(Project.last_active_on.desc().nulls_last(), Project.id).limit(MOST_MEANT)
    )
    return [MeantProject(*row) for row in rows]


def _edited() -> AnySelect:
    aliases = select(ProjectAlias.name).where(ProjectAlias.project_id == Project.id).order_by(ProjectAlias.id)
    tags = (
        select(Tag.slug, Tag.name).join(ProjectTag, ProjectTag.tag_id == Tag.id)
        .where(ProjectTag.project_id == Project.id).order_by(Tag.id)
    )
    links = select(Link.url, Link.label, Link.kind).where(Link.project_id == Project.id).order_by(Link.id)
    needs = (
        select(Need.key, Need.line, Need.state, Need.opened_on, Need.filled_on, Need.closed_on)
        .where(Need.project_id == Project.id).order_by(Need.state.desc(), Need.id)
    )
    other = select(Project.slug).where(Project.id == ProjectRelation.other_id).correlate(ProjectRelation)
    relations = (
        select(ProjectRelation.kind, other.scalar_subquery().label("slug"))
        .where(ProjectRelation.project_id == Project.id).order_by(ProjectRelation.id)
    )
    lists = [
        json_rows(query.correlate(Project), row) for query, row in (
            (aliases, AliasRow), (tags, TagName), (links, EditedLink), (needs, EditedNeed), (relations, EditedRelation),
        )
    ]
    return select(
        Project.slug, Project.revision, Project.name, Project.summary, Project.description, Project.code_licence,
        Project.content_licence, *lists,
    ).where(Project.slug == given("slug"), Project.hidden_at.is_(None))


_EDITED = prepared(_edited(), EditedProject)
