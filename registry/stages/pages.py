"""The pages of the ladder: all its stages, and one."""

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from registry.accounts.rules import Permission
from registry.errors import NotFound
from registry.handbook import Stage, ladder
from registry.handbook.chapters import chapters_of_stage
from registry.projects.filters import ProjectFilters
from registry.projects.topic_pages import projects_of
from registry.stages.pace import StagePace, most_often_missing
from registry.stages.queries import ON_LADDER, latest_moves
from registry.tallies.queries import Tallies
from registry.web.dependencies import InActor, InNow, InReader
from registry.web.i18n import gettext as _
from registry.web.i18n import localized, plain
from registry.web.paging import PageNumber
from registry.web.render import PageHead, render

MISSING_SHOWN = 5


class StageRow(msgspec.Struct, frozen=True):
    """A stage in the table of all: how many projects stand there, and how they get on from it."""

    stage: Stage
    count: int
    pace: StagePace


@get("/stages")
async def stages_page(request: Request[Any, Any, Any], reader: InReader, actor: InActor, now: InNow) -> Response[str]:
    """The ladder from an idea to its effect, how many projects stand where, and where they get stuck."""
    tallies: Tallies = request.app.state.tallies
    counted = await tallies.read(reader, ON_LADDER, now)
    counts, paces = ladder().counted(counted.value.projects), counted.value.paces
    rows = [
        StageRow(stage, counts[stage.key], paces.of_stages.get(stage.key, StagePace())) for stage in ladder().stage
    ]
    return render(
        request, "stages/stages.html",
        page=PageHead(
            title=_("Stages"),
            description=_("The way of a project, from the first question to the mark it leaves. No stage is a duty, "
                          "and a project may go back."),
        ),
        stages=rows, bars=[(localized(row.stage.name), row.count, f"/projects?stage={row.stage.key}") for row in rows],
        days=[
            (localized(row.stage.name), row.pace.median_days, None) for row in rows if row.pace.median_days is not None
        ],
        dated_count=paces.dated, imported_count=paces.imported, counted_at=counted.counted_at,
        may_moderate=actor.may(Permission.MODERATE),
    )


@get("/stages/{key:str}")
async def stage_page(
    request: Request[Any, Any, Any], reader: InReader, now: InNow, key: FromPath[str], page: PageNumber = 1
) -> Response[str]:
    """What a stage asks and offers, the chapters that help on it, and the projects that stand on it."""
    stages = ladder().stage
    place = next((number for number, stage in enumerate(stages) if stage.key == key), None)
    if place is None:
        raise NotFound(_("The ladder has no such stage."))
    checkpoints = [one.key for one in stages[place].checkpoint]
    past, missing = most_often_missing(
        await latest_moves(reader), [stage.key for stage in stages], key, checkpoints
    )
    return await projects_of(
        request, reader, now, ProjectFilters(stage=key), number=page, template="stages/stage.html",
        head=PageHead(title=plain(stages[place].name), description=plain(stages[place].summary)),
        stage=stages[place], chapters=chapters_of_stage(key), before=stages[place - 1] if place else None,
        after=stages[place + 1] if place + 1 < len(stages) else None, past=past,
        missing=[
            (localized(ladder().checkpoint_text(one.checkpoint)), one.count, None) for one in missing[:MISSING_SHOWN]
        ],
    )
