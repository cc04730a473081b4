"""Every kind of page in one of two windows: no violation, no sideways scrolling; ``tests/trust`` has all windows."""

from datetime import UTC, datetime

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page
from sqlalchemy import select

from registry.activity.rules import Subject
from registry.announcements.commands import announce
from registry.announcements.models import Announcement, AnnouncementRoute
from registry.announcements.rules import AnnouncementState, Fact, FactKind
from registry.cases.models import CaseStudy
from registry.channels.models import Channel
from registry.channels.rules import WORKSPACE
from registry.database.engine import Database
from registry.projects.models import Project
from registry.proposals.models import Proposal
from registry.receivers.models import Dispatch, Receiver
from registry.receivers.rules import DispatchState, OffReason
from registry.repositories.models import RepositoryReadme
from registry.repositories.readme import render_readme
from registry.settings import Settings
from tests.browser.conftest import View, ViewsAs, in_turns, shared_out
from tests.factories import a_repository
from tests.repositories.test_pages import work_on

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PLAIN_PAGES = [
    "/", "/events", "/events/calendar", "/proposals", "/projects", "/projects?stage=prototype&has_repository=yes",
    "/projects?tag=no-such-tag", "/people", "/tags", "/needs", "/stages", "/search?q=資料", "/search?q=zzzz",
    "/search", "/about", "/api", "/api/examples", "/handbook", "/no-such-page", "/sign-in",
    "/sign-in?problem=unreachable&provider=github", "/account", "/pitch",
    "/webhooks/receiving", "/privacy", "/report?about=/people/example-organiser",
    *(f"/events/hackath64n/{part}" for part in ("board", "tables", "report", "later")),
    "/start/issues", "/channels", "/start", "/start?q=地圖&need=designer", "/start?q=zzzz",
    "/cases", "/cases/cofacts?both=yes", "/cases/compare?case=moedict&case=cofacts&case=disfactory",
    "/cases/cofacts/versions/1", "/projects/cofacts/elsewhere", "/projects/cofacts/card", "/numbers", "/licenses",
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
        "/events/hackath66n/announcements", "/projects/cofacts/channels",
        "/webhooks", "/desk", "/desk/links", "/reports", "/audit", "/moderate?about=/people/example-organiser",
        "/moderate/people/example-proposer",
    )), ("proposer", "/account/data"), ("proposer", "/account/commits"), ("proposer", "/account/erase"),
    ("proposer", "/account/tokens"),
    ("organiser", "/duplicates"), ("organiser", "/duplicates/with?about=/projects/cofacts&q=map"),
    ("organiser", "/cases/cofacts/draft"), ("organiser", "/cases/cofacts/draft/axes"),
    ("organiser", "/claims"), ("proposer", "/projects/cofacts/claim"), ("organiser", "/projects/cofacts/history"),
    ("organiser", "/projects/cofacts/repositories"), ("organiser", "/imports"),
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


@pytest.mark.parametrize(("place", "path"), list(enumerate(PLAIN_PAGES)))
async def test_a_page_has_no_violation(views: list[View], place: int, path: str) -> None:
    await _check(views[place % 2], path)


@pytest.mark.parametrize(("place", "of_list", "start"), [(place, *record) for place, record in enumerate(RECORDS)])
async def test_a_record_has_no_violation(views: list[View], place: int, of_list: str, start: str) -> None:
    view = views[place % 2]
    page = await view.open(of_list)
    link = page.locator(f'main a[href^="{start}"]:not([href*="?"], [href$="/calendar"], [href$="/new"])').first
    address = await link.get_attribute("href")
    assert address is not None
    await _check(view, address)


@pytest.mark.parametrize(("place", "part", "path"), [(place, *page) for place, page in enumerate(PAGES_OF)])
async def test_a_page_for_those_who_are_signed_in_has_no_violation(
    views_as: ViewsAs, place: int, part: str, path: str
) -> None:
    await _check((await views_as(part))[place % 2], path)


@pytest.fixture(scope="module")
async def code_of_cofacts(live_database: str) -> None:
    """A repository of a project, read."""
    database = Database(Settings(database_url=live_database))
    await add_code(database)
    await database.close()


async def add_code(database: Database) -> None:
    """A repository of a project, read: its README, its people's and its newcomers' issues."""
    async with database.writing() as session:
        project = (await session.scalars(select(Project).where(Project.slug == "cofacts"))).one()
        repository = await a_repository(session, project, language="Python", anonymous_count=1)
        html = render_readme("# Map\n\n|a|b|\n|-|-|\n|1|2|\n\n[更多](docs/)", url=repository.url, branch="main")
        session.add(RepositoryReadme(repository_id=repository.id, name="README.md", html=html))
        await work_on(session, repository)


@in_turns
async def test_the_code_of_a_project_has_no_violation(views: list[View], code_of_cofacts: None, turn: int) -> None:
    for view, path in shared_out(views, ("/projects/cofacts", "/projects/cofacts/code", "/start/issues"), turn):
        await _check(view, path)


@in_turns
async def test_a_file_to_import_has_no_violation(views_as: ViewsAs, turn: int) -> None:
    view = (await views_as("organiser"))[turn]
    page = await view.open("/imports")
    sheet = "專案名稱,連結,徵求\n很長的坑名" + "很" * 80 + ",https://example.org/" + "x" * 90 + ",設計師\n,不是連結,\n"
    await page.set_input_files("#file", {"name": "坑.csv", "mimeType": "text/csv", "buffer": sheet.encode()})
    async with page.expect_navigation():
        await page.locator('form[action="/imports"] button').click()
    assert not await violations(page)
    assert not await scrolls_sideways(page)


@pytest.fixture(scope="module")
async def pages_of_news(live_database: str) -> list[str]:
    """The pages of ``add_news``."""
    database = Database(Settings(database_url=live_database))
    pages = await add_news(database)
    await database.close()
    return pages


async def add_news(database: Database) -> list[str]:
    """The pages of announcements, one of them held, and of a webhook with what was sent to it."""
    now = datetime.now(UTC)
    async with database.writing() as session:
        channel = Channel(chat=WORKSPACE, channel_id="C1", name="edu-很長的頻道名稱-🌳", topic="<主題>", seen_at=now)
        session.add(channel)
        await session.flush()
        session.add_all(
            AnnouncementRoute(fact=kind, channel_id=channel.id, is_looked_at=kind is FactKind.PITCHED)
            for kind in (FactKind.PITCHED, FactKind.CASE_PUBLISHED)
        )
        pitches = list(await session.scalars(select(Proposal.id).order_by(Proposal.id).limit(3)))
        case = (await session.scalars(select(CaseStudy.id).limit(1))).one()
        for fact in (
            *(Fact(FactKind.PITCHED, Subject.PROPOSAL, pitch) for pitch in pitches),
            Fact(FactKind.CASE_PUBLISHED, Subject.CASE, case),
        ):
            await announce(session, fact, now=now)
        held = (await session.scalars(
            select(Announcement.id).where(Announcement.state == AnnouncementState.HELD)
        )).one()
        receiver = Receiver(
            address=f"https://example.org/{'long' * 40}", kinds=["pitched", "case_published"], key="half",
            created_at=now, updated_at=now, off_at=now, off_reason=OffReason.FAILING,
        )
        session.add(receiver)
        await session.flush()
        session.add_all(
            Dispatch(
                receiver_id=receiver.id, name=state.value, fact_key=state.value, kind="pitched", noted_at=now,
                state=state, attempts=2, tried_at=now, status=500, body='{"text":"' + "很長" * 200 + '"}',
            ) for state in DispatchState
        )
        await session.flush()
        number = receiver.id
    return ["/announcements", f"/announcements/{held}", "/announcements/routes", f"/webhooks/{number}"]


@in_turns
async def test_announcements_and_webhooks_have_no_violation(
    views_as: ViewsAs, pages_of_news: list[str], turn: int
) -> None:
    for view, path in shared_out(await views_as("organiser"), pages_of_news, turn):
        await _check(view, path)


async def _check(view: View, path: str) -> None:
    page = await view.open(path)
    assert await violations(page) == []
    assert not await scrolls_sideways(page)
    assert view.errors == []
