"""What of each kind of record can be found, and by which words. Drafts and hidden records give nothing."""

import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence, Sized
from dataclasses import dataclass
from datetime import date
from html import unescape
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from registry import handbook
from registry.activity.rules import Subject
from registry.cases.models import CaseStudy, CaseVersion
from registry.cases.visibility import case_is_public
from registry.database.mixins import Numbered
from registry.database.types import Localized
from registry.events.models import Event
from registry.events.visibility import event_is_public
from registry.handbook.chapters import chapters
from registry.people.models import Person
from registry.projects.models import Need, Project, ProjectAlias, ProjectTag, Tag, Update
from registry.projects.rules import NeedState
from registry.proposals.models import Proposal
from registry.proposals.visibility import pitched_on, proposal_is_public

UNTOLD = "und"
"""The tag of a text whose language is not known (BCP 47)."""
_FIRST_YEAR = 2000
_MARKUP = re.compile(r"<[^>]*>")
_TABLES: Mapping[Subject, type[Numbered]] = {
    Subject.PROJECT: Project, Subject.EVENT: Event, Subject.PROPOSAL: Proposal, Subject.PERSON: Person,
    Subject.TAG: Tag, Subject.CASE: CaseStudy,
}
_HANDBOOK: Mapping[Subject, Callable[[], Sized]] = {Subject.NEED: handbook.needs, Subject.CHAPTER: chapters}


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A public record in the words it is found by; ``other_names`` count like the title but are not shown.

    ``strength`` (0 to 99) orders records of one kind that match equally well.
    """

    subject_id: int
    slug: str
    title: Localized
    other_names: Sequence[str] = ()
    texts: Sequence[Localized | str | None] = ()
    dated_on: date | None = None
    strength: int = 0


async def documents_of(session: AsyncSession, subject: Subject, ids: Collection[int]) -> list[Document]:
    """Read the public records of a kind among ``ids`` (one statement, five for projects, none for the handbook's)."""
    return await _READERS[subject](session, ids)


async def ids_of(session: AsyncSession, subject: Subject) -> list[int]:
    """Every row number of a kind, public or not; a need's or a chapter's is its place in the handbook."""
    if subject in _HANDBOOK:
        return list(range(len(_HANDBOOK[subject]())))
    return list((await session.execute(select(_TABLES[subject].id).order_by(_TABLES[subject].id))).scalars())


async def dependents_of(
    session: AsyncSession, subject: Subject, ids: Collection[int]
) -> list[tuple[Subject, list[int]]]:
    """Kinds and row numbers of the records that are found, or not, by what these records say (a statement a kind)."""
    return [
        (kind, list((await session.execute(select(dependent).where(parent.in_(ids)).distinct())).scalars()))
        for kind, dependent, parent in _DEPENDENTS.get(subject, ())
    ]


async def _events(session: AsyncSession, ids: Collection[int]) -> list[Document]:
    rows = await session.execute(
        select(
            Event.id, Event.slug, Event.number, Event.name, Event.subtitle, Event.description_html, Event.place,
            Event.starts_on,
        ).where(Event.id.in_(ids), event_is_public())
    )
    return [
        Document(
            subject_id=row.id, slug=row.slug, title=row.name, dated_on=row.starts_on,
            other_names=() if row.number is None else (str(row.number),),
            texts=(row.subtitle, _without_markup(row.description_html), row.place),
            strength=_recency(row.starts_on),
        )
        for row in rows
    ]


async def _projects(session: AsyncSession, ids: Collection[int]) -> list[Document]:
    rows = await session.execute(
        select(
            Project.id, Project.slug, Project.name, Project.summary, Project.description_html,
            Project.last_active_on, Project.pitch_count,
        ).where(Project.id.in_(ids), Project.hidden_at.is_(None))
    )
    aliases = await _children(
        session, select(ProjectAlias.project_id, ProjectAlias.name).where(ProjectAlias.project_id.in_(ids))
    )
    needs = await _children(
        session,
        select(Need.project_id, Need.line).where(Need.project_id.in_(ids), Need.state != NeedState.CLOSED)
        .order_by(Need.id),
    )
    updates = await _children(
        session,
        select(Update.project_id, Update.text)
        .where(Update.project_id.in_(ids), Update.hidden_at.is_(None)).order_by(Update.id),
    )
    tags = await _children(
        session,
        select(ProjectTag.project_id, Tag.name)
        .join(Tag, Tag.id == ProjectTag.tag_id)
        .where(ProjectTag.project_id.in_(ids), Tag.hidden_at.is_(None)),
    )
    return [
        Document(
            subject_id=row.id, slug=row.slug, title=row.name, other_names=aliases[row.id],
            texts=(row.summary, _without_markup(row.description_html), *needs[row.id], *tags[row.id], *updates[row.id]),
            dated_on=row.last_active_on, strength=row.pitch_count,
        )
        for row in rows
    ]


async def _proposals(session: AsyncSession, ids: Collection[int]) -> list[Document]:
    rows = await session.execute(
        select(
            Proposal.id, Proposal.slug, Proposal.title, Proposal.summary, Proposal.why, Proposal.who, Proposal.how,
            Proposal.difficulties, Proposal.needs_text, Proposal.data_sources, Proposal.notes, Proposal.result,
            pitched_on().label("day"),
        )
        .outerjoin(Event, Event.id == Proposal.event_id)
        .join(Project, Project.id == Proposal.project_id)
        .where(Proposal.id.in_(ids), proposal_is_public())
    )
    return [
        Document(
            subject_id=row.id, slug=row.slug, title=row.title, dated_on=row.day,
            texts=(
                row.summary, row.why, row.who, row.how, row.difficulties, row.needs_text, row.data_sources,
                row.notes, row.result,
            ),
            strength=_recency(row.day),
        )
        for row in rows
    ]


async def _people(session: AsyncSession, ids: Collection[int]) -> list[Document]:
    rows = await session.execute(
        select(Person.id, Person.slug, Person.display_name, Person.bio)
        .where(Person.id.in_(ids), Person.is_public, Person.hidden_at.is_(None))
    )
    return [
        Document(subject_id=row.id, slug=row.slug, title={UNTOLD: row.display_name}, texts=(row.bio,))
        for row in rows
    ]


async def _tags(session: AsyncSession, ids: Collection[int]) -> list[Document]:
    rows = await session.execute(
        select(Tag.id, Tag.slug, Tag.name, func.count(Project.id).label("uses"))
        .outerjoin(ProjectTag, ProjectTag.tag_id == Tag.id)
        .outerjoin(Project, (Project.id == ProjectTag.project_id) & Project.hidden_at.is_(None))
        .where(Tag.id.in_(ids), Tag.hidden_at.is_(None))
        .group_by(Tag.id)
    )
    return [Document(subject_id=row.id, slug=row.slug, title=row.name, strength=row.uses) for row in rows]


async def _cases(session: AsyncSession, ids: Collection[int]) -> list[Document]:
    rows = await session.execute(
        select(CaseStudy.id, CaseStudy.slug, CaseStudy.title, CaseStudy.summary, CaseStudy.published_at, Project.name,
               CaseVersion.html)
        .join(Project, Project.id == CaseStudy.project_id)
        .join(CaseVersion, (CaseVersion.case_id == CaseStudy.id) & (CaseVersion.number == CaseStudy.version))
        .where(CaseStudy.id.in_(ids), case_is_public())
    )
    return [
        Document(
            subject_id=row.id, slug=row.slug, title=row.title, other_names=list(row.name.values()),
            texts=(row.summary, *(_without_markup(html) for html in row.html.values())),
            dated_on=row.published_at.date(),
        )
        for row in rows
    ]


async def _needs(_session: AsyncSession, ids: Collection[int]) -> list[Document]:
    return [
        Document(subject_id=place, slug=need.key, title=need.name, other_names=need.synonyms)
        for place, need in enumerate(handbook.needs().values()) if place in ids
    ]


async def _chapters(_session: AsyncSession, ids: Collection[int]) -> list[Document]:
    return [
        Document(
            subject_id=place, slug=chapter.slug, title=chapter.title,
            texts=(chapter.summary, _without_markup(chapter.html)),
        )
        for place, chapter in enumerate(chapters().values()) if place in ids
    ]


async def _children(session: AsyncSession, rows: Select[int, Any]) -> Mapping[int, list[Any]]:
    children: dict[int, list[Any]] = defaultdict(list)
    for parent_id, child in await session.execute(rows):
        children[parent_id].append(child)
    return children


def _without_markup(html: Localized) -> Localized:
    return {language: unescape(_MARKUP.sub(" ", text)) for language, text in html.items()}


def _recency(day: date) -> int:
    return day.year - _FIRST_YEAR


# A proposal is public together with its event and its project, a case study with its project; a project is found
# by its topics.
_DEPENDENTS: Mapping[Subject, Sequence[tuple[Subject, InstrumentedAttribute[int], InstrumentedAttribute[Any]]]] = {
    Subject.EVENT: [(Subject.PROPOSAL, Proposal.id, Proposal.event_id)],
    Subject.PROJECT: [
        (Subject.PROPOSAL, Proposal.id, Proposal.project_id), (Subject.CASE, CaseStudy.id, CaseStudy.project_id),
    ],
    Subject.TAG: [(Subject.PROJECT, ProjectTag.project_id, ProjectTag.tag_id)],
}
_READERS: Mapping[Subject, Callable[[AsyncSession, Collection[int]], Awaitable[list[Document]]]] = {
    Subject.PROJECT: _projects, Subject.EVENT: _events, Subject.TAG: _tags, Subject.NEED: _needs,
    Subject.CASE: _cases, Subject.CHAPTER: _chapters, Subject.PERSON: _people, Subject.PROPOSAL: _proposals,
}
