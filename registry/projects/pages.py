"""The pages of projects: the list with its filters, and one project."""

from datetime import date, datetime, timedelta
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_301_MOVED_PERMANENTLY

from registry.accounts.queries import roles_in_project
from registry.accounts.rules import Permission
from registry.activity.queries import moved_record
from registry.activity.rules import Subject
from registry.cases.words import axis_name
from registry.channels.pages import channel_addresses
from registry.errors import NotFound
from registry.inbox.queries import follow_state
from registry.moderation.hidden import hidden_record_page
from registry.people.rules import MembershipRole
from registry.projects.filter_panel import empty_hint, filter_facets, filter_words
from registry.projects.filters import FILTER_NAMES, ProjectFilters
from registry.projects.linked_data import project_linked_data
from registry.projects.overview import (
    contributors_with_kinds,
    credited_names,
    history_by_year,
    ladder_of,
    members_by_part,
)
from registry.projects.queries.facets import PROJECT_LISTING, project_listing
from registry.projects.queries.listing import project_cards
from registry.projects.queries.matching import list_parameters
from registry.projects.queries.project import project_by_slug, similar_projects
from registry.projects.records import slug_of_project
from registry.projects.rules import standing_today
from registry.projects.sharing import project_share_card
from registry.projects.words import no_such_project, part_name, relation_name
from registry.repositories.code_queries import NO_CODE, project_code
from registry.repositories.drawings import first_week, weeks_chart
from registry.repositories.freshness import with_freshness
from registry.settings import Settings
from registry.stages.progress import next_step
from registry.tallies.queries import Tallies
from registry.web.cards import share_picture
from registry.web.choices import read_choices
from registry.web.dependencies import InActor, InNow, InReader
from registry.web.htmx import render_page_or_part
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.paging import PageNumber, Pager
from registry.web.render import PageHead, render

ISSUES_SHOWN = 3
CONTRIBUTORS_SHOWN = 60


@get("/projects/{slug:str}")
async def project_page(
    request: Request[Any, Any, Any], reader: InReader, actor: InActor, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """One project: where it stands, whom it looks for, its people, its history and its links."""
    project = await project_by_slug(reader, slug)
    if project is None:
        if hidden := await hidden_record_page(request, reader, Subject.PROJECT, slug):
            return hidden
        moved = await moved_record(reader, Subject.PROJECT, slug)
        new_slug = None if moved is None else await slug_of_project(reader, moved)
        if new_slug is None:
            raise NotFound(no_such_project())
        return Redirect(f"/projects/{new_slug}", status_code=HTTP_301_MOVED_PERMANENTLY)
    since, timezone = quiet_before(request, now), request.app.state.settings.timezone
    stages = ladder_of(project)
    code = NO_CODE
    if project.has_repositories:
        code = await project_code(reader, project.id, weeks_from=first_week(now.date()))
    roles = await roles_in_project(reader, actor, slug) if actor.is_signed_in else frozenset()
    return render(
        request, "projects/project.html",
        page=PageHead(
            title=plain(project.name), description=plain(project.summary), og_type="article",
            feed=f"/projects/{project.slug}/feed",
            picture=share_picture(project_share_card(project), f"/projects/{project.slug}"),
            json_ld=project_linked_data(project, request.app.state.settings.base_url),
        ),
        project=project, stages=stages, step=next_step(stages),
        standing=standing_today(project.standing, last_active_on=project.last_active_on, quiet_before=since),
        people={part_name(part): members for part, members in members_by_part(project).items()},
        has_owner=any(
            one.role is MembershipRole.OWNER and one.is_claimed and one.left_on is None for one in project.members
        ),
        credited=credited_names(project), contributors=contributors_with_kinds(project),
        years=history_by_year(project, code), code=code,
        repositories=with_freshness(code.repositories, now=now, timezone=timezone),
        weeks=weeks_chart(code.weeks, today=now.date()),
        issues_shown=ISSUES_SHOWN, contributors_shown=CONTRIBUTORS_SHOWN,
        relations=[(relation_name(one.kind, is_said_here=one.is_said_here), one) for one in project.relations],
        answers=[(axis_name(answer.axis), answer) for answer in project.answers],
        follow=await follow_state(reader, actor, "projects", project.slug, str(project.id)),
        may_edit=actor.may(Permission.EDIT_PROJECT, roles),
        may_hand_over=actor.may(Permission.HAND_OVER_PROJECT, roles),
        channel_address=channel_addresses(request), is_member=bool(roles), timezone=timezone,
        similar=await similar_projects(reader, project.id, quiet_before=since),
    )


@get("/projects")
async def projects_page(
    request: Request[Any, Any, Any], reader: InReader, now: InNow, page: PageNumber = 1
) -> Response[str]:
    """The projects that match the filters of the address, with how many each further choice would leave."""
    chosen = read_choices("/projects", request.query_params, FILTER_NAMES)
    filters = ProjectFilters(**chosen.values)
    parameters = await list_parameters(reader, filters, quiet_before=quiet_before(request, now))
    tallies: Tallies = request.app.state.tallies
    listing = await project_listing(
        reader, filters, parameters, whole=lambda: tallies.read(reader, PROJECT_LISTING, now)
    )
    total = listing.total
    pager = Pager(number=page, total=total.number, has_more=total.has_more, address=chosen.url()).checked()
    words = filter_words(listing)
    return render_page_or_part(
        request, "projects/projects.html", part="projects/_results.html",
        page=PageHead(
            title=_("Projects"),
            description=_("Everything the community has begun to dig. Find one that wants what you can do."),
            is_indexed=not chosen.values,
        ),
        chosen=chosen, chips=chosen.chips(words), facets=filter_facets(chosen, listing, words), pager=pager,
        cards=await project_cards(reader, filters, parameters, total, size=pager.size, offset=pager.offset),
        counted_at=listing.counted_at, is_part=parameters["is_part"], sort=filters.order.value,
        empty_hint=empty_hint(chosen, words),
    )


def quiet_before(request: Request[Any, Any, Any], now: datetime) -> date:
    """The day since which something must be known of a project for it to count as active."""
    settings: Settings = request.app.state.settings
    return now.date() - timedelta(days=settings.quiet_after_days)
