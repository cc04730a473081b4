"""The day of an event: an owner with a phone, and a newcomer who scans the code on the table, in Chinese, no script."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import PHONE, OpenPage
from tests.browser.test_every_page import scrolls_sideways, violations
from tests.visits import Visit, filled

TODAY = "/events/today"
PROJECT = "example-street-tree-map"


@pytest.fixture(scope="session")
async def running_event(live_server: str) -> str:
    """An event that runs now, with two tables in a hall, at which the demo's owner pitches; the pitch's path."""
    now = datetime.now(UTC)
    async with httpx.AsyncClient(base_url=live_server) as client:
        organiser = await Visit(client).play("organiser")
        hours = {
            name: f"{now + timedelta(hours=after):%Y-%m-%dT%H:%M}"
            for name, after in (("starts_at", -2), ("ends_at", 8))
        }
        made = await organiser.fill("/events/new", "/events/new", slug="today", timezone="UTC", **hours, **{
            "name-en": "Today", "name-zh-Hant": "今天的黑客松",
        })
        assert made.headers["location"].startswith(f"{TODAY}/run")
        rooms = {"name-0-en": "Hall", "name-0-zh-Hant": "大廳", "tables-0": "A1 A2"}
        assert (await organiser.fill(f"{TODAY}/venue", f"{TODAY}/venue", **rooms)).status_code == 303
        assert (await organiser.submit("/about", f"{TODAY}/state", move="published")).status_code < 400
    async with httpx.AsyncClient(base_url=live_server) as client:
        owner = await Visit(client).play("owner")
        begun = await owner.fill(
            f"/pitch?project={PROJECT}&event=today", "/pitch", title="行道樹地圖", sentence="一起把行道樹畫上地圖。"
        )
        edit = begun.headers["location"].partition("?")[0]
        fields = filled(await client.get(edit), edit)
        out = await client.post(edit.replace("/edit", "/submit"), data=fields)
        return str(out.headers["location"]).partition("?")[0]


async def _sign_in(page: Page, part: str) -> None:
    await page.locator(f'form[action="/sign-in/as/{part}"] button').click()


async def _is_fit_to_show(page: Page) -> None:
    assert await violations(page) == []
    assert not await scrolls_sideways(page)


async def test_an_owner_with_a_phone_takes_a_table_signs_up_for_the_demo_and_writes_the_result(
    open_page: OpenPage, running_event: str
) -> None:
    board = await open_page(f"{TODAY}/board")
    row = board.locator(f"#{PROJECT}")
    await expect(row).to_contain_text("no table")
    page = await open_page(f"{TODAY}/board", viewport=PHONE, has_touch=True)
    await page.get_by_role("link", name="Sign in to take a table").tap()
    await _sign_in(page, "owner")
    await page.wait_for_url(f"**{TODAY}/mine")
    own = page.locator(f"#{PROJECT}")
    await own.get_by_label("Table").select_option("A2")
    await own.get_by_role("button", name="Take it").tap()
    await expect(own).to_contain_text("Works at table A2.")
    await own.get_by_role("button", name="Sign up for the demos").tap()
    await expect(own).to_contain_text("In the demos.")
    await _is_fit_to_show(page)
    await expect(row).to_contain_text("A2")  # the other browser's board, which nobody reloaded
    await expect(row).to_contain_text("In the demos")
    await _is_fit_to_show(board)
    await own.get_by_role("link", name="Write what came of it").tap()
    await page.get_by_label("English").fill("We drew ten streets. 畫了十條街")
    await expect(page.get_by_text("9 of 150 words")).to_be_visible()
    await _is_fit_to_show(page)
    await page.get_by_role("button", name="Save").tap()
    await page.wait_for_url(f"**{running_event}?done=result-written")
    await expect(page.get_by_text("We drew ten streets. 畫了十條街")).to_be_visible()


async def test_a_newcomer_scans_the_code_and_joins_in_chinese_without_script(
    open_page: OpenPage, running_event: str
) -> None:
    owner = await open_page(f"/sign-in?return={TODAY}/mine")
    await _sign_in(owner, "owner")
    taken = owner.locator(f"#{PROJECT}").get_by_role("combobox")
    await taken.select_option("A1")
    await owner.locator(f"#{PROJECT} .floor-own__form button").click()
    await expect(owner.locator(f"#{PROJECT}")).to_contain_text("Works at table A1.")
    page = await open_page(
        f"{TODAY}/tables/A1", language="zh-TW", viewport=PHONE, java_script_enabled=False, color_scheme="dark"
    )
    await page.get_by_role("link", name="登入並跳坑").click()
    await _sign_in(page, "proposer")
    await page.get_by_role("button", name="我跳坑了").click()
    await expect(page.get_by_text("你今天在這裡跳坑了。")).to_be_visible()
    await expect(page.get_by_role("button", name="我跳坑了")).to_have_count(0)
    await owner.goto(f"{TODAY}/mine")
    await owner.get_by_role("button", name="Remove Demo Newcomer").click()
    await expect(owner.get_by_text("Removed.")).to_be_visible()
    shown = await open_page(f"{TODAY}/tables/A1", language="zh-TW", viewport=PHONE, color_scheme="dark")
    await expect(shown.get_by_role("link", name="登入並跳坑")).to_be_visible()
    await _is_fit_to_show(shown)
