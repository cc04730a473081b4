"""Every kind of page: no accessibility violation, no sideways scrolling, in both languages, light and dark."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page
from sqlalchemy import select

from registry.database.engine import Database
from registry.projects.models import Project
from registry.repositories.models import RepositoryReadme
from registry.repositories.readme import render_readme
from registry.settings import Settings
from tests.browser.conftest import View, ViewsAs
from tests.factories import a_repository
from tests.repositories.test_pages import work_on

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PLAIN_PAGES = [
    "/", "/events", "/events/calendar", "/proposals", "/projects", "/projects?stage=prototype&has_repository=yes",
    "/projects?tag=no-such-tag", "/people", "/tags", "/needs", "/stages", "/search?q=資料", "/search?q=zzzz",
    "/search", "/about", "/api", "/handbook", "/no-such-page", "/sign-in",
    "/sign-in?problem=unreachable&provider=github", "/account", "/pitch",
    "/privacy", "/report?about=/people/example-organiser",
    *(f"/events/hackath64n/{part}" for part in ("board", "tables", "report", "later")),
    "/start/issues", "/channels", "/start", "/start?q=地圖&need=designer", "/start?q=zzzz",
    "/cases", "/cases/cofacts?both=yes", "/cases/compare?case=moedict&case=cofacts&case=disfactory",
    "/cases/cofacts/versions/1", "/numbers", "/licenses",
    "/events/example-hackathon", "/events/example-hackathon/register",
]
# The first record that a list links to: (list, start of the record's address).
RECORDS = [
    ("/events", "/events/hackath"), ("/projects", "/projects/"), ("/proposals", "/proposals/"),
    ("/people", "/people/"), ("/tags", "/tags/"), ("/needs", "/needs/"), ("/stages", "/stages/"),
    ("/handbook", "/handbook/"),
]

PAGES_OF = [
    ("organiser", "/events/new"), *(
        ("organiser", f"/events/hackath66n/{part}")
        for part in ("run", "edit", "agenda", "venue", "conduct/edit", "team", "stage", "stage/caller",
                     "stage/timer", "stage/talks/add", "screen/pitch", "screen/agenda", "screen/tables",
                     "after", "table-cards", "mine")
    ), *(("organiser", path) for path in (
        "/announcements/routes", "/events/hackath66n/announcements", "/projects/cofacts/channels",
        "/desk", "/desk/links", "/reports", "/audit", "/moderate?about=/people/example-organiser",
        "/moderate/people/example-proposer",
    )), ("proposer", "/account/data"), ("proposer", "/account/commits"), ("proposer", "/account/erase"),
    ("organiser", "/duplicates"), ("organiser", "/duplicates/with?about=/projects/cofacts&q=map"),
    ("organiser", "/cases/cofacts/draft"), ("organiser", "/cases/cofacts/draft/axes"),
    ("organiser", "/claims"), ("proposer", "/projects/cofacts/claim"), ("organiser", "/projects/cofacts/history"),
    ("organiser", "/projects/cofacts/repositories"),
]


async def violations(page: Page) -> list[str]:
    """What axe finds on a page, one line for each element."""
    found = await Axe().run(page, options={"runOnly": STANDARDS, "resultTypes": ["violations"]})
    return [
        f"{one['id']}: {node['html']}" for one in found.response["violations"] for node in one["nodes"]
    ]


async def scrolls_sideways(page: Page) -> bool:
    """Whether a page is wider than its window."""
    return bool(await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.mark.parametrize("path", PLAIN_PAGES)
async def test_a_page_has_no_violation(views: list[View], path: str) -> None:
    await _check(views, path)


@pytest.mark.parametrize(("place", "start"), RECORDS)
async def test_a_record_has_no_violation(views: list[View], place: str, start: str) -> None:
    page = await views[0].open(place)
    link = page.locator(f'main a[href^="{start}"]:not([href*="?"], [href$="/calendar"], [href$="/new"])').first
    address = await link.get_attribute("href")
    assert address is not None
    await _check(views, address)


@pytest.mark.parametrize(("part", "path"), PAGES_OF)
async def test_a_page_for_those_who_are_signed_in_has_no_violation(views_as: ViewsAs, part: str, path: str) -> None:
    await _check(await views_as(part), path)


async def test_the_code_of_a_project_has_no_violation(views: list[View], live_database: str) -> None:
    database = Database(Settings(database_url=live_database))
    async with database.writing() as session:
        project = (await session.scalars(select(Project).where(Project.slug == "cofacts"))).one()
        repository = await a_repository(session, project, language="Python", anonymous_count=1)
        html = render_readme("# Map\n\n|a|b|\n|-|-|\n|1|2|\n\n[更多](docs/)", url=repository.url, branch="main")
        session.add(RepositoryReadme(repository_id=repository.id, name="README.md", html=html))
        await work_on(session, repository)
    await database.close()
    for path in ("/projects/cofacts", "/projects/cofacts/code", "/start/issues"):
        await _check(views, path)


async def _check(views: list[View], path: str) -> None:
    for view in views:
        page = await view.open(path)
        assert await violations(page) == []
        assert not await scrolls_sideways(page)
        assert view.errors == []
