"""A project's way along the ladder: its page, and the forms of those who keep the project."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, PathParameter
from litestar.types import ControllerRouterHandler

from registry.accounts.queries import may_edit_project, roles_in_project
from registry.accounts.rules import Permission
from registry.database.engine import Reader
from registry.errors import BadInput, NotFound, RegistryError
from registry.handbook import ladder
from registry.handbook.chapters import chapters_of_stage
from registry.projects.overview import ladder_of
from registry.projects.pages import quiet_before
from registry.projects.queries.project import ProjectPageRow, project_by_slug
from registry.projects.rules import Standing, standing_today
from registry.stages.commands import (
    NOTE,
    REASON,
    advance_stage,
    answer_dormancy,
    change_standing,
    say_evidence,
    withdraw_evidence,
)
from registry.stages.progress import CheckpointSeen, StageSeen, next_step, unmet_before
from registry.stages.queries import asked_at, count_quiet_projects, count_turns, quiet_projects, turns_of
from registry.stages.rules import AliveAnswer
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.i18n import ngettext, plain
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import SEE_OTHER, Typed, attempt, read_typed, see

RowNumber = Annotated[int, PathParameter(ge=1, le=2**31 - 1)]
AnyRequest = Request[Any, Any, Any]


@get("/projects/{slug:str}/stage")
async def project_stage_page(
    request: AnyRequest, *, reader: InReader, actor: InActor, now: InNow, slug: FromPath[str], page: PageNumber = 1
) -> Response[str]:
    """How far a project has come: the ladder, each checkpoint with its evidence, what comes next, and its history."""
    project = await _project(reader, slug)
    pager = Pager(
        number=page, total=await count_turns(reader, project.id), address=request.url.path
    ).checked()
    may_edit = await may_edit_project(reader, actor, slug)
    since = quiet_before(request, now)
    stages = ladder_of(project)
    step = next_step(stages)
    return render(
        request, "stages/project.html",
        page=PageHead(
            title=_("How far %(project)s has come") % {"project": plain(project.name)},
            description=_("The stages of the project, what it meets and how we know, and what comes next."),
        ),
        project=project, stages=stages, step=step, chapters=chapters_of_stage(step.key) if step else [],
        turns=await turns_of(reader, project.id, size=pager.size, offset=pager.offset), pager=pager, may_edit=may_edit,
        standing=standing_today(project.standing, last_active_on=project.last_active_on, quiet_before=since),
        asked_at=await asked_at(reader, project.id, quiet_before=since) if may_edit else None,
    )


@get("/move")
async def project_move_page(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[str]:
    """The form that moves a project along the ladder."""
    project = await _project(reader, slug)
    following = ladder().stage[min(ladder().position(project.stage_key) + 1, len(ladder().stage) - 1)]
    return _move_form(request, project, Typed.of(to=following.key, revision=str(project.revision)))


@post("/move", status_code=SEE_OTHER)
async def project_move(
    request: AnyRequest, session: InSession, actor: InActor, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Move a project forward or back."""
    typed = await read_typed(request)

    async def move() -> str:
        await advance_stage(
            session, slug=slug, to=typed("to"), reason=typed("reason"), revision=typed.revision, by=actor, now=now
        )
        return f"/projects/{slug}/stage"

    outcome = await attempt(session, typed, move, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return _move_form(request, await _project(session, slug), typed)
    return see(outcome, "moved")


@get("/standing")
async def project_standing_page(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[str]:
    """The form that says whether a project is active, rests, has ended or is carried on by another."""
    project = await _project(reader, slug)
    successor = next((one.slug for one in project.relations if one.kind == "succeeded_by" and one.is_said_here), "")
    return _standing_form(request, project, Typed.of(
        to=project.standing.value, succeeded_by=successor, revision=str(project.revision)
    ))


@post("/standing", status_code=SEE_OTHER)
async def project_standing(
    request: AnyRequest, session: InSession, actor: InActor, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Say how a project stands."""
    typed = await read_typed(request)

    async def change() -> str:
        await change_standing(
            session, slug=slug, to=typed("to"), reason=typed("reason"), succeeded_by=typed("succeeded_by"),
            revision=typed.revision, quiet_before=quiet_before(request, now), by=actor, now=now,
        )
        return f"/projects/{slug}/stage"

    outcome = await attempt(session, typed, change, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return _standing_form(request, await _project(session, slug), typed)
    return see(outcome, "saved")


@get("/checkpoints/{key:str}")
async def project_checkpoint_page(
    request: AnyRequest, reader: InReader, slug: FromPath[str], key: FromPath[str]
) -> Response[str]:
    """The form with which a person says that a checkpoint is met."""
    return _checkpoint_form(request, await _project(reader, slug), key, Typed())


@post("/checkpoints/{key:str}", status_code=SEE_OTHER)
async def project_checkpoint(
    request: AnyRequest, *, session: InSession, actor: InActor, now: InNow, slug: FromPath[str], key: FromPath[str]
) -> Response[Any]:
    """Say that a checkpoint is met."""
    typed = await read_typed(request)

    async def say() -> str:
        await say_evidence(
            session, slug=slug, checkpoint=key, note=typed("note"), url=typed("url"), by=actor, now=now
        )
        return f"/projects/{slug}/stage#{key}"

    outcome = await attempt(session, typed, say, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return _checkpoint_form(request, await _project(session, slug), key, typed)
    return see(outcome, "saved")


@post("/evidence/{evidence_id:int}/withdraw", status_code=SEE_OTHER)
async def project_evidence_withdraw(
    request: AnyRequest, *, session: InSession, actor: InActor, now: InNow, slug: FromPath[str], evidence_id: RowNumber
) -> Response[Any]:
    """Take back what was said for a checkpoint."""
    typed = await read_typed(request)

    async def withdraw() -> str:
        await withdraw_evidence(session, slug=slug, evidence_id=evidence_id, by=actor, now=now)
        return f"/projects/{slug}/stage"

    outcome = await attempt(session, typed, withdraw, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        raise outcome
    return see(outcome, "removed")


@post("/alive", status_code=SEE_OTHER)
async def project_alive(
    request: AnyRequest, session: InSession, actor: InActor, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Answer whether a quiet project is still alive."""
    typed = await read_typed(request)

    async def answer() -> str:
        said = next((one for one in AliveAnswer if one == typed("answer")), None)
        if said is None:
            raise BadInput(_("Choose one of the three answers."))
        await answer_dormancy(session, slug=slug, answer=said, by=actor, now=now)
        return f"/projects/{slug}/stage"

    outcome = await attempt(session, typed, answer, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        raise outcome
    return see(outcome, "answered")


@get("/quiet-projects", opt=needs(Permission.MODERATE))
async def quiet_projects_page(
    request: AnyRequest, reader: InReader, now: InNow, page: PageNumber = 1
) -> Response[str]:
    """The projects whose people were asked whether they are alive and have not answered, for organisers."""
    since = quiet_before(request, now)
    pager = Pager(
        number=page, total=await count_quiet_projects(reader, quiet_before=since), address=request.url.path
    ).checked()
    return render(
        request, "stages/quiet.html",
        page=PageHead(
            title=_("Projects that do not answer"), is_indexed=False,
            description=_("Their owners were asked whether they are still alive. Nothing happens by itself."),
        ),
        pager=pager,
        projects=await quiet_projects(reader, quiet_before=since, size=pager.size, offset=pager.offset),
    )


PROJECT_STAGE_ROUTES: Sequence[ControllerRouterHandler] = [
    Router(
        "/projects/{slug:str}/stage", opt=needs(Permission.EDIT_PROJECT, there=roles_in_project), route_handlers=[
            project_move_page, project_move, project_standing_page, project_standing, project_checkpoint_page,
            project_checkpoint, project_evidence_withdraw, project_alive,
        ],
    ),
    quiet_projects_page,
]
"""The routes of those who keep a project or organise; reading is open to everyone."""


async def _project(reader: Reader, slug: str) -> ProjectPageRow:
    project = await project_by_slug(reader, slug)
    if project is None:
        raise NotFound(_("There is no such project. It may have another address, or was taken out of the record."))
    return project


def _move_form(request: AnyRequest, project: ProjectPageRow, typed: Typed) -> Response[str]:
    stages = ladder_of(project)
    return _form(
        request, "stages/move.html", _("Move to another stage"), project, typed, stages=stages, reason_length=REASON,
        choices=[(stage.key, _move_words(stages, stage, project.stage_key)) for stage in stages],
    )


def _move_words(stages: list[StageSeen], stage: StageSeen, here: str) -> str:
    """A stage as a choice: its name, and how much a move there would leave unmet."""
    name = plain(stage.name)
    if stage.is_current:
        return _("%(stage)s (here now)") % {"stage": name}
    unmet = len(unmet_before(stages, leaving=here, to=stage.key))
    if not unmet:
        return name
    return ngettext(
        "%(stage)s (leaves %(num)s checkpoint unmet)", "%(stage)s (leaves %(num)s checkpoints unmet)", unmet
    ) % {"stage": name, "num": unmet}


def _standing_form(request: AnyRequest, project: ProjectPageRow, typed: Typed) -> Response[str]:
    named = {one.key: plain(one.name) for one in ladder().standing}
    return _form(
        request, "stages/standing.html", _("Active, resting or ended"), project, typed, reason_length=REASON,
        choices=[(standing.value, named[standing.value]) for standing in Standing],
    )


def _checkpoint_form(request: AnyRequest, project: ProjectPageRow, key: str, typed: Typed) -> Response[str]:
    stage, checkpoint = _seen(ladder_of(project), key)
    return _form(
        request, "stages/checkpoint.html", _("Say that this is met"), project, typed, stage=stage,
        checkpoint=checkpoint, note_length=NOTE,
    )


def _seen(stages: list[StageSeen], key: str) -> tuple[StageSeen, CheckpointSeen]:
    found = next(((stage, one) for stage in stages for one in stage.checkpoints if one.key == key), None)
    if found is None:
        raise NotFound(_("The ladder has no such checkpoint."))
    return found


def _form(
    request: AnyRequest, template: str, title: str, project: ProjectPageRow, typed: Typed, **context: Any
) -> Response[str]:
    return render(
        request, template, page=PageHead(title=title, is_indexed=False), status_code=typed.status, project=project,
        typed=typed, **context,
    )
