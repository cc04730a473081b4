"""The page of a project's code, the issues to start with across projects, and the choice about one's own commits."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from registry.accounts.queries import Actor
from registry.accounts.rules import Permission
from registry.activity.rules import Subject
from registry.contributions.queries import PlaceRow, place_named
from registry.database.engine import Reader
from registry.errors import NotFound, RegistryError
from registry.handbook import contribution_name, need_words
from registry.handbook import needs as roles
from registry.projects.words import no_such_project
from registry.repositories.code_queries import (
    commits_of,
    own_accounts,
    project_code,
    project_quarters,
    project_weeks,
)
from registry.repositories.commands import show_commits
from registry.repositories.credit import FORGE
from registry.repositories.drawings import first_week, quarters_chart, sheet, weeks_chart
from registry.repositories.freshness import with_freshness
from registry.repositories.naming import is_named
from registry.repositories.starter_queries import STARTER_LISTING, StarterFilter, starter_counts, starter_issues
from registry.tallies.queries import Tallies
from registry.web.choices import read_choices
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import SEE_OTHER, attempt, read_typed, see

AnyRequest = Request[Any, Any, Any]
CHANGES_SHOWN = 30
_READ = needs(Permission.READ)
_MINE = needs(Permission.MANAGE_OWN_ACCOUNT)


@get("/projects/{slug:str}/code", opt=_READ)
async def code_page(request: AnyRequest, reader: InReader, now: InNow, slug: FromPath[str]) -> Response[str]:
    """All that is known of a project's repositories: who works on them and when, where to start, what came of it."""
    project = await _project(reader, slug)
    code = await project_code(reader, project.id, weeks_from=first_week(now.date()))
    return render(
        request, "repositories/code.html",
        page=PageHead(
            title=_("The code of %(project)s") % {"project": plain(project.name)},
            description=_("Who writes it and when, where to start, and what came of it, as its repositories tell."),
            is_indexed=bool(code.repositories),
        ),
        project=project, url=project.url, code=code,
        repositories=with_freshness(
            code.repositories, now=now, timezone=request.app.state.settings.timezone
        ),
        weeks=weeks_chart(code.weeks, today=now.date()),
        quarters=quarters_chart(code.quarters), changes_shown=CHANGES_SHOWN,
        thanks=[(plain(contribution_name(kind)), count) for kind, count in code.thanks.items()],
    )


@get("/projects/{slug:str}/code/commits.csv", opt=_READ)
async def commits_sheet(reader: InReader, slug: FromPath[str]) -> Response[str]:
    """All weeks in which a project has commits, as a sheet."""
    project = await _project(reader, slug)
    weeks = await project_weeks(reader, project.id)
    return _file(f"{project.slug}-commits.csv", sheet(
        ("week", "commits"), ((one.week.isoformat(), one.count) for one in weeks)
    ))


@get("/projects/{slug:str}/code/people.csv", opt=_READ)
async def people_sheet(reader: InReader, slug: FromPath[str]) -> Response[str]:
    """How many accounts have commits in each quarter, as a sheet."""
    project = await _project(reader, slug)
    quarters = await project_quarters(reader, project.id)
    return _file(f"{project.slug}-people.csv", sheet(
        ("quarter", "people"), ((f"{one.year}-Q{one.quarter}", one.count) for one in quarters)
    ))


@get("/start/issues", opt=_READ)
async def starters_page(request: AnyRequest, reader: InReader, now: InNow, page: PageNumber = 1) -> Response[str]:
    """Open issues to start with across all projects, by programming language and by what the project looks for."""
    chosen = read_choices("/start/issues", request.query_params, ("language", "need"))
    wanted = StarterFilter(need=chosen.values.get("need"), language=chosen.values.get("language"))
    tallies: Tallies = request.app.state.tallies
    counts = await starter_counts(reader, wanted, whole=lambda: tallies.read(reader, STARTER_LISTING, now))
    pager = Pager(
        number=page, total=counts.total.number, has_more=counts.total.has_more, address=chosen.url()
    ).checked()
    words = {
        "language": {language: language for language in sorted(counts.languages, key=str.casefold)},
        "need": {key: plain(need_words(key).name) for key in roles()},
    }
    return render(
        request, "repositories/starters.html",
        page=PageHead(
            title=_("Issues to start with"),
            description=_("Small pieces of work that projects have put aside for newcomers. Choose one, and jump in."),
            is_indexed=not chosen.values,
        ),
        chosen=chosen, chips=chosen.chips(words), pager=pager, counted_at=counts.counted_at,
        languages_offered=chosen.choices("language", words["language"], counts.languages),
        needs_offered=chosen.choices("need", words["need"], counts.needs),
        issues=await starter_issues(reader, wanted, counts.total, size=pager.size, offset=pager.offset),
    )


@get("/account/commits", opt=_MINE)
async def own_commits_page(request: AnyRequest, reader: InReader, actor: InActor) -> Response[str]:
    """Whether the reader's commits are shown, and what is known of them."""
    person_id = _person_id(actor)
    settings = request.app.state.settings
    accounts = [
        (account, login, await is_named(reader, settings=settings, forge=FORGE, account=account))
        for account, login in await own_accounts(reader, person_id)
    ]
    return render(
        request, "repositories/own_commits.html",
        page=PageHead(title=_("Your commits on GitHub"), is_indexed=False), accounts=accounts,
        commits=await commits_of(reader, person_id),
    )


@post("/account/commits", opt=_MINE, status_code=SEE_OTHER)
async def own_commits(request: AnyRequest, session: InSession, actor: InActor, now: InNow) -> Response[Any]:
    """Show one's commits, or not."""
    typed = await read_typed(request)

    async def show() -> str:
        await show_commits(session, account=typed("account"), shows=typed("shows") == "yes", by=actor, now=now)
        return "/account/commits"

    outcome = await attempt(session, typed, show, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        raise outcome
    return see(outcome, "saved")


REPOSITORY_ROUTES: Sequence[ControllerRouterHandler] = [
    code_page, commits_sheet, people_sheet, starters_page, own_commits_page, own_commits,
]


async def _project(reader: Reader, slug: str) -> PlaceRow:
    project = await place_named(reader, Subject.PROJECT, slug)
    if project is None:
        raise NotFound(no_such_project())
    return project


def _file(name: str, content: str) -> Response[str]:
    return Response(
        content, media_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _person_id(actor: Actor) -> int:
    assert actor.person_id is not None  # noqa: S101 — the permission is not a visitor's
    return actor.person_id
