"""What is new, as everyone may see it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, func, literal, select, true

from registry.cases.models import CaseStudy
from registry.cases.visibility import case_is_public
from registry.database.aggregate import AnySelect
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.events.models import Event
from registry.events.visibility import event_is_public
from registry.people.models import Person
from registry.people.visibility import person_is_public
from registry.projects.models import Need, Project, ProjectTag, Update
from registry.projects.rules import NeedState
from registry.proposals.models import Proposal
from registry.proposals.queries import public_proposals

ENTRIES = 50
FEW_PROJECTS = 1_000


class NewsKind(StrEnum):
    """What there is news of."""

    UPDATE = "update"
    PITCH = "pitch"
    NEED = "need"
    CASE = "case"
    EVENT = "event"


class NewsRow(msgspec.Struct, frozen=True):
    """One piece of news: ``name`` is the record's, ``words`` are plain unless it is an update, whose are HTML."""

    kind: NewsKind
    id: int
    slug: str
    at: datetime
    name: Localized
    words: Localized
    key: str | None
    author: str | None


Scope = Mapping[NewsKind, ColumnElement[bool]]
"""Of which kinds there is news, and which of each."""


def everything() -> Scope:
    """All news."""
    return dict.fromkeys(NewsKind, true())


def of_event(slug: str) -> Scope:
    """What is pitched at an event."""
    return {NewsKind.PITCH: Event.slug == slug}


def of_project(slug: str) -> Scope:
    """What a project tells, pitches, looks for and became."""
    here = Project.slug == slug
    return {kind: here for kind in NewsKind if kind is not NewsKind.EVENT}


async def of_tag(reader: Reader, tag_id: int) -> Scope:
    """The same of the projects of a public topic (one statement).

    News of few projects are found from them. Those of many are met soon on the way from the newest.
    """
    projects = select(ProjectTag.project_id).where(ProjectTag.tag_id == tag_id)
    count = await reader.scalar(select(func.count()).select_from(projects.limit(FEW_PROJECTS + 1).subquery())) or 0
    is_one = projects.where(ProjectTag.project_id == Project.id).correlate(Project).exists()
    here = Project.id.in_(projects) if count <= FEW_PROJECTS else is_one
    return {kind: here for kind in NewsKind if kind is not NewsKind.EVENT}


def of_need(key: str) -> Scope:
    """Who looks for a role."""
    return {NewsKind.NEED: Need.key == key}


async def latest_news(reader: Reader, scope: Scope) -> list[NewsRow]:
    """The latest public news of a scope, the newest first (one statement for each of its kinds)."""
    news = [
        NewsRow(kind, *row)
        for kind, condition in scope.items()
        for row in await reader.execute(_SOURCES[kind].where(condition).limit(ENTRIES))
    ]
    return sorted(news, key=lambda one: (one.at, one.kind, one.id), reverse=True)[:ENTRIES]


def _of_projects(*columns: Any) -> Select[*tuple[Any, ...]]:
    return select(*columns).join(Project, Project.id == columns[0].class_.project_id)


_NO_KEY, _NO_AUTHOR = literal(None).label("key"), literal(None).label("author")
_SOURCES: Mapping[NewsKind, AnySelect] = {
    NewsKind.UPDATE: _of_projects(
        Update.id, Project.slug, Update.posted_at, Project.name, Update.text_html, _NO_KEY, Person.display_name,
    ).outerjoin(Person, (Person.id == Update.author_id) & person_is_public())
    .where(Update.hidden_at.is_(None), Project.hidden_at.is_(None)).order_by(Update.id.desc()),
    NewsKind.PITCH: public_proposals(
        Proposal.id, Proposal.slug, Proposal.created_at, Proposal.title, Proposal.summary, _NO_KEY, _NO_AUTHOR,
    ).order_by(Proposal.id.desc()),
    NewsKind.NEED: _of_projects(
        Need.id, Project.slug, Need.created_at, Project.name, Need.line, Need.key, _NO_AUTHOR,
    ).where(Need.state == NeedState.OPEN, Project.hidden_at.is_(None)).order_by(Need.id.desc()),
    NewsKind.CASE: _of_projects(
        CaseStudy.id, CaseStudy.slug, CaseStudy.published_at, CaseStudy.title, CaseStudy.summary, _NO_KEY, _NO_AUTHOR,
    ).where(case_is_public()).order_by(CaseStudy.id.desc()),
    NewsKind.EVENT: select(
        Event.id, Event.slug, Event.created_at, Event.name, Event.subtitle, _NO_KEY, _NO_AUTHOR,
    ).where(event_is_public()).order_by(Event.id.desc()),
}
"""The newest first by row number, which is the order in which they came and is indexed."""
