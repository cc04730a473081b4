"""The pages that lead to projects: topics, and the roles they look for."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from registry.activity.rules import Subject
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.errors import NotFound
from registry.handbook import needs
from registry.inbox.queries import follow_state
from registry.moderation.hidden import hidden_record_page
from registry.projects.filters import ProjectFilters
from registry.projects.pages import quiet_before
from registry.projects.queries.facets import project_total
from registry.projects.queries.listing import project_cards
from registry.projects.queries.matching import list_parameters
from registry.projects.queries.topics import (
    TOPICS,
    WANTED,
    TagCount,
    projects_wanting,
    tag_by_slug,
    tags_holding,
    tags_of,
)
from registry.tallies.queries import Tallies
from registry.web.choices import read_choices
from registry.web.dependencies import InNow, InReader
from registry.web.i18n import gettext as _
from registry.web.i18n import ngettext, plain
from registry.web.paging import PageNumber, Pager
from registry.web.render import PageHead, render
from registry.web.sessions import actor_in

TAGS_A_PAGE = 200
LARGEST_TAGS = ((5, 30), (4, 15), (3, 6), (2, 3))
"""Sizes of the component, each from how many projects on."""


class SizedTag(msgspec.Struct, frozen=True):
    """A topic as large as it is common: ``size`` from 1 to 5."""

    name: Localized
    url: str
    count: int
    size: int


@get("/tags")
async def tags_page(
    request: Request[Any, Any, Any], reader: InReader, now: InNow, page: PageNumber = 1
) -> Response[str]:
    """The topics of the projects, the commonest first, in groups by how many projects have them."""
    chosen = read_choices("/tags", request.query_params, ("q",))
    tallies: Tallies = request.app.state.tallies
    counted = await tallies.read(reader, TOPICS, now)
    uses = counted.value.uses
    if text := chosen.values.get("q"):
        found = await tags_holding(reader, text)
        uses = [one for one in uses if one.tag_id in found]
    pager = Pager(number=page, total=len(uses), address=chosen.url(), size=TAGS_A_PAGE).checked()
    tags = await tags_of(reader, uses[pager.offset : pager.offset + pager.size])
    return render(
        request, "tags/tags.html",
        page=PageHead(
            title=_("Topics"),
            description=_("What the projects are about. The larger a topic, the more projects have it."),
            is_indexed=not chosen.values,
        ),
        chosen=chosen, pager=pager, groups=_by_commonness(tags), counted_at=counted.counted_at,
    )


@get("/tags/{slug:str}")
async def tag_page(
    request: Request[Any, Any, Any], reader: InReader, now: InNow, slug: FromPath[str], page: PageNumber = 1
) -> Response[str]:
    """The projects of a topic, and the topics beside it."""
    tag = await tag_by_slug(reader, slug)
    if tag is None:
        if hidden := await hidden_record_page(request, reader, Subject.TAG, slug):
            return hidden
        raise NotFound(_("There is no such topic. It may have been joined with another one."))
    return await projects_of(
        request, reader, now, ProjectFilters(tag=slug), number=page, template="tags/tag.html",
        head=PageHead(
            title=plain(tag.name), description=_("Projects about %(topic)s.") % {"topic": plain(tag.name)},
            feed=f"/tags/{tag.slug}/feed",
        ),
        tag=tag, follow=await follow_state(reader, actor_in(request), "tags", tag.slug, str(tag.id)),
    )


@get("/needs")
async def needs_page(request: Request[Any, Any, Any], reader: InReader, now: InNow) -> Response[str]:
    """Every role of the handbook, how many projects look for it, and the latest of them."""
    tallies: Tallies = request.app.state.tallies
    counted = await tallies.read(reader, WANTED, now)
    counts, wanting = counted.value.counts, await projects_wanting(reader, counted.value)
    roles = sorted(needs().values(), key=lambda need: -counts.get(need.key, 0))
    return render(
        request, "needs/needs.html",
        page=PageHead(
            title=_("Needs"), description=_("Whom the projects look for. Choose what you can do, and jump in."),
        ),
        wanted=[(need, counts[need.key], wanting.get(need.key, [])) for need in roles if need.key in counts],
        unwanted=[need for need in roles if need.key not in counts], counted_at=counted.counted_at,
    )


@get("/needs/{key:str}")
async def need_page(
    request: Request[Any, Any, Any], reader: InReader, now: InNow, key: FromPath[str], page: PageNumber = 1
) -> Response[str]:
    """The projects that look for a role."""
    need = needs().get(key)
    if need is None:
        raise NotFound(_("The handbook knows no such role."))
    return await projects_of(
        request, reader, now, ProjectFilters(need=key), number=page, template="needs/need.html",
        head=PageHead(
            title=plain(need.name), description=_("Projects that look for: %(role)s.") % {"role": plain(need.name)},
            feed=f"/needs/{need.key}/feed",
        ),
        need=need, follow=await follow_state(reader, actor_in(request), "needs", key, key),
        broader=needs().get(need.broader or ""),
        finer=[other for other in needs().values() if other.broader == key],
    )


async def projects_of(
    request: Request[Any, Any, Any], reader: Reader, now: datetime, filters: ProjectFilters, *,
    number: int, template: str, head: PageHead, **context: Any,
) -> Response[str]:
    """Answer with a page whose list are the projects of one filter (two statements).

    Raises:
        NotFound: the list has no page of this number.
    """
    parameters = await list_parameters(reader, filters, quiet_before=quiet_before(request, now))
    total = await project_total(reader, filters, parameters)
    pager = Pager(number=number, total=total.number, has_more=total.has_more, address=request.url.path).checked()
    cards = await project_cards(reader, filters, parameters, total, size=pager.size, offset=pager.offset)
    return render(request, template, page=head, pager=pager, cards=cards, **context)


def _by_commonness(tags: list[TagCount]) -> list[tuple[str, list[SizedTag]]]:
    """The topics in groups, each with its heading."""
    groups: dict[int, list[SizedTag]] = {}
    for tag in tags:
        size = next((size for size, least in LARGEST_TAGS if tag.count >= least), 1)
        groups.setdefault(size, []).append(SizedTag(tag.name, tag.url, tag.count, size))
    least_of = dict(LARGEST_TAGS)
    fewest = LARGEST_TAGS[-1][1]
    return [
        (
            ngettext("%(num)s project or more", "%(num)s projects or more", least_of[size]) % {"num": least_of[size]}
            if size in least_of
            else ngettext("Fewer than %(num)s project", "Fewer than %(num)s projects", fewest) % {"num": fewest},
            group,
        )
        for size, group in groups.items()
    ]
