"""Placing imported projects on the community's ladder by what the record shows of them."""

from collections.abc import Iterable

from registry.activity.rules import Subject
from registry.exchange.loading.record import Record
from registry.handbook import Stage, ladder
from registry.projects.models import Project
from registry.stages.models import StageChange

CORE_TEAM = 3
"""People that make a core team, as the handbook says."""


def place_on_ladder(record: Record) -> None:
    """Move each project of this import to the highest stage that the record's facts allow, never back.

    ``imported_when`` of the handbook's stages says which facts. A project that a person has moved is left alone.
    Counts and days that repeat what the proposals say are brought up to date as well.
    """
    for subject, project_id in sorted(record.seen):
        if subject is not Subject.PROJECT:
            continue
        project = record.projects[project_id]
        _repeat_what_proposals_say(record, project)
        if project_id in record.moved_by_people:
            continue
        facts = facts_of(record, project)
        is_new = (subject, project_id) in record.new
        reached = max((n for n, stage in enumerate(ladder().stage) if facts & set(stage.imported_when)), default=0)
        standing = ladder().position(project.stage_key)
        if not is_new and reached <= standing:
            continue
        to_stage = ladder().stage[max(reached, standing)]
        met = sorted(facts & set(to_stage.imported_when))
        record.session.add(
            StageChange(
                project_id=project_id, from_stage=None if is_new else project.stage_key, to_stage=to_stage.key,
                reason=f"From the imported record: {', '.join(met) or 'nothing found yet'}.",
                unmet_checkpoints=_unmet(ladder().stage[: max(reached, standing)], facts), changed_at=record.now,
            )
        )
        project.stage_key = to_stage.key


def facts_of(record: Record, project: Project) -> set[str]:
    """The handbook's facts that the record shows of a project."""
    pitches = record.pitches_of[project.id]
    kinds = set(record.links[Subject.PROJECT, project.id].values())
    for proposal in pitches:
        kinds |= set(record.links[Subject.PROPOSAL, proposal.id].values())
    people = {person_id for (of_project, _), person_id in record.credited.items() if of_project == project.id}
    shown = {
        "pitched": bool(pitches),
        "problem_written": any(proposal.why for proposal in pitches) or bool(project.description),
        "names_in_two_languages": len(project.name) > 1,
        "needs_listed": any(of_project == project.id for of_project, _ in record.needs),
        "licence_stated": bool(project.code_licence and project.content_licence),
        "two_people": len(people) > 1,
        "core_team": len(people) >= CORE_TEAM,
    }
    return {f"link:{kind.value}" for kind in kinds} | {fact for fact, is_shown in shown.items() if is_shown}


def _unmet(stages: Iterable[Stage], facts: set[str]) -> list[str]:
    """Checkpoints of the stages passed over that the record does not show."""
    return [one.key for stage in stages for one in stage.checkpoint if one.evidence not in facts]


def _repeat_what_proposals_say(record: Record, project: Project) -> None:
    days = sorted(record.events[proposal.event_id].starts_on for proposal in record.pitches_of[project.id])
    project.pitch_count = len(days)
    if days:
        project.first_pitched_on = days[0]
        project.last_active_on = max(days[-1], project.last_active_on or days[-1])
