"""The records that can be hidden, whichever their kind: found by address, named by row number."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, String, and_, literal, null, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased

from registry.activity.rules import Subject
from registry.cases.models import CaseStudy
from registry.database.engine import Reader
from registry.database.types import Localized, type_json
from registry.events.models import Event
from registry.events.rules import EventState
from registry.events.visibility import event_is_public
from registry.moderation.rules import address_of
from registry.people.models import Person
from registry.projects.models import Project, Tag
from registry.proposals.models import Proposal
from registry.proposals.rules import ProposalState

Hidden = type[Project] | type[Proposal] | type[Person] | type[Event] | type[Tag] | type[CaseStudy]
TABLES: dict[Subject, Hidden] = {
    Subject.PROJECT: Project, Subject.PROPOSAL: Proposal, Subject.PERSON: Person, Subject.EVENT: Event,
    Subject.TAG: Tag, Subject.CASE: CaseStudy,
}
_TEXTS: dict[Subject, tuple[InstrumentedAttribute[Localized], ...]] = {
    Subject.PROJECT: (Project.summary, Project.description),
    Subject.PROPOSAL: (Proposal.summary, Proposal.why, Proposal.how),
    Subject.PERSON: (Person.bio,), Subject.EVENT: (Event.subtitle, Event.description), Subject.TAG: (),
    Subject.CASE: (CaseStudy.summary,),
}


class RecordName(msgspec.Struct, frozen=True):
    """A record of any kind, named and found."""

    subject: Subject
    id: int
    slug: str
    name: Localized | str
    is_hidden: bool

    @property
    def path(self) -> str:
        """The path of its page."""
        return address_of(self.subject, self.slug)


class RecordLook(msgspec.Struct, frozen=True):
    """A record of any kind with its main texts and, when it is hidden, since when and why.

    ``is_shown`` says whether the public sees it: neither it nor what it is a part of is hidden.
    """

    subject: Subject
    id: int
    slug: str
    name: Localized | str
    hidden_at: datetime | None
    hidden_reason: str | None
    is_shown: bool
    texts: list[Localized]

    @property
    def path(self) -> str:
        """The path of its page."""
        return address_of(self.subject, self.slug)


async def record_at(reader: Reader, subject: Subject, slug: str) -> RecordLook | None:
    """The record of a kind with a slug, hidden or not; of drafts and of people who withdrew, nothing (one query)."""
    table = TABLES[subject]
    row = (await reader.execute(
        select(
            table.id, table.slug, _name(subject), table.hidden_at, table.hidden_reason, _is_shown(subject),
            *_TEXTS[subject],
        )
        .where(table.slug == slug, *_is_no_draft(subject))
    )).one_or_none()
    if row is None:
        return None
    row_number, found_slug, name, hidden_at, hidden_reason, is_shown, *texts = row
    return RecordLook(
        subject, row_number, found_slug, name, hidden_at, hidden_reason, bool(is_shown), [one for one in texts if one]
    )


async def record_names(
    reader: Reader, wanted: Iterable[tuple[Subject, int]]
) -> dict[tuple[Subject, int], RecordName]:
    """The records with these row numbers, hidden or not (one statement; none when nothing is asked for)."""
    by_subject: dict[Subject, set[int]] = {}
    for subject, row_number in wanted:
        if subject in TABLES:
            by_subject.setdefault(subject, set()).add(row_number)
    if not by_subject:
        return {}
    rows = await reader.execute(union_all(*(_named(subject, ids) for subject, ids in by_subject.items())))
    return {
        (Subject(subject), row_number): RecordName(Subject(subject), row_number, slug, name or line, bool(is_hidden))
        for subject, row_number, slug, name, line, is_hidden in rows
    }


def _named(subject: Subject, ids: Collection[int]) -> Select[Any]:
    table = TABLES[subject]
    is_person = subject is Subject.PERSON
    name = null().cast(type_json) if is_person else _name(subject)
    line = _name(subject) if is_person else null().cast(String)
    return select(
        literal(subject.value).label("subject"), table.id.label("id"), table.slug.label("slug"), name.label("name"),
        line.label("line"), table.hidden_at.is_not(None).label("is_hidden"),
    ).where(table.id.in_(ids))


def _name(subject: Subject) -> Any:
    table = TABLES[subject]
    if subject is Subject.PERSON:
        return Person.display_name
    titled = {Subject.PROPOSAL: Proposal.title, Subject.CASE: CaseStudy.title}
    return titled.get(subject) or table.name  # type: ignore[union-attr]


def _is_shown(subject: Subject) -> ColumnElement[bool]:
    if subject is Subject.CASE:
        of_shown_project = select(Project.id).where(Project.id == CaseStudy.project_id, Project.hidden_at.is_(None))
        return and_(CaseStudy.hidden_at.is_(None), of_shown_project.correlate(CaseStudy).exists())
    if subject is not Subject.PROPOSAL:
        return TABLES[subject].hidden_at.is_(None)
    whole = aliased(Proposal)
    return (
        select(whole.id).outerjoin(Event, Event.id == whole.event_id).join(Project, Project.id == whole.project_id)
        .where(
            whole.id == Proposal.id, Proposal.hidden_at.is_(None), Project.hidden_at.is_(None),
            or_(whole.event_id.is_(None), event_is_public()),
        )
        .correlate(Proposal).exists()
    )


def _is_no_draft(subject: Subject) -> list[ColumnElement[bool]]:
    conditions: dict[Subject, list[ColumnElement[bool]]] = {
        Subject.PROPOSAL: [Proposal.state == ProposalState.SUBMITTED], Subject.EVENT: [Event.state != EventState.DRAFT],
        Subject.PERSON: [Person.is_public.is_(True)], Subject.CASE: [CaseStudy.version.is_not(None)],
    }
    return conditions.get(subject, [])
