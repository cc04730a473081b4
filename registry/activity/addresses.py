"""Every public record with a page of its own, for maps of the site."""

from datetime import datetime

import msgspec
from sqlalchemy import func, literal, null, select, union_all

from registry.activity.rules import Subject
from registry.cases.models import CaseStudy
from registry.cases.visibility import case_is_public
from registry.database.engine import Reader
from registry.database.types import UTCDateTime
from registry.events.models import Event
from registry.events.visibility import event_is_public
from registry.people.models import Person
from registry.projects.models import Project, Tag
from registry.proposals.models import Proposal
from registry.proposals.queries import public_proposals


class PublicAddress(msgspec.Struct, frozen=True):
    """Where a record is; ``changed_at`` is when its row last changed, where that is known."""

    subject: Subject
    slug: str
    changed_at: datetime | None


async def public_addresses(reader: Reader, *, offset: int, limit: int) -> list[PublicAddress]:
    """A stretch of all public records in a fixed order (one statement)."""
    rows = await reader.execute(
        select(_PUBLIC.c.subject, _PUBLIC.c.slug, _PUBLIC.c.changed_at)
        .order_by(_PUBLIC.c.subject, _PUBLIC.c.id)
        .offset(offset)
        .limit(limit)
    )
    return [PublicAddress(Subject(subject), slug, changed_at) for subject, slug, changed_at in rows]


async def count_public_addresses(reader: Reader) -> int:
    """How many public records there are (one statement)."""
    return await reader.scalar(select(func.count()).select_from(_PUBLIC)) or 0


# A person who has not claimed their page is left out: nobody should be found by search engines without having asked.
_PUBLIC = union_all(
    select(
        literal(Subject.EVENT.value).label("subject"), Event.id, Event.slug, Event.updated_at.label("changed_at")
    ).where(event_is_public()),
    select(literal(Subject.PROJECT.value), Project.id, Project.slug, Project.updated_at)
    .where(Project.hidden_at.is_(None)),
    public_proposals(literal(Subject.PROPOSAL.value), Proposal.id, Proposal.slug, Proposal.updated_at),
    select(literal(Subject.PERSON.value), Person.id, Person.slug, Person.updated_at)
    .where(Person.hidden_at.is_(None), Person.is_public, Person.claimed_at.is_not(None)),
    select(literal(Subject.CASE.value), CaseStudy.id, CaseStudy.slug, CaseStudy.updated_at)
    .join(Project, Project.id == CaseStudy.project_id).where(case_is_public()),
    select(literal(Subject.TAG.value), Tag.id, Tag.slug, null().cast(UTCDateTime)).where(Tag.hidden_at.is_(None)),
).subquery()
