"""Pairs of records that may be one, each record with what tells them apart."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, func, or_, select

from registry.activity.models import DuplicateCandidate
from registry.activity.rules import CandidateState, Subject
from registry.database.aggregate import AnySelect, json_rows
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.duplicates.rules import CandidateList
from registry.events.models import Event
from registry.people.models import Membership, Person
from registry.projects.models import Link, Project
from registry.proposals.models import Credit, Proposal

ROWS_COMPARED = 12
COLLECTIONS = {Subject.PROJECT: "projects", Subject.PERSON: "people", Subject.EVENT: "events"}
_STATES = {
    CandidateList.OPEN: (CandidateState.OPEN,), CandidateList.UNSURE: (CandidateState.UNSURE,),
    CandidateList.DECIDED: (CandidateState.SAME, CandidateState.DIFFERENT),
}


class ComparedPitch(msgspec.Struct, frozen=True):
    """A pitch of one of the two."""

    slug: str
    title: Localized
    event_name: Localized
    starts_on: date


class ComparedLink(msgspec.Struct, frozen=True):
    """A link of one of the two."""

    url: str
    label: str | None


class ComparedPart(msgspec.Struct, frozen=True):
    """A person of a project, or a project of a person."""

    slug: str
    name: Localized | str


class ComparedRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two with what helps to tell; ``parts`` are people of a project, or projects of a person."""

    id: int
    slug: str
    name: Localized | str
    summary: Localized
    hidden_reason: str | None
    pitches: list[ComparedPitch]
    day: date | None = None
    pitch_count: int | None = None
    links: Sequence[ComparedLink] = ()
    parts: Sequence[ComparedPart] = ()


class Pair(msgspec.Struct, frozen=True):
    """Two records that may be one; a record is none when it is gone."""

    id: int
    subject: Subject
    signs: list[str]
    likeness: float
    state: CandidateState
    decided_at: datetime | None
    left: ComparedRecord | None
    right: ComparedRecord | None

    @property
    def collection(self) -> str:
        """Where the pages of their kind live."""
        return COLLECTIONS[self.subject]


async def count_pairs(reader: Reader) -> dict[CandidateList, int]:
    """How many pairs are on each list (one statement)."""
    rows = await reader.execute(
        select(DuplicateCandidate.state, func.count()).group_by(DuplicateCandidate.state)
    )
    counts: dict[CandidateState, int] = dict(rows.all())
    return {which: sum(counts.get(state, 0) for state in states) for which, states in _STATES.items()}


async def pairs_on(reader: Reader, which: CandidateList, *, offset: int, limit: int) -> list[Pair]:
    """A page of pairs, the likeliest first, those decided by when (four statements)."""
    order: Any = DuplicateCandidate.decided_at if which is CandidateList.DECIDED else DuplicateCandidate.likeness
    return await _pairs(
        reader,
        select(DuplicateCandidate.__table__).where(DuplicateCandidate.state.in_(_STATES[which]))
        .order_by(order.desc(), DuplicateCandidate.id).offset(offset).limit(limit),
    )


async def pair_numbered(reader: Reader, candidate_id: int) -> Pair | None:
    """One pair (four statements)."""
    found = await _pairs(
        reader, select(DuplicateCandidate.__table__).where(DuplicateCandidate.id == candidate_id)
    )
    return found[0] if found else None


async def records_named(reader: Reader, subject: Subject, slugs: Collection[str]) -> dict[str, int]:
    """The row numbers of the records of a kind with these slugs, also of hidden ones (one statement)."""
    model, _compared = _COMPARED[subject]
    rows = await reader.execute(select(model.slug, model.id).where(model.slug.in_(slugs)))
    return dict(rows.all())


async def _pairs(reader: Reader, asked: Any) -> list[Pair]:
    rows = (await reader.execute(asked)).all()
    records: dict[tuple[Subject, int], ComparedRecord] = {}
    for subject, (model, statement) in _COMPARED.items():
        ids = {number for row in rows if row.subject is subject for number in (row.left_id, row.right_id)}
        for found in (await reader.execute(statement.where(model.id.in_(ids)))).mappings():
            records[subject, found["id"]] = ComparedRecord(**found)
    return [
        Pair(
            row.id, row.subject, row.signs, row.likeness, row.state, row.decided_at,
            records.get((row.subject, row.left_id)), records.get((row.subject, row.right_id)),
        )
        for row in rows
    ]


def _pitches(model: type[Any], condition: ColumnElement[bool]) -> Any:
    return json_rows(
        select(Proposal.slug, Proposal.title, Event.name.label("event_name"), Event.starts_on)
        .join(Event, Event.id == Proposal.event_id).where(condition)
        .order_by(Event.starts_at.desc(), Proposal.id.desc()).limit(ROWS_COMPARED).correlate(model), ComparedPitch,
    ).label("pitches")


def _projects() -> AnySelect:
    links = select(Link.url, Link.label).where(Link.project_id == Project.id).order_by(Link.id).limit(ROWS_COMPARED)
    of_project = (
        select(Membership.person_id).where(Membership.project_id == Project.id).correlate(Project),
        select(Credit.person_id).join(Proposal, Proposal.id == Credit.proposal_id)
        .where(Proposal.project_id == Project.id).correlate(Project),
    )
    people = (
        select(Person.slug, Person.display_name.label("name"))
        .where(or_(*(Person.id.in_(ids) for ids in of_project))).order_by(Person.id).limit(ROWS_COMPARED)
    )
    return select(
        Project.id, Project.slug, Project.name, Project.summary, Project.hidden_reason,
        Project.last_active_on.label("day"), Project.pitch_count,
        _pitches(Project, Proposal.project_id == Project.id),
        json_rows(links.correlate(Project), ComparedLink).label("links"),
        json_rows(people.correlate(Project), ComparedPart).label("parts"),
    )


def _people() -> AnySelect:
    credited = select(Credit.proposal_id).where(Credit.person_id == Person.id).correlate(Person)
    of_person = (
        select(Membership.project_id).where(Membership.person_id == Person.id).correlate(Person),
        select(Proposal.project_id).join(Credit, Credit.proposal_id == Proposal.id)
        .where(Credit.person_id == Person.id).correlate(Person),
    )
    projects = (
        select(Project.slug, Project.name).where(or_(*(Project.id.in_(ids) for ids in of_person)))
        .order_by(Project.id).limit(ROWS_COMPARED)
    )
    return select(
        Person.id, Person.slug, Person.display_name.label("name"), Person.bio.label("summary"), Person.hidden_reason,
        _pitches(Person, Proposal.id.in_(credited)),
        json_rows(projects.correlate(Person), ComparedPart).label("parts"),
    )


def _events() -> AnySelect:
    return select(
        Event.id, Event.slug, Event.name, Event.subtitle.label("summary"), Event.hidden_reason,
        Event.starts_on.label("day"),
        json_rows(
            select(Proposal.slug, Proposal.title, Event.name.label("event_name"), Event.starts_on)
            .where(Proposal.event_id == Event.id).order_by(Proposal.id).limit(ROWS_COMPARED).correlate(Event),
            ComparedPitch,
        ).label("pitches"),
    )


_COMPARED: Mapping[Subject, tuple[type[Any], AnySelect]] = {
    Subject.PROJECT: (Project, _projects()), Subject.PERSON: (Person, _people()), Subject.EVENT: (Event, _events()),
}
