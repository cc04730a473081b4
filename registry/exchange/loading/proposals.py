"""Proposals: one pitch at one event, its needs, links and credits."""

from registry.activity.rules import Subject
from registry.events.models import Event
from registry.exchange.loading.gaps import Changes, fill, fill_texts
from registry.exchange.loading.people import add_credits
from registry.exchange.loading.projects import add_links
from registry.exchange.loading.record import Record
from registry.exchange.rows import ProposalRow, Sourced
from registry.projects.models import Need, Project
from registry.projects.rules import normalise_name
from registry.proposals.models import Proposal

_TEXTS = ("title", "summary", "why", "who", "how", "difficulties", "result")
_PLAIN = (
    "position", "needs_text", "similar_projects", "data_sources", "notes", "code_licence", "content_licence",
    "is_open_source", "interests", "continued", "pitched_on", "initiators",
)


async def load_proposals(record: Record, rows: list[Sourced[ProposalRow]]) -> None:
    """Match each pitch by row key, slug, or title at its event; make those that nothing matches.

    A title that is known at the event under another project stays with that project. A row whose event or project
    is neither in the source nor in the registry is refused.
    """
    for sourced in rows:
        event = record.refer(Event, sourced.row.event) if sourced.row.event else None
        project = record.refer(Project, sourced.row.project)
        if project is None or (sourced.row.event and event is None):
            is_event_known = event is not None or not sourced.row.event
            field, value = ("project", sourced.row.project) if is_event_known else ("event", sourced.row.event or "")
            sourced.place.refuse(field, value, f"there is no such {field}, or it was refused")
            continue
        proposal = _matching(record, sourced, event, project)
        if proposal and record.is_unchanged(Proposal, sourced):
            record.trace(proposal, sourced, {})
            continue
        if proposal is None:
            proposal = _new(record, sourced.row, event, project)
            await record.add([proposal])
        changes = _fill(proposal, sourced.row)
        add_links(record, Subject.PROPOSAL, proposal.id, sourced.row.links, changes)
        _add_needs(record, proposal, event, sourced.row.needs, changes)
        await add_credits(record, proposal, sourced.row.credits, changes)
        record.trace(proposal, sourced, changes)
    for need, reference in record.needs_of_pitches:
        pitch = record.refer(Proposal, reference)
        need.proposal_id = pitch.id if pitch else None


def _matching(record: Record, sourced: Sourced[ProposalRow], event: Event | None, project: Project) -> Proposal | None:
    row = sourced.row
    if known := record.find(Proposal, [sourced.key]) or (record.refer(Proposal, row.slug) if row.slug else None):
        return known
    titles = {normalise_name(title) for title in row.title.values()}
    at_event = record.pitches_at[event.id if event else None]
    same_title = [one for one in at_event if titles & {normalise_name(title) for title in one.title.values()}]
    of_project = [one for one in at_event if one.project_id == project.id]
    if in_both := [one for one in same_title if one in of_project]:
        return in_both[0]
    elsewhere = [one for one in same_title or of_project if not record.comes_from_here(one)]
    return elsewhere[0] if len(elsewhere) == 1 else None


def _new(record: Record, row: ProposalRow, event: Event | None, project: Project) -> Proposal:
    address = f"{event.slug if event else 'pitch'}-{project.slug}"
    return Proposal(
        slug=record.slugs[Subject.PROPOSAL].take(row.slug or address, otherwise="proposal"),
        event_id=event.id if event else None, project_id=project.id, kind=row.kind, is_anonymous=row.is_anonymous,
        is_for_education=row.is_for_education, **{column: {} for column in _TEXTS},
        created_at=record.now, updated_at=record.now,
    )


def _fill(proposal: Proposal, row: ProposalRow) -> Changes:
    changes: Changes = {}
    fill_texts(proposal, changes, **{column: getattr(row, column) for column in _TEXTS})
    fill(proposal, changes, **{column: getattr(row, column) for column in _PLAIN})
    if row.wanted and not proposal.wanted:
        proposal.wanted = changes["wanted"] = [[one.key, dict(one.line)] for one in row.wanted]
    if row.topics and not proposal.topics:
        proposal.topics = changes["topics"] = list(row.topics)
    if row.is_for_education and not proposal.is_for_education:
        proposal.is_for_education = True
        changes["is_for_education"] = True
    return changes


def _add_needs(
    record: Record, proposal: Proposal, event: Event | None, keys: tuple[str, ...], changes: Changes
) -> None:
    """Open the needs that the project has not named before; the pitch that first named one is kept with it."""
    for key in keys:
        assert proposal.project_id is not None  # noqa: S101 — the loader gives each its project
        if (proposal.project_id, key) in record.needs:
            continue
        record.know_need(proposal.project_id, key)
        record.session.add(
            Need(
                project_id=proposal.project_id, proposal_id=proposal.id, key=key, line={},
                opened_on=event.starts_on if event else proposal.pitched_on,
                created_at=record.now, updated_at=record.now,
            )
        )
        changes.setdefault("needs", []).append(key)
