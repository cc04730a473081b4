"""A project's card in a frame of another site, with the lines that its page offers."""

from playwright.async_api import Browser, expect

from tests.browser.conftest import OpenPage


async def test_a_card_on_another_site_is_as_high_as_it_needs_to_be(
    browser: Browser, open_page: OpenPage, live_server: str
) -> None:
    offered = await open_page("/projects/cofacts/elsewhere")
    lines = (await offered.locator(".elsewhere__lines").inner_text()).replace('height="220"', 'height="40"')
    base_url = lines.partition('src="')[2].partition("/projects")[0]
    other = await (await browser.new_context(viewport={"width": 700, "height": 900})).new_page()
    elsewhere = live_server.replace("127.0.0.1", "localhost") + "/another-site"
    html = f"<!doctype html><h1>Another site</h1>{lines.replace(base_url, live_server)}"
    await other.route(elsewhere, lambda route: route.fulfill(body=html, content_type="text/html"))
    await other.goto(elsewhere)
    frame = other.frame_locator("iframe")
    await expect(frame.get_by_role("heading")).to_contain_text("Cofacts")
    await other.wait_for_function("parseFloat(document.querySelector('iframe').style.height) > 40")
    needed = await frame.locator("html").evaluate("page => Math.ceil(page.getBoundingClientRect().height)")
    assert await other.locator("iframe").evaluate("frame => parseFloat(frame.style.height)") == needed
    await other.context.close()
