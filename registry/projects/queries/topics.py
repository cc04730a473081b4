"""Topics, wanted roles and stages, each with the projects it has."""

import msgspec
from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import aliased

from registry.activity.queries import ProvenanceRow, provenance_rows
from registry.activity.rules import Subject
from registry.database.aggregate import AnySelect, json_rows
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.handbook import ladder
from registry.projects.models import Need, Project, ProjectTag, Tag
from registry.projects.queries.listing import TagName
from registry.projects.rules import NeedState

RELATED_SHOWN = 16
WANTING_SHOWN = 4


class TagCount(msgspec.Struct, frozen=True):
    """A topic and how many projects have it."""

    slug: str
    name: Localized
    count: int

    @property
    def url(self) -> str:
        """The path of the topic's page."""
        return f"/tags/{self.slug}"


class TagPageRow(msgspec.Struct, frozen=True):
    """A topic, with those that projects have beside it, the commonest first."""

    id: int
    slug: str
    name: Localized
    related: list[TagName]
    provenance: list[ProvenanceRow]


class WantingProject(msgspec.Struct, frozen=True):
    """A project that looks for a role, and what it says about it."""

    key: str
    slug: str
    name: Localized
    line: Localized


async def tags_matching(reader: Reader, text: str, *, size: int, offset: int) -> list[TagCount]:
    """The topics whose name holds ``text``, the commonest first (one statement)."""
    uses = func.count()
    rows = await reader.execute(
        _tags_in_use(text, Tag.slug, Tag.name, uses).group_by(Tag.id).order_by(uses.desc(), Tag.slug)
        .limit(size).offset(offset)
    )
    return [TagCount(*row) for row in rows]


async def count_tags(reader: Reader, text: str) -> int:
    """How many topics hold ``text`` in their name (one statement)."""
    return await reader.scalar(_tags_in_use(text, func.count(Tag.id.distinct()))) or 0


async def tag_by_slug(reader: Reader, slug: str) -> TagPageRow | None:
    """The public topic at an address (one statement)."""
    here, other = aliased(ProjectTag), aliased(Tag)
    related = (
        select(other.slug, other.name)
        .join(ProjectTag, ProjectTag.tag_id == other.id).join(here, here.project_id == ProjectTag.project_id)
        .where(here.tag_id == Tag.id, other.id != Tag.id, other.hidden_at.is_(None))
        .group_by(other.id).order_by(func.count().desc(), other.slug).limit(RELATED_SHOWN).correlate(Tag)
    )
    row = (await reader.execute(
        select(Tag.id, Tag.slug, Tag.name, json_rows(related, TagName), provenance_rows(Subject.TAG, Tag.id))
        .where(Tag.slug == slug, Tag.hidden_at.is_(None))
    )).one_or_none()
    return TagPageRow(*row) if row else None


async def open_needs(reader: Reader) -> dict[str, int]:
    """How many public projects look for each role (one statement)."""
    rows = await reader.execute(
        select(Need.key, func.count()).join(Project, Project.id == Need.project_id)
        .where(Need.state == NeedState.OPEN, Project.hidden_at.is_(None)).group_by(Need.key)
    )
    return dict(rows.all())


async def projects_wanting(reader: Reader) -> dict[str, list[WantingProject]]:
    """For each role the few projects that look for it and were active last (one statement)."""
    place = func.row_number().over(
        partition_by=Need.key, order_by=(Project.last_active_on.desc().nulls_last(), Project.id.desc())
    )
    ranked = (
        select(Need.key, Project.slug, Project.name, Need.line, place.label("place"))
        .join(Project, Project.id == Need.project_id)
        .where(Need.state == NeedState.OPEN, Project.hidden_at.is_(None)).subquery()
    )
    wanting: dict[str, list[WantingProject]] = {}
    for row in await reader.execute(
        select(ranked.c.key, ranked.c.slug, ranked.c.name, ranked.c.line)
        .where(ranked.c.place <= WANTING_SHOWN).order_by(ranked.c.key, ranked.c.place)
    ):
        wanting.setdefault(row.key, []).append(WantingProject(*row))
    return wanting


async def projects_by_stage(reader: Reader) -> dict[str, int]:
    """How many public projects stand on each stage of the ladder, in its order (one statement).

    Those whose stage left the handbook count where they are shown, on the first.
    """
    counts = {stage.key: 0 for stage in ladder().stage}
    for key, count in await reader.execute(
        select(Project.stage_key, func.count()).where(Project.hidden_at.is_(None)).group_by(Project.stage_key)
    ):
        counts[ladder().stage_of(key).key] += count
    return counts


def _tags_in_use(text: str, *columns: object) -> AnySelect:
    query = (
        select(*columns)  # type: ignore[call-overload]
        .select_from(Tag).join(ProjectTag, ProjectTag.tag_id == Tag.id)
        .join(Project, Project.id == ProjectTag.project_id)
        .where(Tag.hidden_at.is_(None), Project.hidden_at.is_(None))
    )
    found: AnySelect = query.where(cast(Tag.name, Text).icontains(text, autoescape=True)) if text else query
    return found
