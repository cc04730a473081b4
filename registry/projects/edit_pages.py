"""Changing a project in place: each part's form, as a part of the project's page or as a page of its own."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from registry.accounts.queries import roles_in_project
from registry.accounts.rules import Permission
from registry.database.engine import Reader
from registry.errors import NotFound, RegistryError
from registry.handbook import needs as handbook_needs
from registry.languages import in_its_language
from registry.projects.commands.edit import edit_project
from registry.projects.commands.found import NAME, SUMMARY, found_project
from registry.projects.commands.needs import LINE, change_need
from registry.projects.forms import part_form, rows_of
from registry.projects.queries.editing import EditedProject, edited_project, projects_named
from registry.projects.rules import NeedState
from registry.projects.words import link_kinds, no_such_project, relation_kinds
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.htmx import render_page_or_part
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.permissions import needs
from registry.web.render import PageHead, render, render_fragment
from registry.web.typed import SEE_OTHER, Typed, attempt, fields_of, read_typed, see

NEEDS = "needs"
AnyRequest = Request[Any, Any, Any]


@get("/edit/{part:str}")
async def project_edit_page(
    request: AnyRequest, reader: InReader, slug: FromPath[str], part: FromPath[str], key: FromQuery[str] = ""
) -> Response[Any]:
    """The form of one part of a project; of its needs, ``key`` says whose words are to change."""
    project = await _edited(reader, slug)
    if part == NEEDS:
        return _needs_form(request, project, Typed.of(key=key))
    form = part_form(part)
    return _form(request, project, part, Typed.of(**form.fields(project)))


@post("/edit/{part:str}", status_code=SEE_OTHER)
async def project_edit(
    request: AnyRequest, *, actor: InActor, session: InSession, now: InNow, slug: FromPath[str],
    part: FromPath[str],
) -> Response[Any]:
    """Change one part of a project."""
    project = await _edited(session, slug)
    form = part_form(part)
    typed = await read_typed(request)

    async def change() -> str:
        await edit_project(
            session, slug=slug, edit=form.read(typed, project), revision=typed.revision,
            theirs=form.fields(project), by=actor, now=now,
        )
        return f"/projects/{slug}#{part}"

    outcome = await attempt(session, typed, change, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return _form(request, project, part, typed)
    return see(outcome, "saved")


@post("/needs", status_code=SEE_OTHER)
async def project_need(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Open a need, change its line, fill, close or open it again: the button pressed says which."""
    typed = await read_typed(request)
    project = await _edited(session, slug)
    before = next((need.line for need in project.needs if need.key == typed("key")), {})

    async def change() -> str:
        state = NeedState(typed("state")) if typed("state") in set(NeedState) else NeedState.OPEN
        await change_need(
            session, slug=slug, key=typed("key"), line=typed.texts("line", before=before), state=state,
            revision=typed.revision, by=actor, now=now,
        )
        return f"/projects/{slug}#{NEEDS}"

    outcome = await attempt(session, typed, change, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return _needs_form(request, project, typed)
    return see(outcome, "saved")


@get("/related/suggestions")
async def project_suggestions(request: AnyRequest, reader: InReader) -> Response[str]:
    """Projects that hold what is typed so far into the field of a relation."""
    typed = next((text for name, text in request.query_params.items() if name.endswith("-project")), "")
    return render_fragment(
        "projects/edit/suggestions.html",
        suggestions=[(one.slug, plain(one.name)) for one in await projects_named(reader, typed)],
    )


@get("/projects/new", opt=needs(Permission.FOUND_PROJECT))
async def project_new_page(
    request: AnyRequest, name: Annotated[str, QueryParameter(max_length=NAME)] = ""
) -> Response[str]:
    """The form with which a project begins; ``name`` is what was looked for and not found."""
    return _founding(request, Typed.of(**fields_of(name=in_its_language(name))))


@post("/projects/new", opt=needs(Permission.FOUND_PROJECT), status_code=SEE_OTHER)
async def project_new(request: AnyRequest, actor: InActor, session: InSession, now: InNow) -> Response[Any]:
    """Begin a project."""
    typed = await read_typed(request)

    async def begin() -> str:
        project = await found_project(
            session, name=typed.texts("name"), summary=typed.texts("summary"), by=actor, now=now
        )
        return f"/projects/{project.slug}"

    outcome = await attempt(session, typed, begin, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return _founding(request, typed)
    return see(outcome, "begun")


PROJECT_EDIT_ROUTES: Sequence[ControllerRouterHandler] = [
    project_new_page, project_new,
    Router("/projects/{slug:str}", opt=needs(Permission.EDIT_PROJECT, there=roles_in_project), route_handlers=[
        project_edit_page, project_edit, project_need, project_suggestions,
    ]),
]


async def _edited(reader: Reader, slug: str) -> EditedProject:
    project = await edited_project(reader, slug)
    if project is None:
        raise NotFound(no_such_project())
    return project


def _form(request: AnyRequest, project: EditedProject, part: str, typed: Typed) -> Response[Any]:
    title = part_form(part).title()
    return render_page_or_part(
        request, "projects/edit.html", part="projects/edit/_form.html", status_code=typed.status,
        page=PageHead(title=f"{title} · {plain(project.name)}", is_indexed=False),
        project=project, section=part, title=title, typed=typed, revision=typed.revision or project.revision,
        rows=rows_of(typed), link_kinds=link_kinds(), relation_kinds=relation_kinds(), name_length=NAME,
        summary_length=SUMMARY,
    )


def _needs_form(request: AnyRequest, project: EditedProject, typed: Typed) -> Response[Any]:
    title = _("Whom it looks for")
    known = {need.key: need for need in project.needs}
    chosen = known.get(typed("key"))
    if chosen and not typed.refusal:
        typed = Typed.of(key=chosen.key, **fields_of(line=chosen.line))
    return render_page_or_part(
        request, "projects/edit.html", part="projects/edit/_form.html", status_code=typed.status,
        page=PageHead(title=f"{title} · {plain(project.name)}", is_indexed=False),
        project=project, section=NEEDS, title=title, typed=typed, revision=project.revision, needs=project.needs,
        chosen=chosen, line_length=LINE,
        roles=[(need.key, plain(need.name)) for need in handbook_needs().values() if need.key not in known],
    )


def _founding(request: AnyRequest, typed: Typed) -> Response[str]:
    return render(
        request, "projects/new.html", page=PageHead(title=_("Begin a project"), is_indexed=False), typed=typed,
        status_code=typed.status, name_length=NAME, summary_length=SUMMARY,
    )
