"""People as the public sees them: the list, and one with projects, pitches and contributions. Never an identity."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import String, cast, extract, func, literal, select, union_all
from sqlalchemy import bindparam as given

from registry.activity.models import Provenance
from registry.activity.queries import ProvenanceRow
from registry.activity.rules import Subject
from registry.database.aggregate import AnySelect, json_rows
from registry.database.bounded import Choices, Total, counted, total_of, without_numbers
from registry.database.engine import Reader
from registry.database.prepared import prepared
from registry.database.types import Localized
from registry.events.models import Event
from registry.people.models import Contribution, Membership, Person
from registry.people.records import PersonFilter, matching_people
from registry.people.rules import MembershipRole
from registry.people.visibility import person_is_public
from registry.projects.models import Project
from registry.proposals.models import Credit, Proposal
from registry.proposals.visibility import pitched_on, proposal_is_public
from registry.tallies.queries import Occasion, Tallied, Tally

ROWS_SHOWN = 200


class PersonCard(msgspec.Struct, frozen=True):
    """A person in the list."""

    slug: str
    name: str
    is_claimed: bool
    project_count: int
    pitch_count: int

    @property
    def url(self) -> str:
        """The path of the person's page."""
        return f"/people/{self.slug}"


class PeopleCounts(msgspec.Struct, frozen=True):
    """How many people a filter finds, and how many take each part; none where nobody counted.

    ``counted_at`` is when numbers of the whole record were counted, if they are not of now.
    """

    total: Total
    by_role: Choices
    counted_at: datetime | None = None


class Everyone(msgspec.Struct, frozen=True):
    """All public people counted: how many there are, and how many take each part."""

    total: int
    by_role: dict[str, int]


class PersonProject(msgspec.Struct, frozen=True):
    """A project and the person's part in it; ``left_on`` when they are no longer of the team."""

    slug: str
    name: Localized
    role: MembershipRole
    joined_on: date | None
    left_on: date | None


class PersonPitch(msgspec.Struct, frozen=True):
    """A pitch that names the person."""

    slug: str
    title: Localized
    event_slug: str | None
    event_name: Localized | None
    starts_on: date


class ContributionCount(msgspec.Struct, frozen=True):
    """How many contributions of a kind a person made in a year."""

    year: int
    kind: str
    count: int


class PersonPageRow(msgspec.Struct, frozen=True):
    """A person's public page."""

    id: int
    slug: str
    name: str
    bio: Localized
    offers: list[str]
    is_claimed: bool
    shows_calendar: bool
    projects: list[PersonProject]
    pitches: list[PersonPitch]
    contributions: list[ContributionCount]
    sources: list[ProvenanceRow]


async def people_matching(reader: Reader, wanted: PersonFilter, *, size: int, offset: int) -> list[PersonCard]:
    """The people of one page of the list, by name (one statement)."""
    order = (Person.sort_name, Person.id)
    # Chosen first, then read: SQLite would count the projects and pitches of everyone whom it sorts.
    chosen = _found(wanted).order_by(*order).limit(size).offset(offset)
    rows = await reader.execute(
        select(
            Person.slug, Person.display_name, Person.claimed_at.is_not(None),
            _projects_of(func.count(Project.id.distinct())).scalar_subquery(),
            _pitches_naming(func.count()).scalar_subquery(),
        )
        .where(Person.id.in_(chosen.correlate(None))).order_by(*order)
    )
    return [PersonCard(*row) for row in rows]


async def people_counts(
    reader: Reader, wanted: PersonFilter, *, whole: Callable[[], Awaitable[Tallied[Everyone]]]
) -> PeopleCounts:
    """How many people match, and how many of those with the same text and offers take each part.

    At most two statements, and those of the ``whole``.
    """
    besides = msgspec.structs.replace(wanted, role=None)
    if besides == PersonFilter():
        everyone = await whole()
        value = everyone.value
        taking_part = value.by_role.get(wanted.role, 0) if wanted.role else value.total
        return PeopleCounts(Total(taking_part), value.by_role, everyone.counted_at)
    each = (wanted, besides) if wanted.role else (wanted,)
    sizes = (await reader.execute(select(*(counted(_found(one)) for one in each)))).one()
    totals = [total_of(count, is_part=wanted.is_part) for count in sizes]
    if totals[-1].has_more:
        return PeopleCounts(totals[0], without_numbers(MembershipRole))
    return PeopleCounts(totals[0], dict((await reader.execute(_parts(_found(besides)))).all()))


async def _count_everyone(reader: Reader, _occasion: Occasion) -> Everyone:
    total = select(literal("total"), func.count()).select_from(Person).where(person_is_public())
    counts: dict[str, int] = dict((await reader.execute(union_all(total, _parts(_found(PersonFilter()))))).all())
    return Everyone(counts.pop("total"), counts)


EVERYONE = Tally("everyone", Everyone, _count_everyone)


def _parts(people: AnySelect) -> AnySelect:
    found = people.subquery()
    return (
        select(cast(Membership.role, String), func.count(Membership.person_id.distinct()))
        .join(found, found.c.id == Membership.person_id).join(Project, Project.id == Membership.project_id)
        .where(Membership.left_on.is_(None), Project.hidden_at.is_(None)).group_by(Membership.role)
    )


def _found(wanted: PersonFilter) -> AnySelect:
    return select(Person.id).where(person_is_public(), *matching_people(wanted))


async def person_by_slug(reader: Reader, slug: str) -> PersonPageRow | None:
    """The public person at an address (one statement)."""
    return await _PERSON.row(reader, slug=slug)


async def projects_of_person(reader: Reader, *, person_id: int) -> list[PersonProject]:
    """The projects in which a person takes part today, the liveliest first (one statement)."""
    rows = await reader.execute(
        select(Project.slug, Project.name, Membership.role, Membership.joined_on, Membership.left_on)
        .join(Project, Project.id == Membership.project_id)
        .where(Membership.person_id == person_id, Membership.left_on.is_(None), Project.hidden_at.is_(None))
        .order_by(Project.last_active_on.desc().nulls_last(), Project.id).limit(ROWS_SHOWN)
    )
    return [PersonProject(*row) for row in rows]


def _pitches_naming(*columns: Any) -> AnySelect:
    return (
        select(*columns).select_from(Credit)
        .join(Proposal, Proposal.id == Credit.proposal_id)
        .outerjoin(Event, Event.id == Proposal.event_id)
        .join(Project, Project.id == Proposal.project_id)
        .where(Credit.person_id == Person.id, Proposal.is_anonymous.is_(False), proposal_is_public())
        .correlate(Person)
    )


def _projects_of(*columns: Any) -> AnySelect:
    return (
        select(*columns).select_from(Membership).join(Project, Project.id == Membership.project_id)
        .where(Membership.person_id == Person.id, Project.hidden_at.is_(None)).correlate(Person)
    )


def _person() -> AnySelect:
    projects = (
        _projects_of(Project.slug, Project.name, Membership.role, Membership.joined_on, Membership.left_on)
        .order_by(Membership.left_on.is_not(None), Project.last_active_on.desc().nulls_last(), Project.id)
        .limit(ROWS_SHOWN)
    )
    pitches = (
        _pitches_naming(
            Proposal.slug, Proposal.title, Event.slug.label("event_slug"), Event.name.label("event_name"),
            pitched_on().label("starts_on"),
        )
        .order_by(pitched_on().desc(), Proposal.id.desc()).limit(ROWS_SHOWN)
    )
    year = extract("year", Contribution.happened_on)
    contributions = (
        select(year.label("year"), Contribution.kind, func.count().label("count"))
        .where(Contribution.person_id == Person.id, Contribution.confirmed_at.is_not(None), Contribution.is_shown)
        .group_by(year, Contribution.kind).order_by(year.desc(), Contribution.kind).limit(ROWS_SHOWN)
    )
    sources = (
        select(Provenance.source, Provenance.file, Provenance.row, Provenance.imported_on)
        .where(Provenance.subject == Subject.PERSON, Provenance.subject_id == Person.id)
        .order_by(Provenance.id).limit(ROWS_SHOWN)
    )
    return select(
        Person.id, Person.slug, Person.display_name, Person.bio, Person.offers, Person.claimed_at.is_not(None),
        Person.shows_calendar, json_rows(projects, PersonProject), json_rows(pitches, PersonPitch),
        json_rows(contributions.correlate(Person), ContributionCount),
        json_rows(sources.correlate(Person), ProvenanceRow),
    ).where(Person.slug == given("slug"), person_is_public())


_PERSON = prepared(_person(), PersonPageRow)
