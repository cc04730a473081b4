"""The list of all proposals: what its filters mean, its rows, and the counts beside each choice."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Integer, String, and_, cast, extract, func, literal, select, union_all

from registry.database.aggregate import AnySelect
from registry.database.bounded import Choices, Total, counted, total_of, without_numbers
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.events.models import Event
from registry.events.queries import in_year
from registry.people.models import Person
from registry.people.visibility import person_is_public
from registry.projects.models import Need, Project
from registry.proposals.models import Credit, Proposal
from registry.proposals.queries import CreditRow, credit_rows, public_proposals
from registry.proposals.rules import ProposalKind
from registry.proposals.visibility import pitched_on
from registry.search.queries import Hits, holds
from registry.tallies.queries import Occasion, Tallied, Tally


class ProposalFilter(msgspec.Struct, frozen=True):
    """What a reader chose. A value nothing has finds nothing.

    ``text`` is what ``full_text`` made of their words, or ``hits_of`` for a list that counts.
    ``need`` is a role that the proposal's project looks for or looked for; ``event``, ``project`` and ``person`` are
    slugs. An anonymous proposal is never found by its people.
    """

    text: str | Hits | None = None
    event: str | None = None
    year: str | None = None
    need: str | None = None
    kind: str | None = None
    project: str | None = None
    person: str | None = None

    @property
    def is_part(self) -> bool:
        """Whether more proposals have the words than are looked at."""
        return isinstance(self.text, Hits) and self.text.has_more


class ListedProposal(msgspec.Struct, frozen=True):
    """A proposal in the list."""

    slug: str
    kind: ProposalKind
    title: Localized
    summary: Localized
    event_slug: str | None
    event_name: Localized | None
    starts_on: date
    project_slug: str
    pitch_count: int
    credits: list[CreditRow]


class WholeProposals(msgspec.Struct, frozen=True):
    """All public proposals counted: how many there are, and how many each choice of each facet would find."""

    total: int
    facets: dict[str, dict[str, int]]


class ProposalCounts(msgspec.Struct, frozen=True):
    """How many proposals the filter finds, and each facet's values with what choosing one instead would find.

    None where nobody counted. ``counted_at`` is when numbers of the whole record were counted, if they are not of now.
    """

    total: Total
    years: Choices
    needs: Choices
    kinds: Choices
    counted_at: datetime | None = None


async def proposals_matching(
    reader: Reader, wanted: ProposalFilter, *, is_oldest_first: bool, offset: int, limit: int
) -> list[ListedProposal]:
    """A page of the proposals that a filter finds, by event and running order (one statement)."""
    day, event = pitched_on(), Proposal.event_id
    start = (day, event) if is_oldest_first else (day.desc(), event.desc())
    order = (*start, Proposal.position.is_(None), Proposal.position, Proposal.id)
    # Chosen first, then read: SQLite would gather the credits of every proposal before it sorts.
    chosen = _found(wanted).order_by(*order).offset(offset).limit(limit)
    rows = await reader.execute(
        public_proposals(
            Proposal.slug, Proposal.kind, Proposal.title, Proposal.summary, Event.slug, Event.name, pitched_on(),
            Project.slug, Project.pitch_count, credit_rows(),
        )
        .where(Proposal.id.in_(chosen.correlate(None)))
        .order_by(*order)
    )
    return [ListedProposal(*row) for row in rows]


async def proposal_counts(
    reader: Reader, wanted: ProposalFilter, *, whole: Callable[[], Awaitable[Tallied[WholeProposals]]]
) -> ProposalCounts:
    """The counts beside the choices of the list's filters (at most three statements)."""
    if wanted == ProposalFilter():
        everything = await whole()
        return _as_counts(Total(everything.value.total), everything.value.facets, everything.counted_at)
    besides = {facet: msgspec.structs.replace(wanted, **{facet: None}) for facet in _FACETS}
    each = list(dict.fromkeys((wanted, *besides.values())))
    counts = (await reader.execute(select(*(counted(_found(one)) for one in each)))).one()
    sizes = {one: total_of(count, is_part=wanted.is_part) for one, count in zip(each, counts, strict=True)}
    found, few = sizes[wanted], {facet: one for facet, one in besides.items() if not sizes[one].has_more}
    facets: dict[str, Choices] = {**await _facets(reader, few)}
    if few == besides:
        return _as_counts(found, facets)
    everything = await whole()
    for facet, whole_counts in everything.value.facets.items():
        if facet not in few:
            facets[facet] = whole_counts if besides[facet] == ProposalFilter() else without_numbers(whole_counts)
    return _as_counts(found, facets, everything.counted_at)


async def _whole(reader: Reader, _occasion: Occasion) -> WholeProposals:
    facets = await _facets(reader, dict.fromkeys((*_FACETS, "total"), ProposalFilter()))
    return WholeProposals(facets.pop("total").get("", 0), facets)


PROPOSAL_LISTING = Tally("list of pitches", WholeProposals, _whole)


def _as_counts(total: Total, facets: Mapping[str, Choices], counted_at: datetime | None = None) -> ProposalCounts:
    return ProposalCounts(total, facets["year"], facets["need"], facets["kind"], counted_at)


async def _facets(reader: Reader, besides: Mapping[str, ProposalFilter]) -> dict[str, dict[str, int]]:
    """How many proposals of a filter have each value of a facet (one statement; none for no facet)."""
    counts: dict[str, dict[str, int]] = {facet: {} for facet in besides}
    parts = []
    for facet, wanted in besides.items():
        part = _found(wanted, literal(facet), _VALUES[facet].label("value"), func.count())
        if facet == "need":
            part = part.join(Need, Need.project_id == Proposal.project_id)
        parts.append(part.group_by("value"))
    for facet, value, count in await reader.execute(union_all(*parts)) if parts else ():
        counts[facet][value] = count
    return counts


def _found(wanted: ProposalFilter, *columns: Any) -> AnySelect:
    return public_proposals(*(columns or (Proposal.id,))).where(*matching_proposals(wanted))


def matching_proposals(wanted: ProposalFilter) -> list[ColumnElement[bool]]:
    """Each choice of a filter as a condition, for any select from public proposals."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.text:
        conditions.append(holds(Proposal.id, wanted.text))
    if wanted.event:
        conditions.append(Event.slug == wanted.event)
    if wanted.year:
        conditions.append(in_year(wanted.year, pitched_on()))
    if wanted.need:
        conditions.append(
            select(Need.id).where(Need.project_id == Proposal.project_id, Need.key == wanted.need).exists()
        )
    if wanted.kind:
        conditions.append(cast(Proposal.kind, String) == wanted.kind)
    if wanted.project:
        conditions.append(Project.slug == wanted.project)
    if wanted.person:
        credited = (
            select(Credit.proposal_id).join(Person, Person.id == Credit.person_id)
            .where(Person.slug == wanted.person, person_is_public())
        )
        conditions.append(and_(Proposal.id.in_(credited), Proposal.is_anonymous.is_(False)))
    return conditions


_FACETS = ("year", "need", "kind")
_VALUES: dict[str, ColumnElement[str]] = {
    "total": literal(""),
    "year": cast(cast(extract("year", pitched_on()), Integer), String),
    "need": Need.key.expression,
    "kind": cast(Proposal.kind, String),
}
