"""How many projects a list has, and the counts beside each choice of its filters."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import (
    JSON,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    String,
    case,
    cast,
    desc,
    extract,
    func,
    literal,
    or_,
    select,
    union_all,
)

from registry.database.aggregate import AnySelect
from registry.database.bounded import Choices, Total, counted, total_of, without_numbers
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.events.models import Event
from registry.events.visibility import event_is_public
from registry.handbook import ladder
from registry.projects.filters import FIRST_STAGE, ProjectFilters
from registry.projects.models import Need, Project, ProjectTag, Tag
from registry.projects.queries.matching import STANDING_TODAY, Parameters, gathered_projects, speaks
from registry.projects.rules import NeedState
from registry.proposals.models import Proposal
from registry.proposals.rules import ProposalState
from registry.proposals.visibility import pitched_on
from registry.tallies.queries import Occasion, Tallied, Tally
from registry.web.i18n import languages

TAGS_OFFERED = 16
NEEDS_OFFERED = 12
LICENCES_OFFERED = 10
TOTAL = "total"
Names = frozenset[str]
FACETS: Names = frozenset({"stage", "need", "tag", "standing", "year", "licence", "language", "has_repository"})


class WholeListing(msgspec.Struct, frozen=True):
    """All public projects counted: how many there are, and how many each choice of each facet would find.

    Topics are row numbers.
    """

    total: int
    facets: dict[str, dict[str, int]]


class ProjectListing(msgspec.Struct, frozen=True):
    """How many projects match, and each facet's choices with their counts; none where nobody counted.

    ``names`` has what topics and the event asked for are called. ``counted_at`` is when numbers of the whole record
    were counted, if they are not of now.
    """

    total: Total
    facets: Mapping[str, Choices]
    names: Mapping[str, Mapping[str, Localized]]
    counted_at: datetime | None = None


async def project_listing(
    reader: Reader, filters: ProjectFilters, parameters: Parameters, *,
    whole: Callable[[], Awaitable[Tallied[WholeListing]]],
) -> ProjectListing:
    """How many projects match and how many each further choice would leave (at most four statements).

    A facet's counts are given all the other filters: a choice may be exchanged for another of its own facet. What is
    too much to count, and all that nothing else is chosen of, is taken from the ``whole``.
    """
    names = filters.conditions()
    if not names:
        everything = await whole()
        total = Total(everything.value.total)
        return await _listing(reader, filters, total, everything.value.facets, everything.counted_at)
    sizes = await _sizes(reader, names, parameters)
    few = frozenset(facet for facet in FACETS if not sizes[_besides(names, facet)].has_more)
    facets: dict[str, Choices] = {**await _facets(reader, names, few, parameters)}
    if few == FACETS:
        return await _listing(reader, filters, sizes[names], facets)
    everything = await whole()
    for facet, counts in everything.value.facets.items():
        if facet not in few:
            facets[facet] = without_numbers(counts) if _besides(names, facet) else counts
    return await _listing(reader, filters, sizes[names], facets, everything.counted_at)


async def project_total(reader: Reader, filters: ProjectFilters, parameters: Parameters) -> Total:
    """How many projects match (one statement)."""
    names = filters.conditions()
    [count] = (await reader.execute(_sizes_statement((names,)), parameters)).one()
    return total_of(count, is_part=parameters["is_part"])


async def _whole_listing(reader: Reader, occasion: Occasion) -> WholeListing:
    facets = await _facets(
        reader, frozenset(), FACETS | {TOTAL},
        ProjectFilters().parameters(
            quiet_before=occasion.now.date() - timedelta(days=occasion.settings.quiet_after_days)
        ),
    )
    return WholeListing(facets.pop(TOTAL)[""], facets)


PROJECT_LISTING = Tally("list of projects", WholeListing, _whole_listing)


async def _sizes(reader: Reader, names: Names, parameters: Parameters) -> dict[Names, Total]:
    """How many projects meet all conditions, and all but those of each facet."""
    each = [names, *sorted({_besides(names, facet) for facet in FACETS} - {names}, key=sorted)]
    counts = (await reader.execute(_sizes_statement(tuple(each)), parameters)).one()
    return {one: total_of(count, is_part=parameters["is_part"]) for one, count in zip(each, counts, strict=True)}


async def _facets(
    reader: Reader, names: Names, facets: Names, parameters: Parameters
) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {facet: {} for facet in facets}
    if facets:
        for facet, value, count in await reader.execute(_facets_statement(names, facets, languages()), parameters):
            counts[facet][value] = count
    if "stage" in counts:
        counts["stage"] = _on_the_ladder(counts["stage"])
    return counts


async def _listing(
    reader: Reader, filters: ProjectFilters, total: Total, facets: Mapping[str, Choices],
    counted_at: datetime | None = None,
) -> ProjectListing:
    """With the names of the topics offered, and of the topic and the event that are asked for."""
    tag = _named("tag", Tag.id, Tag.slug, Tag.name).where(
        or_(Tag.id.in_([int(number) for number in facets["tag"]]), Tag.slug == filters.tag), Tag.hidden_at.is_(None)
    )
    event = _named("event", Event.id, Event.slug, Event.name).where(Event.slug == filters.event, event_is_public())
    rows = (await reader.execute(union_all(tag, event) if filters.event else tag)).all()
    names = {facet: {row.slug: row.name for row in rows if row.facet == facet} for facet in ("tag", "event")}
    slugs = {str(row.id): row.slug for row in rows if row.facet == "tag"}
    tags = {slugs[number]: count for number, count in facets["tag"].items() if number in slugs}
    names["tag"] = {slug: names["tag"][slug] for slug in [*tags, *names["tag"]]}  # the commonest first
    return ProjectListing(total, {**facets, "tag": tags}, names, counted_at)


def _on_the_ladder(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts by stage with those of stages that left the handbook where such projects are shown."""
    found: dict[str, int] = {}
    for stage, count in counts.items():
        key = ladder().stage_of(stage).key
        found[key] = found.get(key, 0) + count
    return found


def _besides(names: Names, facet: str) -> Names:
    return names - ({"stage", FIRST_STAGE} if facet == "stage" else {facet})


# Statements are kept by which filters are in force, so that SQLAlchemy's own cache finds them without a walk.


@lru_cache(maxsize=256)
def _sizes_statement(each: tuple[Names, ...]) -> Select[*tuple[Any, ...]]:
    return select(*(counted(gathered_projects(select(Project.id), names)) for names in each))


@lru_cache(maxsize=256)
def _facets_statement(names: Names, facets: Names, spoken: tuple[str, ...]) -> CompoundSelect[Any]:
    everything = select(
        Project.id, Project.stage_key.label("stage"), STANDING_TODAY.label("standing"),
        Project.code_licence.label("licence"),
        case((Project.has_repository, "yes"), else_="no").label("has_repository"),
        *(speaks(literal(tag, JSON.JSONStrIndexType())).label(tag) for tag in spoken),
    )
    sources = {
        besides: gathered_projects(everything, besides).cte(f"found_{number}")
        for number, besides in enumerate(sorted({_besides(names, facet) for facet in facets}, key=sorted))
    }
    parts: list[AnySelect] = []
    for facet in sorted(facets):
        parts += _parts(facet, sources[_besides(names, facet)], spoken)
    return union_all(*parts)


def _parts(facet: str, projects: FromClause, spoken: Iterable[str]) -> list[AnySelect]:
    """The choices of a facet that some of these projects have, the commonest where there may be many."""
    if facet == "language":
        return [_counted(facet, literal(tag), func.count()).where(projects.c[tag]) for tag in spoken]
    of_its_own = {TOTAL: _total, "need": _needs, "tag": _tags, "licence": _licences, "year": _years}
    return [of_its_own[facet](projects) if facet in of_its_own else _grouped(facet, projects.c[facet])]


def _counted(facet: str, value: ColumnElement[Any], count: ColumnElement[int]) -> AnySelect:
    return select(literal(facet).label("facet"), cast(value, String).label("value"), count.label("count"))


def _grouped(facet: str, column: ColumnElement[Any]) -> AnySelect:
    return _counted(facet, column, func.count()).where(column.is_not(None)).group_by(column)


def _most(choices: AnySelect, number: int) -> AnySelect:
    return choices.order_by(desc("count")).limit(number).subquery().select()


def _total(projects: FromClause) -> AnySelect:
    return _counted(TOTAL, literal(""), func.count(projects.c.id))


def _licences(projects: FromClause) -> AnySelect:
    return _most(_grouped("licence", projects.c.licence), LICENCES_OFFERED)


def _needs(projects: FromClause) -> AnySelect:
    # Among, not joined with: SQLite would go through the needs of all and look for the projects.
    return _most((
        _grouped("need", Need.__table__.c.key)
        .where(Need.project_id.in_(select(projects.c.id)), Need.state == NeedState.OPEN)
    ), NEEDS_OFFERED)


def _tags(projects: FromClause) -> AnySelect:
    return _most((
        _grouped("tag", ProjectTag.__table__.c.tag_id).where(
            ProjectTag.project_id.in_(select(projects.c.id)),
            # By those that are not: SQLite would look for each topic at each project.
            ProjectTag.tag_id.not_in(select(Tag.id).where(Tag.hidden_at.is_not(None))),
        )
    ), TAGS_OFFERED)


def _years(projects: FromClause) -> AnySelect:
    year = extract("year", pitched_on())
    return (
        _counted("year", year, func.count(Proposal.project_id.distinct()))
        .select_from(Proposal).outerjoin(Event, Event.id == Proposal.event_id)
        .where(
            Proposal.project_id.in_(select(projects.c.id)),
            Proposal.state == ProposalState.SUBMITTED, Proposal.hidden_at.is_(None),
            or_(Proposal.event_id.is_(None), event_is_public()),
        )
        .group_by(year).order_by(year.desc()).subquery().select()
    )


def _named(facet: str, number: Any, slug: Any, name: Any) -> AnySelect:
    return select(literal(facet).label("facet"), number.label("id"), slug.label("slug"), name.label("name"))
