"""The projects of a list, each as its card shows it."""

from datetime import date
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import bindparam as given
from sqlalchemy import select

from registry.database.aggregate import AnySelect, json_rows
from registry.database.bounded import Total
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.handbook import ladder, need_words, standing_words
from registry.projects.filters import ProjectFilters
from registry.projects.models import Need, Project, ProjectTag, Tag
from registry.projects.queries.matching import ORDERS, STANDING_TODAY, Parameters, gathered_projects, met_projects
from registry.projects.rules import NeedState, ProjectOrder, Standing

TAGS_ON_A_CARD = 4


class CardNeed(msgspec.Struct, frozen=True):
    """A role that a listed project looks for."""

    key: str
    is_filled: bool = False

    @property
    def name(self) -> Localized:
        """What the handbook calls the role."""
        return need_words(self.key).name

    @property
    def url(self) -> str:
        """The path of everything that wants the role."""
        return f"/needs/{self.key}"


class TagName(msgspec.Struct, frozen=True):
    """A topic by its address and name."""

    slug: str
    name: Localized

    @property
    def url(self) -> str:
        """The path of everything that has the topic."""
        return f"/tags/{self.slug}"


class ProjectCard(msgspec.Struct, frozen=True):
    """A project in a list: ``standing`` is what it is today, ``needs`` are the open ones."""

    slug: str
    name: Localized
    summary: Localized
    stage_key: str
    standing: Standing
    pitch_count: int
    last_active_on: date | None
    needs: list[CardNeed]
    tags: list[TagName]

    @property
    def url(self) -> str:
        """The path of the project's page."""
        return f"/projects/{self.slug}"

    @property
    def stage_name(self) -> Localized:
        """What the handbook calls the project's stage."""
        return ladder().stage_of(self.stage_key).name

    @property
    def standing_name(self) -> Localized:
        """What the handbook calls the project's standing; nothing for an active one."""
        return {} if self.standing == Standing.ACTIVE else standing_words(self.standing).name


def card_columns() -> tuple[Any, ...]:
    """The columns of a ``ProjectCard``, for any select from projects that is run with ``quiet_before``."""
    needs = (
        select(Need.key).where(Need.project_id == Project.id, Need.state == NeedState.OPEN).order_by(Need.id)
        .correlate(Project)
    )
    tags = (
        select(Tag.slug, Tag.name).join(ProjectTag, ProjectTag.tag_id == Tag.id)
        .where(ProjectTag.project_id == Project.id, Tag.hidden_at.is_(None)).order_by(Tag.id).limit(TAGS_ON_A_CARD)
        .correlate(Project)
    )
    return (
        Project.slug, Project.name, Project.summary, Project.stage_key, STANDING_TODAY, Project.pitch_count,
        Project.last_active_on, json_rows(needs, CardNeed).label("needs"), json_rows(tags, TagName).label("tags"),
    )


async def project_cards(
    reader: Reader, filters: ProjectFilters, parameters: Parameters, total: Total, *, size: int, offset: int
) -> list[ProjectCard]:
    """The projects of one page of the list (one statement); ``total`` is how many there are."""
    names = filters.conditions()
    is_of_many = "q" not in names and (total.has_more or not names)
    statement = _cards_statement(names, filters.order, is_of_many)
    rows = await reader.execute(statement, {**parameters, "size": size, "offset": offset})
    return [ProjectCard(*row) for row in rows]


async def project_card(reader: Reader, slug: str, *, quiet_before: date) -> ProjectCard | None:
    """The card of the public project at an address (one statement)."""
    row = (await reader.execute(
        select(*card_columns()).where(Project.slug == slug, Project.hidden_at.is_(None)),
        {"quiet_before": quiet_before},
    )).one_or_none()
    return ProjectCard(*row) if row else None


@lru_cache(maxsize=256)
def _cards_statement(names: frozenset[str], order: ProjectOrder, is_of_many: bool) -> AnySelect:
    """Kept by which filters are in force, so that SQLAlchemy's own cache finds it without a walk."""
    find = met_projects if is_of_many else gathered_projects
    # Chosen first, then read: SQLite would gather the needs and topics of every project that it sorts.
    chosen = find(select(Project.id), names).order_by(*ORDERS[order]).limit(given("size")).offset(given("offset"))
    return select(*card_columns()).where(Project.id.in_(chosen.correlate(None))).order_by(*ORDERS[order])
