"""A session on stage: order, caller, timekeeper and projector in four windows; with a lost connection; no script."""

import re
from datetime import datetime, timedelta

from playwright.async_api import Page, Route, expect

from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.browser.line import Line
from tests.browser.test_every_page import scrolls_sideways, violations

EVENT = "/events/hackath64n"
PROJECTOR = {"width": 1920, "height": 1080}
SMALL_PROJECTOR = {"width": 1280, "height": 720}
LONG = (
    "把每一次公民參與的會議紀錄自動整理成人人都能查詢與比較的開放資料並且說明它們怎麼影響了政策的決定以及哪些意見被採納哪些沒有"
    "還有負責的機關後來怎麼回應民眾的提問與陳情建議"
)
ENGLISH = "Open minutes of public meetings, and what became of each of their ideas"
SMALLEST = """() => Math.min(...[...document.querySelectorAll("main *")]
  .filter((one) => one.checkVisibility() && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .map((one) => parseFloat(getComputedStyle(one).fontSize))) / innerWidth"""
FITS = "document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth"


async def _organiser(open_page: OpenPage, path: str, **options: object) -> Page:
    page = await open_page(f"/sign-in?return={path}", **options)
    await page.locator('form[action="/sign-in/as/organiser"] button').click()
    await expect(page).to_have_url(re.compile(re.escape(path) + "$"))
    return page


async def _is_fine(page: Page) -> None:
    assert (page.url, await violations(page), await scrolls_sideways(page)) == (page.url, [], False)


async def _leave(page: Page, seconds: int) -> None:
    """Let a page believe that it is so late by the server that its clock, which runs, has so many seconds left."""
    clock = page.locator("[data-clock]")
    counted_from = datetime.fromisoformat(str(await clock.get_attribute("data-counted-from")))
    then = counted_from + timedelta(seconds=int(str(await clock.get_attribute("data-seconds"))) - seconds)

    async def answer(route: Route) -> None:
        await route.fulfill(body=str(int(then.timestamp() * 1000)), content_type="text/plain")

    await page.unroute_all()
    await page.route("**/now", answer)
    await page.evaluate("dispatchEvent(new Event('online'))")


async def _drag_to_the_top(page: Page, place: int) -> None:
    handle = await page.locator("[data-handle]").nth(place).bounding_box()
    first = await page.locator("[data-handle]").first.bounding_box()
    assert handle
    assert first
    await page.mouse.move(handle["x"] + 9, handle["y"] + 9)
    await page.mouse.down()
    await page.mouse.move(handle["x"] + 9, first["y"] + 2, steps=5)
    await page.mouse.up()


async def test_a_session_runs_from_three_windows_and_a_projector_follows(open_page: OpenPage, line: Line) -> None:
    order = await _organiser(open_page, f"{EVENT}/stage", viewport=DESKTOP)
    await order.locator("#fill-all").click()
    titles = order.locator(".stage-order__title")
    await expect(titles).to_have_count(12)
    caller = await _organiser(open_page, f"{EVENT}/stage/caller", viewport=PHONE, language="zh-TW", color_scheme="dark")
    timer = await _organiser(open_page, f"{EVENT}/stage/timer", viewport={**PHONE, "width": 320})
    projector = await open_page(f"{line.address}{EVENT}/screen/pitch", viewport=PROJECTOR)

    called = caller.locator(".stage-card__title").first  # who is called is whom the caller sees: wait for the order
    shown = await called.inner_text()
    second = await titles.nth(1).inner_text()
    await order.locator("[data-order]").evaluate("order => { order.dataset.former = '' }")
    await order.locator("[data-handle]").nth(1).focus()
    await order.keyboard.press("ArrowUp")
    await expect(order.locator("[data-said]")).to_have_text(f"{second} is now number 1 of 12.")
    await expect(titles.first).to_have_text(second)
    await expect(order.locator("[data-handle]").first).to_be_focused()
    await order.keyboard.press("ArrowUp")
    await expect(order.locator("[data-said]")).to_have_text("It cannot go further that way.")
    await expect(projector.locator(".pitch-screen__coming li").first).to_have_text(second)

    await expect(called).not_to_have_text(shown)
    shown = await called.inner_text()
    third = await titles.nth(2).inner_text()
    await expect(order.locator("[data-former]")).to_have_count(0)  # what is drawn anew lets go of what is dragged
    await _drag_to_the_top(order, 2)
    await expect(projector.locator(".pitch-screen__coming li").first).to_have_text(third)
    await expect(titles.first).to_have_text(third)
    await expect(called).not_to_have_text(shown)

    await caller.get_by_role("button", name="請上台").click()
    await expect(projector.locator("h1")).to_have_text(third)
    await expect(order.locator(".stage-order__slot--on_stage [data-handle]")).to_have_count(0)
    await timer.get_by_role("button", name="Start").click()
    await expect(projector.locator("[data-clock]")).to_have_attribute("data-state", "running")
    await expect(projector.get_by_role("timer")).to_have_text(re.compile("2:5[0-9]"))
    for page in (order, caller, timer, projector):
        await _is_fine(page)
    await timer.reload()
    await expect(timer.get_by_role("timer")).to_have_text(re.compile("2:[0-9]{2}"))

    await projector.locator("[data-sound]").click()
    for seconds, signal, sounds in ((29, "soon", 2), (-10, "over", 5)):
        await _leave(projector, seconds)
        await expect(projector.locator("[data-clock]")).to_have_attribute("data-signal", signal)
        await expect(projector.locator(f'[data-says="{signal}"]')).to_be_visible()
        await expect(projector.locator("html")).to_have_attribute("data-sounded", str(sounds))
        await _is_fine(projector)

    line.cut()
    await expect(projector.locator("[data-live-lost]")).to_be_visible()
    await caller.get_by_role("button", name="請上台").click()
    await expect(timer.locator("h2")).to_have_text(second)
    await expect(projector.locator("h1")).to_have_text(third)
    line.mend()
    await expect(projector.locator("h1")).to_have_text(second)
    await expect(projector.locator("[data-live-lost]")).to_be_hidden()


async def test_a_stream_that_is_answered_with_an_error_is_opened_again(open_page: OpenPage) -> None:
    page = await open_page("/about")
    refusals = []

    async def refuse(route: Route) -> None:
        refusals.append(route.request.url)
        await route.fulfill(status=204)

    await page.route("**/live", refuse)
    await page.goto("/events/hackath63n/screen/pitch")
    await expect(page.locator("[data-live-lost]")).to_be_visible()
    await page.unroute("**/live")
    await expect(page.locator("html")).to_have_attribute("data-live-state", "live")
    assert len(refusals) >= 1


async def test_the_stage_is_run_without_script(open_page: OpenPage) -> None:
    here = "/events/hackath62n/stage"
    page = await _organiser(open_page, here, language="zh-TW", viewport=PHONE, java_script_enabled=False)
    await page.locator("#fill-all").click()
    first = await page.locator(".stage-order__title").first.inner_text()
    await page.locator('[id^="move-down-"]').first.click()
    await expect(page.locator(".stage-order__title").nth(1)).to_have_text(first)
    await expect(page.locator("[data-handle]").first).to_be_hidden()
    await page.locator('[id^="mark-call-"]').nth(1).click()
    await expect(page.locator(".stage-order__slot--on_stage .stage-order__title")).to_have_text(first)
    await page.goto(f"{here}/timer")
    await page.get_by_role("button", name="開始").click()
    await expect(page).to_have_url(re.compile(f"{here}/timer$"))
    await expect(page.get_by_role("button", name="暫停")).to_be_visible()
    await expect(page.get_by_role("timer")).to_have_text(re.compile("2:5[0-9]|3:00"))
    await page.get_by_role("button", name="暫停").click()
    await expect(page.locator('[data-says="paused"]')).to_be_visible()


async def test_screens_hold_the_longest_title_and_can_be_read_from_ten_metres(open_page: OpenPage) -> None:
    here = "/events/hackath60n/stage"
    page = await _organiser(open_page, here, viewport=DESKTOP)
    await page.get_by_role("link", name="Add somebody without a proposal").click()
    await page.locator('[name="title-zh-Hant"]').fill(LONG + "案" * (90 - len(LONG)))
    await page.locator('[name="title-en"]').fill(ENGLISH)
    await page.get_by_label("Who presents").fill("王小美、Ada Lovelace")
    await page.get_by_role("button", name="Add").click()
    await page.locator('[id^="mark-call-"]').click()
    await expect(page.locator(".stage-order__slot--on_stage")).to_be_visible()
    for viewport, scheme in ((PROJECTOR, "light"), (SMALL_PROJECTOR, "dark")):
        screen = await open_page("/about", language="zh-TW", viewport=viewport, color_scheme=scheme)
        for name in ("pitch", "agenda", "tables"):
            await screen.goto(f"/events/hackath60n/screen/{name}")
            assert (name, await screen.evaluate(FITS), await violations(screen)) == (name, True, [])
            assert float(await screen.evaluate(SMALLEST)) >= 0.0219
