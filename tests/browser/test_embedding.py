"""The card of a project on another site: its frame is as high as the card, at each width."""

import asyncio

from playwright.async_api import Browser, Page


async def test_the_frame_on_another_site_is_as_high_as_the_card_in_it(browser: Browser, live_server: str) -> None:
    page = await browser.new_page(viewport={"width": 900, "height": 700})
    html = (
        "<!doctype html><title>x</title>"
        f'<iframe src="{live_server}/projects/cofacts/card?lang=en" title="Cofacts" width="100%" height="20"></iframe>'
        '<iframe srcdoc="" title="another" height="20"></iframe>'
    )

    async def answer(asked: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        await asked.readuntil(b"\r\n\r\n")  # closed with something unread, the line would be cut
        out.write(f"HTTP/1.0 200 OK\r\ncontent-type: text/html\r\n\r\n{html}".encode())
        await out.drain()
        out.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as another_site:
        await page.goto(f"http://127.0.0.1:{another_site.sockets[0].getsockname()[1]}/")
        await page.add_script_tag(url=f"{live_server}/static/js/embed.js")  # late, as a slow line brings it
        wide = await _fitted(page)
        await page.set_viewport_size({"width": 320, "height": 700})
        narrow = await _fitted(page)
    assert narrow > wide > 20
    assert await page.locator("iframe[title=another]").evaluate("frame => frame.clientHeight") == 20
    await page.close()


async def _fitted(page: Page) -> float:
    """The height of the frame once nothing of the card is cut off or left empty."""
    card = page.frame_locator("iframe[title=Cofacts]").locator("html")
    frame = page.locator("iframe[title=Cofacts]")
    for _ in range(100):
        high = await card.evaluate("html => Math.ceil(html.getBoundingClientRect().height)")
        if await frame.evaluate("frame => frame.clientHeight") == high and high > 20:
            return float(high)
        await page.wait_for_timeout(100)
    raise AssertionError(f"the frame never became {high} px high")
