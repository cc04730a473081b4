"""The list of all proposals: what its filters mean, its rows, and the counts beside each choice."""

from datetime import date

import msgspec
from sqlalchemy import ColumnElement, Integer, String, and_, cast, extract, func, literal, select, union_all

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
from registry.search.queries import holds


class ProposalFilter(msgspec.Struct, frozen=True):
    """What a reader chose; ``text`` is what ``full_text`` made of their words. A value nothing has finds nothing.

    ``need`` is a role that the proposal's project looks for or looked for; ``event``, ``project`` and ``person`` are
    slugs. An anonymous proposal is never found by its people.
    """

    text: str | None = None
    event: str | None = None
    year: str | None = None
    need: str | None = None
    kind: str | None = None
    project: str | None = None
    person: str | None = None


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


class ProposalCounts(msgspec.Struct, frozen=True):
    """How many proposals the filter finds, and each facet's values with what choosing one instead would find."""

    total: int
    years: dict[str, int]
    needs: dict[str, int]
    kinds: dict[str, int]


async def proposals_matching(
    reader: Reader, wanted: ProposalFilter, *, is_oldest_first: bool, offset: int, limit: int
) -> list[ListedProposal]:
    """A page of the proposals that a filter finds, by event and running order (one statement)."""
    day = pitched_on()
    start = (day, Event.id) if is_oldest_first else (day.desc(), Event.id.desc())
    order = (*start, Proposal.position.is_(None), Proposal.position, Proposal.id)
    # Chosen first, then read: SQLite would gather the credits of every proposal before it sorts.
    matching = public_proposals(Proposal.id).where(*matching_proposals(wanted).values())
    chosen = matching.order_by(*order).offset(offset).limit(limit)
    rows = await reader.execute(
        public_proposals(
            Proposal.slug, Proposal.kind, Proposal.title, Proposal.summary, Event.slug, Event.name, pitched_on(),
            Project.slug, Project.pitch_count, credit_rows(),
        )
        .where(Proposal.id.in_(chosen.correlate(None)))
        .order_by(*order)
    )
    return [ListedProposal(*row) for row in rows]


async def proposal_counts(reader: Reader, wanted: ProposalFilter) -> ProposalCounts:
    """The counts beside the choices of the list's filters (one statement)."""
    conditions = matching_proposals(wanted)
    values: dict[str, ColumnElement[str]] = {
        "total": literal(""),
        "year": cast(cast(extract("year", pitched_on()), Integer), String),
        "need": Need.key.expression,
        "kind": cast(Proposal.kind, String),
    }
    counts: dict[str, dict[str, int]] = {facet: {} for facet in values}
    parts = []
    for facet, value in values.items():
        part = public_proposals(literal(facet), value.label("value"), func.count()).where(
            *(condition for chosen, condition in conditions.items() if chosen != facet)
        )
        if facet == "need":
            part = part.join(Need, Need.project_id == Proposal.project_id)
        parts.append(part.group_by("value"))
    for facet, value, count in await reader.execute(union_all(*parts)):
        counts[facet][value] = count
    return ProposalCounts(counts["total"].get("", 0), counts["year"], counts["need"], counts["kind"])


def matching_proposals(wanted: ProposalFilter) -> dict[str, ColumnElement[bool]]:
    """Each choice of a filter as a condition, for any select from public proposals."""
    conditions: dict[str, ColumnElement[bool]] = {}
    if wanted.text:
        conditions["text"] = holds(Proposal.id, wanted.text)
    if wanted.event:
        conditions["event"] = Event.slug == wanted.event
    if wanted.year:
        conditions["year"] = in_year(wanted.year, pitched_on())
    if wanted.need:
        conditions["need"] = (
            select(Need.id).where(Need.project_id == Proposal.project_id, Need.key == wanted.need).exists()
        )
    if wanted.kind:
        conditions["kind"] = cast(Proposal.kind, String) == wanted.kind
    if wanted.project:
        conditions["project"] = Project.slug == wanted.project
    if wanted.person:
        credited = (
            select(Credit.proposal_id).join(Person, Person.id == Credit.person_id)
            .where(Person.slug == wanted.person, person_is_public())
        )
        conditions["person"] = and_(Proposal.id.in_(credited), Proposal.is_anonymous.is_(False))
    return conditions
