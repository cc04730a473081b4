"""The front page."""

from typing import Any

from litestar import Request, Response, get

from registry.community.current import community
from registry.events.queries import EventRow, next_and_last_event
from registry.handbook import ladder, need_words
from registry.projects.highlights import (
    COMMUNITY_NUMBERS,
    CommunityNumbers,
    newly_pitched_projects,
    projects_wanting_help,
)
from registry.tallies.queries import Tallies
from registry.web.dependencies import InNow, InReader
from registry.web.i18n import gettext as _
from registry.web.i18n import localized
from registry.web.moments import time_span
from registry.web.render import PageHead, SiteContext, render

PROJECTS_SHOWN = 6


@get("/")
async def home_page(request: Request[Any, Any, Any], reader: InReader, now: InNow) -> Response[str]:
    """The next event, what needs help, the newest projects, and the community in numbers."""
    tallies: Tallies = request.app.state.tallies
    counted = await tallies.read(reader, COMMUNITY_NUMBERS, now)
    coming, last = await next_and_last_event(reader, now)
    site = SiteContext(request)
    return render(
        request, "home.html",
        page=PageHead(
            title=_("Projects, pitches and hackathons"),
            description=_("The public record of a civic technology community: find a project to help, pitch your own, "
                          "or read what became of every pitch."),
            json_ld=_linked_data(site), feed="/feed",
        ),
        site=site,
        coming=coming, coming_when=coming and _when(coming), last=last, last_when=last and _when(last),
        is_running=coming is not None and coming.starts_at <= now,
        registering=coming and coming.registering(now).value,
        wanting=await projects_wanting_help(reader, limit=PROJECTS_SHOWN),
        newest=await newly_pitched_projects(reader, limit=PROJECTS_SHOWN),
        numbers=counted.value, counted_at=counted.counted_at, charts=_charts(counted.value), rhythm=community().rhythm,
    )


def _when(event: EventRow) -> str:
    return time_span(event.starts_at, event.ends_at, event.timezone, is_all_day=event.is_all_day)


def _charts(numbers: CommunityNumbers) -> dict[str, list[Any]]:
    """The bars of the charts: every year from the first to the last, each stage, the needs most wanted."""
    years = numbers.pitches_by_year
    return {
        "years": [
            (str(year), years.get(year, 0)) for year in range(min(years), max(years) + 1)
        ] if years else [],
        "stages": [
            (localized(ladder().stage_of(key).name), count, f"/projects?stage={key}")
            for key, count in numbers.projects_by_stage.items()
        ],
        "needs": [
            (localized(need_words(key).name), count, f"/needs/{key}") for key, count in numbers.most_wanted.items()
        ],
    }


def _linked_data(site: SiteContext) -> dict[str, Any]:
    return {
        "@type": "WebSite", "name": site.community, "url": site.base_url,
        "potentialAction": {
            "@type": "SearchAction", "target": f"{site.base_url}/search?q={{search_term_string}}",
            "query-input": "required name=search_term_string",
        },
    }
