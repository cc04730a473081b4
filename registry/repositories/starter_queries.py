"""Open issues to start with, across all projects."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, func, literal, select, union_all

from registry.database.aggregate import AnySelect
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.projects.models import Need, Project
from registry.projects.rules import NeedState
from registry.repositories.code_queries import is_open_to_help
from registry.repositories.models import ProjectRepository, Repository, StarterIssue

MOST_LANGUAGES = 40


class StarterFilter(msgspec.Struct, frozen=True):
    """What a reader chose: the key of a need that the project has open, a programming language."""

    need: str | None = None
    language: str | None = None


class StarterRow(msgspec.Struct, frozen=True):
    """An open issue that newcomers may start with, and its project; as of when this is known."""

    title: str
    url: str
    labels: list[str]
    opened_at: datetime
    language: str | None
    read_at: datetime | None
    project_slug: str
    project_name: Localized


async def starter_issues(reader: Reader, wanted: StarterFilter, *, size: int, offset: int) -> list[StarterRow]:
    """The issues of one page of the list, the newest first (one statement)."""
    rows = await reader.execute(
        _issues(
            wanted, StarterIssue.title, StarterIssue.url, StarterIssue.labels, StarterIssue.opened_at,
            Repository.language, Repository.read_at, Project.slug, Project.name,
        )
        .order_by(StarterIssue.opened_at.desc(), StarterIssue.repository_id, StarterIssue.number)
        .limit(size).offset(offset)
    )
    return [StarterRow(*row) for row in rows]


async def starter_counts(
    reader: Reader, wanted: StarterFilter
) -> tuple[int, dict[str, int], dict[str, int]]:
    """How many issues match, and how many each language and each need would leave (one statement)."""
    by_language = (
        _issues(StarterFilter(need=wanted.need), literal("language"), Repository.language, func.count())
        .where(Repository.language.is_not(None)).group_by(Repository.language)
        .order_by(func.count().desc()).limit(MOST_LANGUAGES).subquery()
    )
    by_need = (
        _issues(StarterFilter(language=wanted.language), literal("need"), Need.key, func.count())
        .join(Need, Need.project_id == Project.id).where(Need.state == NeedState.OPEN).group_by(Need.key)
    )
    rows = await reader.execute(union_all(
        _issues(wanted, literal("total"), literal(""), func.count()), select(*by_language.c), by_need,
    ))
    counts: dict[str, dict[str, int]] = {}
    for facet, value, count in rows:
        counts.setdefault(facet, {})[value] = count
    return counts["total"][""], counts.get("language", {}), counts.get("need", {})


def _issues(wanted: StarterFilter, *columns: Any) -> AnySelect:
    """Issues of public projects; one of several projects' stands with the first of them."""
    first = (
        select(ProjectRepository.repository_id, func.min(ProjectRepository.project_id).label("project_id"))
        .join(Project, Project.id == ProjectRepository.project_id).where(Project.hidden_at.is_(None))
        .group_by(ProjectRepository.repository_id).subquery()
    )
    conditions: list[ColumnElement[bool]] = []
    if wanted.language:
        conditions.append(Repository.language == wanted.language)
    if wanted.need:
        conditions.append(Project.id.in_(
            select(Need.project_id).where(Need.key == wanted.need, Need.state == NeedState.OPEN)
        ))
    return (
        select(*columns).select_from(StarterIssue).join(Repository, Repository.id == StarterIssue.repository_id)
        .join(first, first.c.repository_id == Repository.id).join(Project, Project.id == first.c.project_id)
        .where(is_open_to_help(), *conditions)
    )
