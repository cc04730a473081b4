"""The pages of the handbook: its contents and each chapter. They ask no database."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from registry.errors import NotFound
from registry.handbook import ladder
from registry.handbook.chapters import Chapter, chapters, chapters_of_stage
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.render import PageHead, render


@get("/handbook")
async def handbook_page(request: Request[Any, Any, Any]) -> Response[str]:
    """Every chapter in reading order, and the same by the stage where each helps."""
    return render(
        request, "handbook/handbook.html",
        page=PageHead(title=_("Handbook"), description=_("What this community has learnt, from the first idea on.")),
        chapters=chapters().values(),
        stages=[(stage, chapters_of_stage(stage.key)) for stage in ladder().stage],
    )


@get("/handbook/{slug:str}")
async def chapter_page(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[str]:
    """One chapter, with the contents and the chapters before and after it."""
    chapter = chapters().get(slug)
    if chapter is None:
        raise NotFound(_("The handbook has no such chapter. Look for it in the contents: /handbook"))
    before, after = _neighbours(chapter)
    return render(
        request, "handbook/chapter.html",
        page=PageHead(title=plain(chapter.title), description=plain(chapter.summary), og_type="article"),
        chapter=chapter, chapters=chapters().values(), before=before, after=after,
        stages=[stage for stage in ladder().stage if stage.key in chapter.stages],
    )


def _neighbours(chapter: Chapter) -> tuple[Chapter | None, Chapter | None]:
    row = [None, *chapters().values(), None]
    place = row.index(chapter)
    return row[place - 1], row[place + 1]
