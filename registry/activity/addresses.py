"""Every public record with a page of its own, for maps of the site."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Select, func, literal, null, select, union_all

from registry.activity.rules import Subject
from registry.cases.models import CaseStudy
from registry.cases.visibility import case_is_public
from registry.database.engine import Reader
from registry.database.types import UTCDateTime
from registry.events.models import Event
from registry.events.visibility import event_is_public
from registry.people.models import Person
from registry.people.visibility import person_is_public
from registry.projects.models import Project, Tag
from registry.proposals.models import Proposal
from registry.proposals.queries import public_proposals
from registry.tallies.queries import Occasion, Tally

RECORDS_A_MAP: Final = 2_000


class Place(NamedTuple):
    """A place in the order of all public records: by their kind, then by their row number."""

    subject: Subject
    id: int


class Maps(msgspec.Struct, frozen=True):
    """Where the second map of the site begins, and each after it."""

    borders: list[Place]

    @property
    def count(self) -> int:
        """How many maps there are."""
        return len(self.borders) + 1

    def bounds(self, number: int) -> tuple[Place | None, Place | None]:
        """Where a map begins and where the next one does; none at the ends of the record."""
        ends = [None, *self.borders, None]
        return ends[number - 1], ends[number]


class PublicAddress(msgspec.Struct, frozen=True):
    """Where a record is; ``changed_at`` is when its row last changed, where that is known."""

    subject: Subject
    slug: str
    changed_at: datetime | None


async def public_addresses(reader: Reader, start: Place | None, end: Place | None) -> list[PublicAddress]:
    """The public records from one place on to another, in a fixed order (one statement)."""
    stretches = [
        records.where(*_within(records, start if start and start.subject == subject else None,
                               end if end and end.subject == subject else None))
        for subject, records in _RECORDS.items()
        if (start is None or start.subject <= subject) and (end is None or subject <= end.subject)
    ]
    found = union_all(*stretches).subquery()
    rows = await reader.execute(
        select(found.c.subject, found.c.slug, found.c.changed_at).order_by(found.c.subject, found.c.id)
    )
    return [PublicAddress(Subject(subject), slug, changed_at) for subject, slug, changed_at in rows]


def _within(records: Select[Any], start: Place | None, end: Place | None) -> list[ColumnElement[bool]]:
    number = records.selected_columns[1]
    return [*([number >= start.id] if start else ()), *([number < end.id] if end else ())]


async def _count_maps(reader: Reader, _occasion: Occasion) -> Maps:
    public = union_all(*(records.with_only_columns(*records.selected_columns[:2]) for records in _RECORDS.values()))
    record = public.subquery()
    order = func.row_number().over(order_by=(record.c.subject, record.c.id))
    ordered = select(record.c.subject, record.c.id, order.label("place")).subquery()
    rows = await reader.execute(
        select(ordered.c.subject, ordered.c.id)
        .where(ordered.c.place > 1, ordered.c.place % RECORDS_A_MAP == 1).order_by(ordered.c.place)
    )
    return Maps([Place(Subject(subject), number) for subject, number in rows])


MAPS = Tally("maps", Maps, _count_maps)


def _records_of(subject: Subject, table: Any, *, changed_at: Any = None) -> Select[Any]:
    changed = table.updated_at if changed_at is None else changed_at
    return select(literal(subject.value).label("subject"), table.id, table.slug, changed.label("changed_at"))


# A person who has not claimed their page is left out: nobody should be found by search engines without having asked.
_RECORDS: Mapping[Subject, Select[Any]] = dict(sorted({
    Subject.EVENT: _records_of(Subject.EVENT, Event).where(event_is_public()),
    Subject.PROJECT: _records_of(Subject.PROJECT, Project).where(Project.hidden_at.is_(None)),
    Subject.PROPOSAL: public_proposals(
        literal(Subject.PROPOSAL.value).label("subject"), Proposal.id, Proposal.slug,
        Proposal.updated_at.label("changed_at"),
    ),
    Subject.PERSON: _records_of(Subject.PERSON, Person).where(person_is_public(), Person.claimed_at.is_not(None)),
    Subject.CASE: _records_of(Subject.CASE, CaseStudy).join(Project, Project.id == CaseStudy.project_id)
    .where(case_is_public()),
    Subject.TAG: _records_of(Subject.TAG, Tag, changed_at=null().cast(UTCDateTime)).where(Tag.hidden_at.is_(None)),
}.items()))
"""Each kind's records, the kinds in the order in which a database sorts their names."""
