"""What an organiser decides about: records that may be one."""

import msgspec
from sqlalchemy import func, select

from registry.activity.models import DuplicateCandidate
from registry.activity.rules import CandidateState, Subject
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.events.models import Event
from registry.people.models import Person
from registry.projects.models import Project


class NamedRecord(msgspec.Struct, frozen=True):
    """A record by its address and its name in each language; a person's name has none."""

    slug: str
    name: Localized


class CandidateRow(msgspec.Struct, frozen=True):
    """Two records that may be one, with the signs that say so."""

    id: int
    subject: Subject
    left: NamedRecord
    right: NamedRecord
    signs: list[str]
    likeness: float


async def count_open_candidates(reader: Reader) -> int:
    """How many pairs wait for a decision (one statement)."""
    waiting = select(func.count()).where(DuplicateCandidate.state == CandidateState.OPEN)
    return await reader.scalar(waiting) or 0


async def open_candidates(reader: Reader, *, limit: int, offset: int = 0) -> list[CandidateRow]:
    """Pairs that wait for a decision, the likeliest first, without those whose records are gone (four statements)."""
    pairs = (
        await reader.execute(
            select(DuplicateCandidate.__table__).where(DuplicateCandidate.state == CandidateState.OPEN)
            .order_by(DuplicateCandidate.likeness.desc(), DuplicateCandidate.id).limit(limit).offset(offset)
        )
    ).all()
    named: dict[tuple[Subject, int], NamedRecord] = {}
    for subject, record, name in (
        (Subject.PROJECT, Project, Project.name), (Subject.EVENT, Event, Event.name),
        (Subject.PERSON, Person, Person.display_name),
    ):
        ids = {number for one in pairs if one.subject is subject for number in (one.left_id, one.right_id)}
        found = await reader.execute(select(record.id, record.slug, name.label("words")).where(record.id.in_(ids)))
        for one in found:
            words: Localized = {"": one.words} if isinstance(one.words, str) else one.words
            named[subject, one.id] = NamedRecord(one.slug, words)
    return [
        CandidateRow(one.id, one.subject, left, right, one.signs, one.likeness)
        for one in pairs
        if (left := named.get((one.subject, one.left_id))) and (right := named.get((one.subject, one.right_id)))
    ]
