"""What the repositories of a project say, for those who keep it."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from registry.accounts.queries import roles_in_project
from registry.accounts.rules import Permission
from registry.database.engine import Reader
from registry.errors import NotFound
from registry.handbook import contribution_name
from registry.jobs.queries import job_runs
from registry.jobs.schedule import jobs_of
from registry.projects.words import no_such_project
from registry.repositories.files.formats import FORMATS
from registry.repositories.queries import RepositoryLooked, repositories_of_project
from registry.repositories.rules import LOOKS
from registry.repositories.words import evidence_words, fault_words, state_words
from registry.web.dependencies import InNow, InReader
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.permissions import needs
from registry.web.render import PageHead, render


@get("/projects/{slug:str}/repositories", opt=needs(Permission.EDIT_PROJECT, there=roles_in_project))
async def project_repositories_page(
    request: Request[Any, Any, Any], reader: InReader, now: InNow, slug: FromPath[str]
) -> Response[str]:
    """Each repository of a project: how it stands, when it was read, what was found, and what to put right."""
    found = await repositories_of_project(reader, slug)
    if found is None:
        raise NotFound(no_such_project())
    name, repositories = found
    state = request.app.state
    return render(
        request, "projects/repositories.html",
        page=PageHead(title=_("What the repository of %(project)s says") % {"project": plain(name)}, is_indexed=False),
        slug=slug, project_name=name, repositories=repositories, formats=list(FORMATS), now=now,
        is_looked_at=any(job.name.startswith(LOOKS) for job in jobs_of(state.connections, state.settings)),
        trouble=await _trouble(reader), timezone=state.settings.timezone,
        thanks=_thanks, state_words=state_words, evidence_words=evidence_words, fault_words=fault_words,
    )


def _thanks(one: RepositoryLooked) -> str:
    """For what a repository thanks people, and how many for each."""
    return " · ".join(f"{plain(contribution_name(kind))} ({count})" for kind, count in one.stated.thanks.items())


async def _trouble(reader: Reader) -> str:
    """Why repositories could not be looked at the last time; empty when they could."""
    runs = await job_runs(reader)
    return next((
        _(run.last_error) for run in runs if run.name.startswith(LOOKS) and run.failures and run.last_error
    ), "")


KEEPER_ROUTES: Sequence[ControllerRouterHandler] = [Router("/", route_handlers=[project_repositories_page])]
