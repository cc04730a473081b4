"""Topics and wanted roles, each with the projects it has."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import aliased

from registry.activity.queries import ProvenanceRow, provenance_rows
from registry.activity.rules import Subject
from registry.database.aggregate import json_rows
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.projects.models import Need, Project, ProjectTag, Tag
from registry.projects.queries.listing import TagName
from registry.projects.rules import NeedState
from registry.tallies.queries import Occasion, Tally

RELATED_SHOWN = 16
PROJECTS_COMPARED = 500
"""Projects of a topic, the latest, of which the other topics are looked at."""
WANTING_SHOWN = 4
WANTING_KEPT = 12
"""More than are shown, for some may be hidden, or find whom they look for, before they are counted anew."""


class TagCount(msgspec.Struct, frozen=True):
    """A topic and how many projects have it."""

    slug: str
    name: Localized
    count: int

    @property
    def url(self) -> str:
        """The path of the topic's page."""
        return f"/tags/{self.slug}"


class TagUses(NamedTuple):
    """A topic by its row number, and how many projects have it."""

    tag_id: int
    projects: int


class Topics(msgspec.Struct, frozen=True):
    """The topics that public projects have, the commonest first."""

    uses: list[TagUses]


class Wanted(msgspec.Struct, frozen=True):
    """How many public projects look for each role, and those needs of which the projects were active last."""

    counts: dict[str, int]
    latest: dict[str, list[int]]


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


async def tag_by_slug(reader: Reader, slug: str) -> TagPageRow | None:
    """The public topic at an address (one statement)."""
    here, other = aliased(ProjectTag), aliased(Tag)
    latest = (
        select(here.project_id).where(here.tag_id == Tag.id).order_by(here.project_id.desc()).limit(PROJECTS_COMPARED)
        .correlate(Tag)
    )
    related = (
        select(other.slug, other.name).join(ProjectTag, ProjectTag.tag_id == other.id)
        .where(ProjectTag.project_id.in_(latest), other.id != Tag.id, other.hidden_at.is_(None))
        .group_by(other.id).order_by(func.count().desc(), other.slug).limit(RELATED_SHOWN).correlate(Tag)
    )
    row = (await reader.execute(
        select(Tag.id, Tag.slug, Tag.name, json_rows(related, TagName), provenance_rows(Subject.TAG, Tag.id))
        .where(Tag.slug == slug, Tag.hidden_at.is_(None))
    )).one_or_none()
    return TagPageRow(*row) if row else None


async def tags_holding(reader: Reader, text: str) -> set[int]:
    """The row numbers of the topics whose name holds ``text`` (one statement)."""
    holds = cast(Tag.name, Text).icontains(text, autoescape=True)
    return set((await reader.scalars(select(Tag.id).where(holds))).all())


async def tags_of(reader: Reader, uses: Sequence[TagUses]) -> list[TagCount]:
    """The topics behind a stretch of what was counted, in its order; a hidden one is left out (one statement)."""
    rows = await reader.execute(
        select(Tag.id, Tag.slug, Tag.name)
        .where(Tag.id.in_([tag_id for tag_id, _projects in uses]), Tag.hidden_at.is_(None))
    )
    named = {tag_id: (slug, name) for tag_id, slug, name in rows}
    return [TagCount(*named[tag_id], projects) for tag_id, projects in uses if tag_id in named]


async def projects_wanting(reader: Reader, wanted: Wanted) -> dict[str, list[WantingProject]]:
    """For each role the few projects that look for it and were active last (one statement)."""
    latest = {need_id: place for ids in wanted.latest.values() for place, need_id in enumerate(ids)}
    rows = (await reader.execute(
        select(Need.id, Need.key, Project.slug, Project.name, Need.line).join(Project, Project.id == Need.project_id)
        .where(Need.id.in_(latest), Need.state == NeedState.OPEN, Project.hidden_at.is_(None))
    )).all()
    wanting: dict[str, list[WantingProject]] = {}
    for row in sorted(rows, key=lambda row: latest[row.id]):
        wanting.setdefault(row.key, []).append(WantingProject(*row[1:]))
    return {key: projects[:WANTING_SHOWN] for key, projects in wanting.items()}


async def _count_topics(reader: Reader, _occasion: Occasion) -> Topics:
    uses = func.count()
    rows = await reader.execute(
        select(Tag.id, uses).select_from(Tag).join(ProjectTag, ProjectTag.tag_id == Tag.id)
        .join(Project, Project.id == ProjectTag.project_id)
        .where(Tag.hidden_at.is_(None), Project.hidden_at.is_(None))
        .group_by(Tag.id, Tag.slug).order_by(uses.desc(), Tag.slug)
    )
    return Topics([TagUses(*row) for row in rows])


async def _count_wanted(reader: Reader, _occasion: Occasion) -> Wanted:
    # Ranked by what is narrow, for the window sorts every open need.
    place = func.row_number().over(
        partition_by=Need.key, order_by=(Project.last_active_on.desc().nulls_last(), Project.id.desc())
    )
    ranked = (
        select(Need.key, Need.id, place.label("place"), func.count().over(partition_by=Need.key).label("count"))
        .join(Project, Project.id == Need.project_id)
        .where(Need.state == NeedState.OPEN, Project.hidden_at.is_(None)).subquery()
    )
    counts: dict[str, int] = {}
    latest: dict[str, list[int]] = {}
    for key, need_id, count in await reader.execute(
        select(ranked.c.key, ranked.c.id, ranked.c.count)
        .where(ranked.c.place <= WANTING_KEPT).order_by(ranked.c.key, ranked.c.place)
    ):
        counts[key] = count
        latest.setdefault(key, []).append(need_id)
    return Wanted(counts, latest)


TOPICS = Tally("topics", Topics, _count_topics)
WANTED = Tally("wanted", Wanted, _count_wanted)
