"""Open issues to start with, across all projects."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, FromClause, Integer, ScalarSelect, cast, func, literal, select, tuple_, union_all
from sqlalchemy.orm import aliased

from registry.database.aggregate import AnySelect
from registry.database.bounded import Choices, Total, counted, total_of, without_numbers
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.projects.models import Need, Project
from registry.projects.rules import NeedState
from registry.repositories.code_queries import is_open_to_help
from registry.repositories.models import ProjectRepository, Repository, StarterIssue
from registry.tallies.queries import Occasion, Tallied, Tally

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


class StarterCounts(msgspec.Struct, frozen=True):
    """How many issues match, and how many each language and each need would leave; none where nobody counted.

    ``counted_at`` is when numbers of the whole record were counted, if they are not of now.
    """

    total: Total
    languages: Choices
    needs: Choices
    counted_at: datetime | None = None


class WholeIssues(msgspec.Struct, frozen=True):
    """All issues to start with counted: how many there are, in each language and for projects with each need."""

    total: int
    language: dict[str, int]
    need: dict[str, int]


async def starter_issues(
    reader: Reader, wanted: StarterFilter, total: Total, *, size: int, offset: int
) -> list[StarterRow]:
    """The issues of one page of the list, the newest first (one statement); ``total`` is how many there are."""
    order = (StarterIssue.opened_at.desc(), StarterIssue.repository_id, StarterIssue.number)
    key = (StarterIssue.repository_id, StarterIssue.number)
    # Few are gathered and sorted. Of many the first are soon met by going through all, the newest first.
    chosen = _of_many(wanted, *key) if total.has_more or wanted == StarterFilter() else _issues(wanted, *key)
    rows = await reader.execute(
        _issues(
            StarterFilter(), StarterIssue.title, StarterIssue.url, StarterIssue.labels, StarterIssue.opened_at,
            Repository.language, Repository.read_at, Project.slug, Project.name,
        )
        .where(tuple_(*key).in_(chosen.order_by(*order).limit(size).offset(offset).correlate(None)))
        .order_by(*order)
    )
    return [StarterRow(*row) for row in rows]


async def starter_counts(
    reader: Reader, wanted: StarterFilter, *, whole: Callable[[], Awaitable[Tallied[WholeIssues]]]
) -> StarterCounts:
    """How many issues match, and the counts beside the choices (at most two statements, and those of the whole)."""
    if wanted == StarterFilter():
        everything = await whole()
        value = everything.value
        return StarterCounts(Total(value.total), value.language, value.need, everything.counted_at)
    besides = {"language": StarterFilter(need=wanted.need), "need": StarterFilter(language=wanted.language)}
    each = list(dict.fromkeys((wanted, *besides.values())))
    sizes = (await reader.execute(select(*(counted(_issues(one, StarterIssue.number)) for one in each)))).one()
    totals = {one: total_of(size) for one, size in zip(each, sizes, strict=True)}
    found, few = totals[wanted], {facet: one for facet, one in besides.items() if not totals[one].has_more}
    counts: dict[str, Choices] = {**await _counts(reader, few)}
    if few == besides:
        return StarterCounts(found, counts["language"], counts["need"])
    everything = await whole()
    for facet, all_counts in (("language", everything.value.language), ("need", everything.value.need)):
        if facet not in few:
            counts[facet] = all_counts if besides[facet] == StarterFilter() else without_numbers(all_counts)
    return StarterCounts(found, counts["language"], counts["need"], everything.counted_at)


async def _count_all(reader: Reader, _occasion: Occasion) -> WholeIssues:
    counts = await _counts(reader, dict.fromkeys(_FACETS, StarterFilter()))
    return WholeIssues(counts["total"].get("", 0), counts["language"], counts["need"])


STARTER_LISTING = Tally("issues to start with", WholeIssues, _count_all)


async def _counts(reader: Reader, besides: Mapping[str, StarterFilter]) -> dict[str, dict[str, int]]:
    """The choices of some facets, each among the issues of a filter (one statement; none for no facet)."""
    sources = {wanted: _by_repository(wanted).cte() for wanted in set(besides.values())}
    parts = [_FACETS[facet](sources[wanted]) for facet, wanted in besides.items()]
    counts: dict[str, dict[str, int]] = {facet: {} for facet in besides}
    for facet, value, count in await reader.execute(union_all(*parts)) if parts else ():
        counts[facet][value] = count
    return counts


def _by_repository(wanted: StarterFilter) -> AnySelect:
    """How many issues each repository has, with its language and project."""
    return _issues(
        wanted, Repository.id, Repository.language, Project.id.label("project_id"), func.count().label("issues")
    ).group_by(Repository.id, Repository.language, Project.id)


def _total(repositories: FromClause) -> AnySelect:
    return select(literal("total").label("facet"), literal(""), _sum(repositories))


def _by_language(repositories: FromClause) -> AnySelect:
    language, count = repositories.c.language, _sum(repositories)
    commonest = (
        select(literal("language").label("facet"), language, count.label("count")).where(language.is_not(None))
        .group_by(language).order_by(count.desc()).limit(MOST_LANGUAGES).subquery()
    )
    return select(*commonest.c)


def _by_need(repositories: FromClause) -> AnySelect:
    return (
        select(literal("need"), Need.key, _sum(repositories))
        .join(Need, Need.project_id == repositories.c.project_id).where(Need.state == NeedState.OPEN)
        .group_by(Need.key)
    )


def _sum(repositories: FromClause) -> ColumnElement[int]:
    return func.coalesce(cast(func.sum(repositories.c.issues), Integer), 0)


def _of_many(wanted: StarterFilter, *columns: Any) -> AnySelect:
    """The same issues as `_issues`, each of which is looked at by itself."""
    project = aliased(Project)
    repository = (
        select(Repository.id).join(project, project.id == _first_project())
        .where(Repository.id == StarterIssue.repository_id, *_chosen(wanted)).correlate(StarterIssue)
    )
    if wanted.need:
        repository = repository.join(Need, Need.project_id == project.id).where(*_is_wanted(wanted.need))
    return select(*columns).where(repository.exists())


def _issues(wanted: StarterFilter, *columns: Any) -> AnySelect:
    """Issues of public projects; one of several projects' stands with the first of them."""
    issues = (
        select(*columns).select_from(StarterIssue).join(Repository, Repository.id == StarterIssue.repository_id)
        .join(ProjectRepository, ProjectRepository.repository_id == Repository.id)
        .join(Project, Project.id == ProjectRepository.project_id)
        .where(Project.id == _first_project(), *_chosen(wanted))
    )
    if wanted.need:
        issues = issues.join(Need, Need.project_id == Project.id).where(*_is_wanted(wanted.need))
    return issues


def _first_project() -> ScalarSelect[int]:
    other, its = aliased(Project), aliased(ProjectRepository)
    return (
        select(func.min(its.project_id)).join(other, other.id == its.project_id)
        .where(its.repository_id == Repository.id, other.hidden_at.is_(None)).correlate(Repository).scalar_subquery()
    )


def _chosen(wanted: StarterFilter) -> list[ColumnElement[bool]]:
    return [is_open_to_help(), *([Repository.language == wanted.language] if wanted.language else [])]


def _is_wanted(need: str) -> tuple[ColumnElement[bool], ...]:
    return Need.key == need, Need.state == NeedState.OPEN


_FACETS = {"total": _total, "language": _by_language, "need": _by_need}
