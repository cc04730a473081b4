"""The pages of the ladder: all its stages, and one."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from registry.handbook import ladder
from registry.handbook.chapters import chapters_of_stage
from registry.projects.filters import ProjectFilters
from registry.projects.queries.topics import projects_by_stage
from registry.projects.topic_pages import projects_of
from registry.web.dependencies import InNow, InReader
from registry.web.errors import NotFound
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.paging import PageNumber
from registry.web.render import PageHead, render


@get("/stages")
async def stages_page(request: Request[Any, Any, Any], reader: InReader) -> Response[str]:
    """The ladder from an idea to its effect, and how many projects stand where."""
    counts = await projects_by_stage(reader)
    return render(
        request, "stages/stages.html",
        page=PageHead(
            title=_("Stages"),
            description=_("The way of a project, from the first question to the mark it leaves. No stage is a duty, "
                          "and a project may go back."),
        ),
        stages=[(stage, counts.get(stage.key, 0)) for stage in ladder().stage],
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
    return await projects_of(
        request, reader, now, ProjectFilters(stage=key), number=page, template="stages/stage.html",
        head=PageHead(title=plain(stages[place].name), description=plain(stages[place].summary)),
        stage=stages[place], chapters=chapters_of_stage(key), before=stages[place - 1] if place else None,
        after=stages[place + 1] if place + 1 < len(stages) else None,
    )
