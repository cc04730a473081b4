"""Which projects the filters of a list find, and in which order."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import JSON, Boolean, ColumnElement, Date, String, and_, case, cast, or_, select
from sqlalchemy import bindparam as given

from registry.activity.rules import Subject
from registry.database.aggregate import AnySelect
from registry.database.engine import Reader
from registry.events.models import Event
from registry.projects.filters import FIRST_STAGE, ProjectFilters
from registry.projects.models import Need, Project, ProjectTag, Tag
from registry.projects.rules import NeedState, ProjectOrder, Standing
from registry.proposals.models import Proposal
from registry.proposals.visibility import proposal_is_public
from registry.search.queries import full_text, hits_of, holds, is_among

Parameters = dict[str, Any]


async def list_parameters(reader: Reader, filters: ProjectFilters, *, quiet_before: date) -> Parameters:
    """What the statements of a list that counts are run with. No statement, but with a free text two."""
    hits = await hits_of(reader, Subject.PROJECT, filters.q)
    return {
        **filters.parameters(quiet_before=quiet_before),
        "hits": hits and hits.numbers, "is_part": hits is not None and hits.has_more,
    }


async def filter_parameters(reader: Reader, filters: ProjectFilters, *, quiet_before: date) -> Parameters:
    """What ``matching_projects`` is run with. No statement, but with a free text one."""
    return {
        **filters.parameters(quiet_before=quiet_before), "text": await full_text(reader, Subject.PROJECT, filters.q),
    }


def matching_projects(query: AnySelect, names: Iterable[str]) -> AnySelect:
    """Bind a select from projects to the public ones that meet the conditions with these names, whatever there are.

    It is run with what ``filter_parameters`` gives. The two below find the same in other ways, but of a free text the
    hits that a list goes through; they are run with what ``list_parameters`` gives.
    """
    return query.where(Project.hidden_at.is_(None), *(_CONDITIONS[name] for name in names))


def gathered_projects(query: AnySelect, names: Iterable[str]) -> AnySelect:
    """For few projects, or as many as are counted: begin with those that have the need or the topic."""
    joined = _JOINS.keys() & names
    found = query.where(
        Project.hidden_at.is_(None), *(_LISTED.get(name, _CONDITIONS[name]) for name in names if name not in joined)
    )
    for name in sorted(joined):
        for table, condition in _JOINS[name]:
            found = found.join(table, condition)
    return found


def met_projects(query: AnySelect, names: Iterable[str]) -> AnySelect:
    """For many projects: go through all in the order that is asked for, and look at each, until enough are met."""
    return query.where(
        Project.hidden_at.is_(None), *(_MET.get(name, _LISTED.get(name, _CONDITIONS[name])) for name in names)
    )


STANDING_TODAY = case(
    ((Project.standing == Standing.ACTIVE) & (Project.last_active_on < given("quiet_before", type_=Date)),
     Standing.DORMANT.value),
    else_=cast(Project.standing, String),
)
_LANGUAGE = given("language", type_=JSON.JSONStrIndexType())


def speaks(language: ColumnElement[Any]) -> ColumnElement[bool]:
    """That a project has a name or a sentence in a language."""
    return or_(Project.name[language].as_string().is_not(None), Project.summary[language].as_string().is_not(None))


def _pitched_projects() -> AnySelect:
    return (
        select(Proposal.project_id).outerjoin(Event, Event.id == Proposal.event_id)
        .join(Project, Project.id == Proposal.project_id).where(proposal_is_public())
    )


_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "q": holds(Project.id, given("text", type_=String)),
    "stage": Project.stage_key == given("stage"),
    FIRST_STAGE: Project.stage_key.not_in(given("later_stages", expanding=True)),
    "need": Project.id.in_(
        select(Need.project_id).where(Need.key == given("need"), Need.state == NeedState.OPEN)
    ),
    "tag": Project.id.in_(
        select(ProjectTag.project_id).join(Tag, Tag.id == ProjectTag.tag_id)
        .where(Tag.slug == given("tag"), Tag.hidden_at.is_(None))
    ),
    "standing": given("standing") == STANDING_TODAY,
    "year": Project.id.in_(_pitched_projects().where(
        Event.starts_on.between(given("year_starts", type_=Date), given("year_ends", type_=Date))
    )),
    "event": Project.id.in_(_pitched_projects().where(Event.slug == given("event"))),
    "licence": Project.code_licence == given("licence"),
    "language": speaks(_LANGUAGE),
    "has_repository": Project.has_repository == given("has_repository", type_=Boolean),
}
_LISTED = {"q": is_among(Project.id, given("hits", type_=String))}
_WANTED = and_(Need.project_id == Project.id, Need.key == given("need"), Need.state == NeedState.OPEN)
_ITS_TAG = ProjectTag.project_id == Project.id
_TAG = and_(Tag.id == ProjectTag.tag_id, Tag.slug == given("tag"), Tag.hidden_at.is_(None))
_JOINS: dict[str, list[tuple[Any, ColumnElement[bool]]]] = {
    "need": [(Need, _WANTED)], "tag": [(ProjectTag, _ITS_TAG), (Tag, _TAG)],
}
# The offset keeps PostgreSQL from making a join of it, which begins with all that have the need or the topic.
_MET = {
    "need": select(Need.id).where(_WANTED).offset(0).correlate(Project).exists(),
    "tag": select(Tag.id).join(ProjectTag, _TAG).where(_ITS_TAG).offset(0).correlate(Project).exists(),
}
ORDERS = {
    ProjectOrder.ACTIVE: (Project.last_active_on.desc().nulls_last(), Project.id.desc()),
    ProjectOrder.NEWEST: (Project.first_pitched_on.desc().nulls_last(), Project.id.desc()),
    ProjectOrder.NAME: (Project.sort_name, Project.id),
    ProjectOrder.PITCHED: (Project.pitch_count.desc(), Project.id.desc()),
}
