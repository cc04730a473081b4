"""What people say of a project's way: evidence for its checkpoints, moves along the ladder, its standing."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from registry.accounts.queries import Actor, roles_in_project
from registry.accounts.rules import Permission
from registry.accounts.words import who_may
from registry.activity.commands import change_fields, mark_changed, note_change, refuse_older_revision
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.database.aggregate import AnySelect
from registry.errors import Conflict, NotAllowed, NotFound
from registry.handbook import ladder, standing_words
from registry.inbox.commands import tell
from registry.inbox.rules import NoticeKind
from registry.people.models import Membership
from registry.people.rules import MembershipRole
from registry.ports import Workplace
from registry.projects.models import Project, ProjectRelation
from registry.projects.overview import ladder_of
from registry.projects.queries.project import project_by_slug
from registry.projects.rules import RelationKind, Standing, standing_today
from registry.stages.models import CheckpointEvidence, DormancyQuestion, StageChange, StandingChange
from registry.stages.progress import unmet_before
from registry.stages.rules import BY_PERSON, AliveAnswer, is_to_be_asked
from registry.web.i18n import gettext as _
from registry.web.i18n import plain

REASON = 2_000
NOTE = 500
MOST_EVIDENCE = 20
BATCH = 500


class SameStage(Conflict):
    """The project stands on that stage already."""


class SameStanding(Conflict):
    """The project has that standing already."""


async def say_evidence(
    session: AsyncSession, *, slug: str, checkpoint: str, note: str, url: str, by: Actor, now: datetime
) -> CheckpointEvidence:
    """Say that a project meets a checkpoint, with a note, a link, or both.

    Counts as activity of the project. Writes an audit row.

    Raises:
        NotFound: no such project, or no such checkpoint on the ladder.
        NotAllowed: ``by`` is neither owner, maintainer nor organiser.
        BadInput: neither a note nor a link (fields ``note`` and ``url``), or one that cannot be used.
        Conflict: the registry finds this checkpoint by itself, or enough was said for it.
    """
    asked = ladder().checkpoint(checkpoint)
    if asked is None:
        raise NotFound(_("The ladder has no such checkpoint."))
    if asked.said_by != "person":
        raise Conflict(_("The registry finds this one by itself. Put what shows it on the project's page."))
    checks = Checks()
    note, url = checks.text("note", note, longest=NOTE), checks.web_address("url", url)
    if not note and not url and not checks.errors:
        checks.wrong("note", _("Say in a few words how it is met, or give a link that shows it."))
    checks.done()
    project = await _project_for_change(session, slug, by)
    said = await session.scalar(select(func.count()).select_from(CheckpointEvidence).where(
        CheckpointEvidence.project_id == project.id, CheckpointEvidence.checkpoint_key == checkpoint
    ))
    if (said or 0) >= MOST_EVIDENCE:
        raise Conflict(_("Enough was said for this checkpoint. Withdraw something that no longer holds first."))
    evidence = CheckpointEvidence(
        project_id=project.id, checkpoint_key=checkpoint, source=BY_PERSON, url=url or None, note=note or None,
        said_by_id=by.person_id, noted_at=now,
    )
    session.add(evidence)
    _note(session, project, "evidence said", {"evidence": [None, _evidence_facts(evidence)], **_seen(project, now)},
          by=by, now=now)
    await session.flush()
    return evidence


async def withdraw_evidence(
    session: AsyncSession, *, slug: str, evidence_id: int, by: Actor, now: datetime
) -> None:
    """Take back what a person said for a checkpoint. Writes an audit row that keeps it.

    Raises:
        NotFound: the project has no such evidence, or it was found and not said.
        NotAllowed: ``by`` is neither owner, maintainer nor organiser.
    """
    project = await _project_for_change(session, slug, by)
    evidence = await session.scalar(select(CheckpointEvidence).where(
        CheckpointEvidence.id == evidence_id, CheckpointEvidence.project_id == project.id,
        CheckpointEvidence.source == BY_PERSON,
    ))
    if evidence is None:
        raise NotFound(_("Nobody says this here any more."))
    await session.delete(evidence)
    _note(session, project, "evidence withdrawn", {"evidence": [_evidence_facts(evidence), None]}, by=by, now=now)
    await session.flush()


async def advance_stage(
    session: AsyncSession, *, slug: str, to: str, reason: str, revision: int, by: Actor, now: datetime
) -> StageChange:
    """Move a project along its ladder, forward or back.

    Unmet checkpoints of the stages left behind are recorded with the change, never refused. Counts as activity of the
    project. Writes an audit row.

    Raises:
        NotFound: no such project.
        NotAllowed: ``by`` is neither owner, maintainer nor organiser.
        BadInput: no such stage, or no reason (fields ``to`` and ``reason``).
        SameStage: the project is there already.
        EditConflict: the project was changed since the form was opened.
    Source: handbook, "From idea to project".
    """
    checks = Checks()
    to = checks.one_of("to", to, [stage.key for stage in ladder().stage], is_required=True)
    reason = checks.text("reason", reason, longest=REASON, is_required=True)
    checks.done()
    project = await _project_for_change(session, slug, by)
    if project.stage_key == to:
        raise SameStage(
            _("The project stands on “%(stage)s” already. Choose another stage.")
            % {"stage": plain(ladder().stage_name(to))}
        )
    refuse_older_revision(project, revision, theirs={"to": plain(ladder().stage_name(project.stage_key))})
    shown = await project_by_slug(session, slug)
    assert shown is not None  # noqa: S101 — it was found above, in this transaction
    change = StageChange(
        project_id=project.id, from_stage=project.stage_key, to_stage=to, by_person_id=by.person_id, reason=reason,
        unmet_checkpoints=unmet_before(ladder_of(shown), leaving=project.stage_key, to=to), changed_at=now,
    )
    session.add(change)
    moved = change_fields(project, {"stage_key": to}, now=now)
    note_change(
        session, now=now, actor=by.label, action="stage moved", subject=Subject.PROJECT, subject_id=project.id,
        changes={**moved, **_seen(project, now), "reason": [None, reason], "unmet": [None, change.unmet_checkpoints]},
    )
    await session.flush()
    return change


async def change_standing(
    session: AsyncSession, *, slug: str, to: str, reason: str, succeeded_by: str, revision: int,
    quiet_before: date, by: Actor, now: datetime,
) -> StandingChange:
    """Say how a project stands beside its stage; ``succeeded_by`` is the slug of the project that carries it on.

    A succeeded project gets the relation to its successor. Becoming active counts as activity: it also wakes one that
    is shown as dormant because nothing is known of it since ``quiet_before``. Writes an audit row.

    Raises:
        NotFound: no such project.
        NotAllowed: ``by`` is neither owner, maintainer nor organiser.
        BadInput: no such standing, no reason, no such successor (fields ``to``, ``reason``, ``succeeded_by``).
        SameStanding: it stands so already.
        EditConflict: the project was changed since the form was opened.
    """
    checks = Checks()
    to = checks.one_of("to", to, [standing.value for standing in Standing], is_required=True)
    reason = checks.text("reason", reason, longest=REASON, is_required=True)
    successor = await _successor(session, checks, slug, succeeded_by) if to == Standing.SUCCEEDED else None
    checks.done()
    project = await _project_for_change(session, slug, by)
    today = standing_today(project.standing, last_active_on=project.last_active_on, quiet_before=quiet_before)
    if project.standing == to and successor is None and today == to:
        raise SameStanding(
            _("The project is “%(standing)s” already.") % {"standing": plain(standing_words(to).name)}
        )
    refuse_older_revision(project, revision, theirs={"to": plain(standing_words(project.standing).name)})
    return await _set_standing(session, project, Standing(to), reason, successor, by=by, now=now)


async def answer_dormancy(
    session: AsyncSession, *, slug: str, answer: AliveAnswer, by: Actor, now: datetime
) -> DormancyQuestion:
    """Answer whether a quiet project is still alive.

    "Alive" counts as activity, and nobody asks again for a year; the others change its standing. Writes an audit row.

    Raises:
        NotFound: no such project.
        NotAllowed: ``by`` is neither owner, maintainer nor organiser.
        Conflict: nobody asks, or somebody has answered already.
    """
    project = await _project_for_change(session, slug, by)
    question = await session.scalar(
        select(DormancyQuestion)
        .where(DormancyQuestion.project_id == project.id, DormancyQuestion.answered_at.is_(None))
        .order_by(DormancyQuestion.asked_at.desc()).limit(1)
    )
    if question is None:
        raise Conflict(_("This was answered already. The project's page says how it stands now."))
    question.answer, question.answered_at, question.answered_by_id = answer, now, by.person_id
    if answer.standing is project.standing:
        _note(session, project, "found alive", _seen(project, now), by=by, now=now)
    else:
        await _set_standing(session, project, answer.standing, "", None, by=by, now=now)
    await session.flush()
    return question


async def propose_dormant(session: AsyncSession, *, now: datetime, quiet_after: timedelta) -> int:
    """Ask the owners of each project of which nothing was heard for ``quiet_after`` whether it is alive; how many.

    Who is asked when is `is_to_be_asked`. An older question that nobody answered is replaced by the new one.
    """
    projects = (await session.execute(_quiet_projects(quiet_before=(now - quiet_after).date()))).all()
    asked = {
        row.id: row for row in projects if is_to_be_asked(
            row.standing, last_active_on=row.last_active_on, asked_at=row.asked_at, answered_at=row.answered_at,
            now=now, quiet_after=quiet_after,
        )
    }
    ids = list(asked)
    for start in range(0, len(ids), BATCH):
        await _ask(session, {project_id: asked[project_id] for project_id in ids[start:start + BATCH]}, now=now)
    return len(asked)


async def ask_quiet_projects(workplace: Workplace, now: datetime) -> None:
    """Job: `propose_dormant`, as the installation's settings say."""
    async with workplace.database.writing() as session:
        await propose_dormant(session, now=now, quiet_after=timedelta(days=workplace.settings.quiet_after_days))


def _quiet_projects(*, quiet_before: date) -> AnySelect:
    """Each active project that is quiet, with the latest question about it."""
    later = aliased(DormancyQuestion)
    has_later = select(later.id).where(
        later.project_id == DormancyQuestion.project_id, later.asked_at > DormancyQuestion.asked_at
    )
    return (
        select(
            Project.id, Project.slug, Project.name, Project.standing, Project.last_active_on,
            DormancyQuestion.asked_at, DormancyQuestion.answered_at,
        )
        .outerjoin(DormancyQuestion, (DormancyQuestion.project_id == Project.id) & ~has_later.exists())
        .where(
            Project.standing == Standing.ACTIVE, Project.hidden_at.is_(None), Project.last_active_on < quiet_before
        )
        .order_by(Project.id)
    )


async def _ask(session: AsyncSession, projects: Mapping[int, Any], *, now: datetime) -> None:
    await session.execute(delete(DormancyQuestion).where(
        DormancyQuestion.project_id.in_(projects), DormancyQuestion.answered_at.is_(None)
    ))
    session.add_all(DormancyQuestion(project_id=project_id, asked_at=now) for project_id in projects)
    owners: dict[int, list[int]] = {}
    for project_id, person_id in await session.execute(
        select(Membership.project_id, Membership.person_id).where(
            Membership.project_id.in_(projects), Membership.role == MembershipRole.OWNER, Membership.left_on.is_(None)
        )
    ):
        owners.setdefault(project_id, []).append(person_id)
    for project_id, people in owners.items():
        project = projects[project_id]
        tell(
            session, people, kind=NoticeKind.ALIVE_ASKED, path=f"/projects/{project.slug}/stage#alive", now=now,
            project=project.name,
        )
    await session.flush()


async def _project_for_change(session: AsyncSession, slug: str, by: Actor) -> Project:
    project = await session.scalar(
        select(Project).where(Project.slug == slug, Project.hidden_at.is_(None)).with_for_update()
    )
    if project is None:
        raise NotFound(_("There is no such project. It may have another address, or was taken out of the record."))
    if not by.may(Permission.EDIT_PROJECT, await roles_in_project(session, by, slug)):
        raise NotAllowed(who_may(Permission.EDIT_PROJECT))
    return project


async def _successor(session: AsyncSession, checks: Checks, slug: str, wish: str) -> Project | None:
    wish = wish.strip().rstrip("/").rpartition("/")[2]
    found: Project | None = await session.scalar(
        select(Project).where(Project.slug == wish, Project.slug != slug, Project.hidden_at.is_(None))
    )
    if found is None:
        checks.wrong("succeeded_by", _("Give the address of the other project's page here, or its last part."))
    return found


async def _set_standing(
    session: AsyncSession, project: Project, to: Standing, reason: str, successor: Project | None, *, by: Actor,
    now: datetime,
) -> StandingChange:
    change = StandingChange(
        project_id=project.id, from_standing=project.standing, to_standing=to, by_person_id=by.person_id,
        other_id=successor.id if successor else None, reason=reason, changed_at=now,
    )
    session.add(change)
    if successor:
        await _relate(session, project, successor)
    changes = {"standing": [project.standing.value, to.value], "reason": [None, reason]}
    project.standing = to
    if to is Standing.ACTIVE:
        changes |= _seen(project, now)
    if successor:
        changes["succeeded_by"] = [None, successor.slug]
    _note(session, project, "standing changed", changes, by=by, now=now)
    await session.flush()
    return change


async def _relate(session: AsyncSession, project: Project, successor: Project) -> None:
    known = select(ProjectRelation.id).where(
        ProjectRelation.project_id == project.id, ProjectRelation.other_id == successor.id,
        ProjectRelation.kind == RelationKind.SUCCEEDED_BY,
    )
    if await session.scalar(known) is None:
        session.add(ProjectRelation(
            project_id=project.id, other_id=successor.id, kind=RelationKind.SUCCEEDED_BY
        ))


def _seen(project: Project, now: datetime) -> dict[str, list[str | None]]:
    """Note that somebody was active today; what changed by that."""
    before, today = project.last_active_on, now.date()
    if before is not None and before >= today:
        return {}
    project.last_active_on = today
    return {"last_active_on": [before.isoformat() if before else None, today.isoformat()]}


def _note(
    session: AsyncSession, project: Project, action: str, changes: Mapping[str, object], *, by: Actor, now: datetime
) -> None:
    mark_changed(project, now=now)
    note_change(
        session, now=now, actor=by.label, action=action, subject=Subject.PROJECT, subject_id=project.id,
        changes=changes,
    )


def _evidence_facts(evidence: CheckpointEvidence) -> dict[str, str | None]:
    return {"checkpoint": evidence.checkpoint_key, "note": evidence.note, "url": evidence.url}
