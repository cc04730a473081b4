"""The list of projects: what its filters mean, its cards, and the counts beside each choice."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    CompoundSelect,
    Date,
    FromClause,
    String,
    case,
    cast,
    desc,
    extract,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy import bindparam as given

from registry.activity.rules import Subject
from registry.database.aggregate import AnySelect, json_rows
from registry.database.engine import Reader
from registry.database.types import Localized, type_json
from registry.events.models import Event
from registry.events.visibility import event_is_public
from registry.handbook import ladder, need_words, standing_words
from registry.projects.filters import ProjectFilters
from registry.projects.models import Need, Project, ProjectTag, Tag
from registry.projects.rules import NeedState, ProjectOrder, Standing
from registry.proposals.models import Proposal
from registry.proposals.rules import ProposalState
from registry.proposals.visibility import pitched_on, proposal_is_public
from registry.search.queries import full_text, holds

TAGS_OFFERED = 16
NEEDS_OFFERED = 12
LICENCES_OFFERED = 10
TAGS_ON_A_CARD = 4

Parameters = dict[str, Any]


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


class FacetCount(msgspec.Struct, frozen=True):
    """How many projects a choice would find; ``label`` where the value does not name itself."""

    value: str
    label: Localized | None
    count: int


class ProjectListing(msgspec.Struct, frozen=True):
    """How many projects match, and each facet's choices with their counts.

    Beside the facets of the same name, ``tag_name`` and ``event_name`` hold the name of the one asked for, if any.
    """

    total: int
    facets: Mapping[str, list[FacetCount]]


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
        Project.slug, Project.name, Project.summary, Project.stage_key, _STANDING_TODAY, Project.pitch_count,
        Project.last_active_on, json_rows(needs, CardNeed).label("needs"), json_rows(tags, TagName).label("tags"),
    )


async def filter_parameters(reader: Reader, filters: ProjectFilters, *, quiet_before: date) -> Parameters:
    """What the statements of a list are run with. No statement, but with a free text one."""
    return {
        **filters.parameters(quiet_before=quiet_before), "text": await full_text(reader, Subject.PROJECT, filters.q),
    }


async def project_cards(
    reader: Reader, filters: ProjectFilters, parameters: Parameters, *, size: int, offset: int
) -> list[ProjectCard]:
    """The projects of one page of the list (one statement)."""
    statement = _cards_statement(frozenset(filters.chosen()), filters.order)
    rows = await reader.execute(statement, {**parameters, "size": size, "offset": offset})
    return [ProjectCard(*row) for row in rows]


async def project_card(reader: Reader, slug: str, *, quiet_before: date) -> ProjectCard | None:
    """The card of the public project at an address (one statement)."""
    row = (await reader.execute(
        select(*card_columns()).where(Project.slug == slug, Project.hidden_at.is_(None)),
        {"quiet_before": quiet_before},
    )).one_or_none()
    return ProjectCard(*row) if row else None


async def project_listing(
    reader: Reader, filters: ProjectFilters, parameters: Parameters, *, languages: tuple[str, ...]
) -> ProjectListing:
    """How many projects match and how many each further choice would leave (one statement).

    A facet's counts are given all the other filters: a choice may be exchanged for another of its own facet.
    """
    statement = _facets_statement(frozenset(filters.chosen()), languages)
    facets: dict[str, list[FacetCount]] = {}
    for facet, value, label, count in await reader.execute(statement, parameters):
        facets.setdefault(facet, []).append(FacetCount(value, label, count))
    facets["stage"] = _on_the_ladder(facets.get("stage", []))
    return ProjectListing(total=facets.pop("total")[0].count, facets=facets)


async def count_projects(reader: Reader, filters: ProjectFilters, parameters: Parameters) -> int:
    """How many projects match (one statement)."""
    return await reader.scalar(_count_statement(frozenset(filters.chosen())), parameters) or 0


def _on_the_ladder(counts: Iterable[FacetCount]) -> list[FacetCount]:
    """Counts by stage with those of stages that left the handbook where such projects are shown."""
    found: dict[str, int] = {}
    for one in counts:
        key = ladder().stage_of(one.value).key
        found[key] = found.get(key, 0) + one.count
    return [FacetCount(key, None, count) for key, count in found.items()]


def matching_projects(query: AnySelect, names: Iterable[str]) -> AnySelect:
    """Bind a select from projects to the public ones that match the filters with these names.

    It is run with what ``filter_parameters`` gives.
    """
    return query.where(Project.hidden_at.is_(None), *(_CONDITIONS[name] for name in names))


_STANDING_TODAY = case(
    ((Project.standing == Standing.ACTIVE) & (Project.last_active_on < given("quiet_before", type_=Date)),
     Standing.DORMANT.value),
    else_=cast(Project.standing, String),
)
_LANGUAGE = given("language", type_=JSON.JSONStrIndexType())


def _speaks(language: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(Project.name[language].as_string().is_not(None), Project.summary[language].as_string().is_not(None))


def _pitched_projects() -> AnySelect:
    return (
        select(Proposal.project_id).outerjoin(Event, Event.id == Proposal.event_id)
        .join(Project, Project.id == Proposal.project_id).where(proposal_is_public())
    )


_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "q": holds(Project.id, given("text", type_=String)),
    "stage": or_(
        Project.stage_key == given("stage"),
        given("is_first_stage", type_=Boolean) & Project.stage_key.not_in(given("later_stages", expanding=True)),
    ),
    "need": Project.id.in_(
        select(Need.project_id).where(Need.key == given("need"), Need.state == NeedState.OPEN)
    ),
    "tag": Project.id.in_(
        select(ProjectTag.project_id).join(Tag, Tag.id == ProjectTag.tag_id)
        .where(Tag.slug == given("tag"), Tag.hidden_at.is_(None))
    ),
    "standing": given("standing") == _STANDING_TODAY,
    "year": Project.id.in_(_pitched_projects().where(
        Event.starts_on.between(given("year_starts", type_=Date), given("year_ends", type_=Date))
    )),
    "event": Project.id.in_(_pitched_projects().where(Event.slug == given("event"))),
    "licence": Project.code_licence == given("licence"),
    "language": _speaks(_LANGUAGE),
    "has_repository": Project.has_repository == given("has_repository", type_=Boolean),
}
_ORDERS = {
    ProjectOrder.ACTIVE: (Project.last_active_on.desc().nulls_last(), Project.id.desc()),
    ProjectOrder.NEWEST: (Project.first_pitched_on.desc().nulls_last(), Project.id.desc()),
    ProjectOrder.NAME: (Project.sort_name, Project.id),
    ProjectOrder.PITCHED: (Project.pitch_count.desc(), Project.id.desc()),
}


# Statements are kept by which filters are in force, so that SQLAlchemy's own cache finds them without a walk.


@lru_cache(maxsize=256)
def _cards_statement(names: frozenset[str], order: ProjectOrder) -> AnySelect:
    query = matching_projects(select(*card_columns()), names)
    return query.order_by(*_ORDERS[order]).limit(given("size")).offset(given("offset"))


@lru_cache(maxsize=256)
def _count_statement(names: frozenset[str]) -> AnySelect:
    return matching_projects(select(func.count(Project.id)), names)


@lru_cache(maxsize=256)
def _facets_statement(names: frozenset[str], languages: tuple[str, ...]) -> CompoundSelect[Any]:
    everything = select(
        Project.id, Project.stage_key, _STANDING_TODAY.label("standing"), Project.code_licence,
        case((Project.has_repository, "yes"), else_="no").label("has_repository"),
        *(_speaks(literal(tag, JSON.JSONStrIndexType())).label(tag) for tag in languages),
    )
    matched = matching_projects(everything, names).cte("matched")

    def besides(facet: str) -> FromClause:
        """The projects that match all filters but this facet's own."""
        return matching_projects(everything, names - {facet}).cte(f"besides_{facet}") if facet in names else matched

    speaking = besides("language")
    parts = [
        select(
            literal("total").label("facet"), literal("").label("value"), cast(null(), type_json).label("label"),
            func.count(matched.c.id).label("count"),
        ),
        _grouped("stage", besides("stage").c.stage_key),
        _grouped("standing", besides("standing").c.standing),
        _grouped("has_repository", besides("has_repository").c.has_repository),
        _most(_grouped("licence", besides("licence").c.code_licence), LICENCES_OFFERED),
        *(_counted("language", literal(tag), func.count()).where(speaking.c[tag]) for tag in languages),
        _most(_needs(besides("need")), NEEDS_OFFERED),
        _most(_tags(besides("tag")), TAGS_OFFERED),
        _years(besides("year")),
    ]
    if "tag" in names:
        parts.append(_named("tag_name", Tag.slug, Tag.name).where(Tag.slug == given("tag"), Tag.hidden_at.is_(None)))
    if "event" in names:
        event = _named("event_name", Event.slug, Event.name)
        parts.append(event.where(Event.slug == given("event"), event_is_public()))
    return union_all(*parts)


def _counted(facet: str, value: ColumnElement[Any], count: ColumnElement[int], label: Any = None) -> AnySelect:
    return select(
        literal(facet), cast(value, String), cast(null(), type_json) if label is None else label, count.label("count")
    )


def _grouped(facet: str, column: ColumnElement[Any]) -> AnySelect:
    return _counted(facet, column, func.count()).where(column.is_not(None)).group_by(column)


def _most(choices: AnySelect, number: int) -> AnySelect:
    return choices.order_by(desc("count")).limit(number).subquery().select()


def _needs(projects: FromClause) -> AnySelect:
    return (
        _grouped("need", Need.__table__.c.key).join(projects, projects.c.id == Need.project_id)
        .where(Need.state == NeedState.OPEN)
    )


def _tags(projects: FromClause) -> AnySelect:
    uses = (
        select(ProjectTag.tag_id, func.count().label("uses")).join(projects, projects.c.id == ProjectTag.project_id)
        .group_by(ProjectTag.tag_id).subquery()
    )
    return (
        _counted("tag", Tag.__table__.c.slug, uses.c.uses, Tag.name).join(uses, uses.c.tag_id == Tag.id)
        .where(Tag.hidden_at.is_(None))
    )


def _years(projects: FromClause) -> AnySelect:
    year = extract("year", pitched_on())
    return (
        _counted("year", year, func.count(projects.c.id.distinct()))
        .join(Proposal, Proposal.project_id == projects.c.id).outerjoin(Event, Event.id == Proposal.event_id)
        .where(
            Proposal.state == ProposalState.SUBMITTED, Proposal.hidden_at.is_(None),
            or_(Proposal.event_id.is_(None), event_is_public()),
        )
        .group_by(year).order_by(year.desc()).subquery().select()
    )


def _named(facet: str, slug: Any, name: Any) -> AnySelect:
    return _counted(facet, slug, literal(0), name)
