"""A newcomer registers on a phone without script; the door loses its network and nothing else."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.browser.chromium import find_chromium
from tests.browser.conftest import PHONE, OpenPage, ViewsAs, in_turns, launched, shared_out
from tests.browser.test_every_page import scrolls_sideways, violations
from tests.visits import Visit

EVENT = "/events/browser-day"
GUESTS = ["Ada Lovelace", "Bob", "一個名字非常非常長的台灣零時政府社群參與者小姐", "陳大文", "Eve"]
RULES = ("respect", "open", "listen", "pictures", "help")
WAYS = ("registrations", "badges", "meals", "door", "register")
# Chromium on Linux reads no codes, so this stands in for what phones have; the camera and its permission are real.
READS_CODES = """window.BarcodeDetector = class {
  async detect(camera) { return camera.videoWidth && window.shownCode ? [{ rawValue: window.shownCode }] : []; }
};"""
# The page loses what it sends by its own hand: whether the driver sees a request, and whether a browser that is offline
# sends one for a moment after a reload, depends on when the door's service worker takes the page over.
LOSES = """const send = window.fetch;
window.answers = [];
window.fetch = async (place, options) => {
  const loses = String(place).endsWith("/door/check-ins") && sessionStorage.getItem("loses");
  if (loses === "what is sent") throw new TypeError("lost by the test");
  const answer = await send(place, options);
  if (loses !== "one answer") return answer;
  answers.push((await answer.clone().json()).acknowledged[0]?.answer);
  if (answers.length === 1) throw new TypeError("lost by the test");
  return answer;
};"""


async def _register(visit: Visit, name: str) -> str:
    answer = await visit.fill(
        f"{EVENT}/register", f"{EVENT}/register", badge_name=name, photo_consent="no", meal="vegetarian",
        is_newcomer="yes", **{"keyword-1": "開放資料"}, **{f"rule-{key}": "yes" for key in RULES},
    )
    assert answer.status_code == 303
    return str(answer.headers["location"])


@pytest.fixture(scope="module")
async def passes(live_server: str) -> dict[str, str]:
    """An event with a few guests; each guest's page by name."""
    async with httpx.AsyncClient(base_url=live_server) as client, httpx.AsyncClient(base_url=live_server) as other:
        return await open_day(await Visit(client).play("organiser"), Visit(other))


async def open_day(organiser: Visit, visitor: Visit) -> dict[str, str]:
    """An event with a few guests, made through its organiser's forms; each guest's page by name."""
    day = datetime.now(UTC) + timedelta(days=20)
    fields: dict[str, Any] = {
        "name-zh-Hant": "瀏覽器測試黑客松", "name-en": "A day for browsers", "slug": "browser-day", "capacity": "7",
        "starts_at": f"{day:%Y-%m-%dT09:00}", "ends_at": f"{day:%Y-%m-%dT18:00}", "number": "",
        "registration_opens_at": "2026-01-01T09:00", "registration_closes_at": f"{day:%Y-%m-%dT08:00}",
    }
    made = await organiser.fill("/events/new", "/events/new", **fields)
    assert made.headers["location"] == f"{EVENT}/run?done=event-drafted"
    for part in ("conduct/edit", "meals"):
        assert (await organiser.fill(f"{EVENT}/{part}", f"{EVENT}/{part}")).status_code == 303
    await organiser.submit(f"{EVENT}/run", f"{EVENT}/state", move="published")
    return {name: await _register(visitor, name) for name in GUESTS}


async def test_a_newcomer_registers_on_a_phone_in_chinese_without_script(
    open_page: OpenPage, passes: dict[str, str]
) -> None:
    page = await open_page(
        EVENT, language="zh-TW", viewport=PHONE, color_scheme="dark", java_script_enabled=False
    )
    await page.get_by_role("link", name="報名", exact=True).click()
    await page.get_by_label("名牌上的名字").fill("小新")
    await page.get_by_label("關鍵字 1").fill("貓")
    await page.get_by_label("這是我第一次來").check()
    await page.get_by_label("拍照").select_option("yes")
    await page.get_by_label("用餐").select_option("none")
    for box in await page.locator('[name^="rule-"]').all():
        await box.check()
    await page.get_by_role("button", name="報名").click()
    await expect(page).to_have_url(re.compile("/registrations/"))
    await expect(page.locator("main")).to_contain_text("報名成功，你有名額。")
    await expect(page.locator(".pass__code img")).to_have_js_property("complete", value=True)
    await page.get_by_role("link", name="修改").click()
    await page.get_by_label("名牌上的名字").fill("小新二號")
    await page.get_by_role("button", name="儲存").click()
    await expect(page.locator(".facts").last).to_contain_text("小新二號")
    await page.locator("summary", has_text="我不能來了").click()
    await page.get_by_role("button", name="取消我的報名").click()
    await expect(page.locator("main")).to_contain_text("這筆報名已取消。")


@in_turns
async def test_the_pages_of_registration_have_no_violation(
    views_as: ViewsAs, passes: dict[str, str], turn: int
) -> None:
    here = passes[GUESTS[2]]
    code = here.removeprefix("/registrations/")
    paths = [*(f"{EVENT}/{way}" for way in WAYS), here, f"{here}/edit", f"{EVENT}/door?code={code}"]
    for view, path in shared_out(await views_as("organiser"), paths, turn):
        page = await view.open(path)
        assert (path, await violations(page), await scrolls_sideways(page)) == (path, [], False)


@pytest.fixture(scope="module")
async def browser_with_camera() -> AsyncIterator[Browser]:
    """A whole Chromium: the build without windows has no camera, not even a made-up one."""
    async with launched(find_chromium()) as browser:
        yield browser


@pytest.fixture
async def open_door(browser_with_camera: Browser, live_server: str) -> AsyncIterator[OpenPage]:
    """Open the event's door as an organiser. That the browser misses the network is what these tests are about; an
    error of the script fails them all the same."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    async def open_one() -> Page:
        context = await browser_with_camera.new_context(
            base_url=live_server, locale="en", viewport={"width": 360, "height": 740}
        )
        contexts.append(context)
        await context.grant_permissions(["camera"])
        await context.add_init_script(READS_CODES)
        await context.add_init_script(LOSES)
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto(f"/sign-in?return={EVENT}/door")
        await page.locator('form[action="/sign-in/as/organiser"] button').click()
        await expect(page.locator("[data-door-state]")).to_have_text("Everything is sent.")
        await expect(page.locator('[data-door-number="out"]')).to_have_text(re.compile("[1-5]"))
        return page

    yield open_one
    for context in contexts:
        await context.close()
    assert errors == []


async def _check_in(page: Page, name: str) -> None:
    await page.get_by_role("button", name=re.compile(f": {name}$")).click()


async def _lose(page: Page, what: str) -> None:
    await page.evaluate("what => sessionStorage.setItem('loses', what)", what)


async def test_a_door_without_network_keeps_check_ins_and_loses_or_doubles_none(
    open_door: OpenPage, passes: dict[str, str]
) -> None:
    first, second = await open_door(), await open_door()
    await expect(second.locator('[data-door-number="out"]')).to_have_text("5")
    await first.wait_for_function("caches.match(location.pathname)")
    await first.context.set_offline(True)
    await _lose(first, "what is sent")
    for name in GUESTS[:3]:
        await _check_in(first, name)
    await expect(first.locator("[data-door-state]")).to_contain_text("3 waiting to be sent")
    await expect(first.locator("[data-door-in]")).to_have_text("3")
    await first.reload()  # still offline
    await expect(first.locator("[data-door-state]")).to_contain_text("3 waiting to be sent")
    await expect(first.locator("[data-door-in]")).to_have_text("3")
    await _check_in(second, GUESTS[0])  # the same guest at the other door
    code = passes[GUESTS[3]].removeprefix("/registrations/")
    await second.get_by_role("button", name="Scan codes").click()
    await second.evaluate("address => { shownCode = address; }", f"https://keng.example{EVENT}/door?code={code}")
    await expect(second.locator("[data-door-said]")).to_have_text(f"{GUESTS[3]}: checked in")
    await second.get_by_role("button", name="Scan codes").click()
    await expect(second.locator("[data-door-camera]")).to_be_hidden()
    await expect(second.locator("[data-door-state]")).to_have_text("Everything is sent.")
    await expect(second.locator('[data-door-number="in"]')).to_have_text("2")
    await _lose(first, "nothing")
    await first.context.set_offline(False)
    for door in (first, second):
        await expect(door.locator("[data-door-state]")).to_have_text("Everything is sent.")
        await expect(door.locator('[data-door-number="in"]')).to_have_text("4")
    assert await first.evaluate("localStorage.getItem('keng-door:browser-day')") == "[]"
    await first.locator("#door-search").fill("bob")
    await _check_in(first, "Bob")  # there is only the way back now
    await expect(first.locator("[data-door-said]")).to_have_text("Bob: no longer checked in")
    await expect(second.locator('[data-door-number="in"]')).to_have_text("3")


async def test_what_the_server_took_without_being_able_to_say_so_counts_once(
    open_door: OpenPage, passes: dict[str, str]
) -> None:
    page = await open_door()
    await _lose(page, "one answer")
    await _check_in(page, "Eve")
    await expect(page.locator("[data-door-state]")).to_contain_text("1 waiting to be sent")
    await expect(page.locator("[data-door-state]")).to_have_text("Everything is sent.")
    assert (await page.evaluate("answers"))[:2] == ["in", "already"]
