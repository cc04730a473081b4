"""Placing imported projects on the community's ladder by what the record shows of them."""

from collections.abc import Collection
from datetime import date

from registry.activity.rules import Subject
from registry.exchange.loading.record import Record
from registry.handbook import ladder
from registry.projects.models import Project
from registry.projects.rules import LinkKind
from registry.proposals.models import Proposal
from registry.stages.models import StageChange
from registry.stages.rules import RecordFacts, met_evidence, stage_from_record


def place_on_ladder(record: Record) -> None:
    """Move each project of this import to the highest stage that the record's facts allow, never back.

    ``imported_when`` of the handbook's stages says which facts. A project whose stage a person or the source itself
    has said is left there. Counts and days that repeat what the proposals say are brought up to date as well.
    """
    for subject, project_id in sorted(record.seen):
        if subject is Subject.PROJECT:
            project = record.projects[project_id]
            _repeat_what_proposals_say(record, project)
            if project_id not in record.moved_by_people:
                _place(record, project)


def _place(record: Record, project: Project) -> None:
    is_new, is_said = (Subject.PROJECT, project.id) in record.new, project.id in record.staged_by_source
    met = met_evidence(_facts(record, project))
    reached = project.stage_key if is_said else stage_from_record(_facts(record, project), ladder().stage)
    if not is_new and ladder().position(reached) <= ladder().position(project.stage_key):
        return
    shown = sorted(met.intersection(ladder().stage_of(reached).imported_when))
    reason = "As the imported record says." if is_said else f"Found in the imported record: {', '.join(shown) or '-'}."
    record.session.add(
        StageChange(
            project_id=project.id, from_stage=None if is_new else project.stage_key, to_stage=reached, reason=reason,
            unmet_checkpoints=_unmet(reached, met), is_imported=True, changed_at=record.now,
        )
    )
    if reached != project.stage_key:
        project.stage_key = reached
        record.note_changes(Subject.PROJECT, project.id, {"stage_key": reached})


def _facts(record: Record, project: Project) -> RecordFacts:
    pitches = record.pitches_of[project.id]
    kinds: set[LinkKind] = set(record.links[Subject.PROJECT, project.id].values())
    for proposal in pitches:
        kinds |= set(record.links[Subject.PROPOSAL, proposal.id].values())
    return RecordFacts(
        link_kinds=kinds, languages=list(project.name),
        has_problem_written=any(proposal.why for proposal in pitches),
        has_code_licence=bool(project.code_licence), has_content_licence=bool(project.content_licence),
        need_count=record.need_counts[project.id], people_count=len(record.team[project.id]), pitch_count=len(pitches),
    )


def _unmet(stage: str, met: Collection[str]) -> list[str]:
    """Checkpoints of the stages passed over that the record does not show."""
    passed = ladder().stage[: ladder().position(stage)]
    return [checkpoint.key for one in passed for checkpoint in one.checkpoint if checkpoint.evidence not in met]


def _repeat_what_proposals_say(record: Record, project: Project) -> None:
    days = sorted(filter(None, (_day(record, proposal) for proposal in record.pitches_of[project.id])))
    project.pitch_count = len(record.pitches_of[project.id])
    if days:
        project.first_pitched_on = days[0]
        project.last_active_on = max(days[-1], project.last_active_on or days[-1])


def _day(record: Record, proposal: Proposal) -> date | None:
    return record.events[proposal.event_id].starts_on if proposal.event_id else proposal.pitched_on
