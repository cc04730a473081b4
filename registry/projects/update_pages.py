"""The updates of a project: all of them, posting one, removing one."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, PathParameter
from litestar.types import ControllerRouterHandler

from registry.accounts.queries import roles_in_project
from registry.accounts.rules import Permission
from registry.database.engine import Reader
from registry.errors import NotFound, RegistryError
from registry.projects.commands.updates import PICTURE_TEXT, TEXT, post_update, remove_update
from registry.projects.queries.updates import UpdatedProject, updated_project, updates_of
from registry.projects.words import no_such_project
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.htmx import render_page_or_part
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import SEE_OTHER, Typed, attempt, read_typed, see

AnyRequest = Request[Any, Any, Any]
UpdateNumber = Annotated[int, PathParameter(ge=1, le=2**31 - 1)]


@get("/updates", opt=needs(Permission.READ))
async def project_updates_page(
    request: AnyRequest, reader: InReader, actor: InActor, slug: FromPath[str], page: PageNumber = 1
) -> Response[str]:
    """Everything that a project's people posted, the newest first."""
    project = await _project(reader, slug)
    pager = Pager(number=page, total=project.update_count, address=request.url.path).checked()
    roles = await roles_in_project(reader, actor, slug) if actor.is_signed_in else frozenset()
    return render(
        request, "projects/updates.html", project=project, pager=pager,
        page=PageHead(
            title=_("Updates of %(project)s") % {"project": plain(project.name)},
            description=_("What its people posted, the newest first."),
        ),
        updates=await updates_of(reader, project.id, size=pager.size, offset=pager.offset),
        may_post=actor.may(Permission.EDIT_PROJECT, roles),
        may_remove_all=actor.may(Permission.HAND_OVER_PROJECT, roles), timezone=request.app.state.settings.timezone,
    )


@get("/updates/new")
async def project_update_form(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[Any]:
    """The form of a new update."""
    return _form(request, await _project(reader, slug), Typed())


@post("/updates", status_code=SEE_OTHER)
async def project_update(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Post an update."""
    typed = await read_typed(request)

    async def post_it() -> str:
        await post_update(
            session, slug=slug, text=typed("text"), picture_url=typed("picture_url"),
            picture_text=typed("picture_text"), by=actor, now=now,
        )
        return f"/projects/{slug}#updates"

    outcome = await attempt(session, typed, post_it, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return _form(request, await _project(session, slug), typed)
    return see(outcome, "posted")


@post("/updates/{update_id:int}/remove", status_code=SEE_OTHER)
async def project_update_remove(
    actor: InActor, session: InSession, now: InNow, slug: FromPath[str], update_id: UpdateNumber
) -> Response[Any]:
    """Remove an update."""
    roles = await roles_in_project(session, actor, slug)
    await remove_update(
        session, slug=slug, update_id=update_id, is_in_charge=actor.may(Permission.HAND_OVER_PROJECT, roles), by=actor,
        now=now,
    )
    return see(f"/projects/{slug}/updates", "removed")


PROJECT_UPDATE_ROUTES: Sequence[ControllerRouterHandler] = [
    Router("/projects/{slug:str}", opt=needs(Permission.EDIT_PROJECT, there=roles_in_project), route_handlers=[
        project_updates_page, project_update_form, project_update, project_update_remove,
    ]),
]


async def _project(reader: Reader, slug: str) -> UpdatedProject:
    project = await updated_project(reader, slug)
    if project is None:
        raise NotFound(no_such_project())
    return project


def _form(request: AnyRequest, project: UpdatedProject, typed: Typed) -> Response[Any]:
    title = _("Post an update")
    return render_page_or_part(
        request, "projects/edit.html", part="projects/edit/_form.html", status_code=typed.status,
        page=PageHead(title=f"{title} · {plain(project.name)}", is_indexed=False),
        project=project, section="updates", title=title, typed=typed, text_length=TEXT,
        picture_text_length=PICTURE_TEXT,
    )
