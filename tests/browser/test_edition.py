"""The search of a static edition, on a host that does nothing but give out files."""

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from registry.database.engine import Database
from registry.settings import Settings
from tests.browser.test_every_page import violations
from tests.databases import SqliteDatabase
from tests.edition.record import fill, written

pytestmark = pytest.mark.browser


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_said: Any) -> None:
        """Nothing."""


@pytest.fixture
def host(tmp_path: Path) -> Iterator[str]:
    """The address of a folder of files."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=tmp_path)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


async def test_an_edition_in_a_subfolder_finds_a_two_character_chinese_word_and_its_variant(
    sqlite: SqliteDatabase, browser: Browser, host: str, tmp_path: Path
) -> None:
    settings = Settings(database_url=sqlite.cleaned())
    database = Database(settings)
    await fill(database)
    await database.close()
    await written(settings, tmp_path / "copy")
    context = await browser.new_context(viewport={"width": 360, "height": 740}, color_scheme="dark")
    page = await context.new_page()
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type in {"error", "warning"} else None)
    await page.goto(f"{host}/copy/zh-Hant/projects/index.html")
    await page.get_by_role("link", name="首頁").click()
    await page.get_by_role("searchbox").first.fill("預算")
    await page.keyboard.press("Enter")
    results = page.locator("[data-results] > li")
    await expect(results.first.locator("mark")).to_have_text("預算")
    assert await violations(page) == []
    await results.first.get_by_role("link").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("立法院預算地圖")
    for asked, found in (("台湾", "臺灣"), ("國家的", "立法院預算地圖"), ("BUDG", "立法院預算地圖"), ("算立", None)):
        await page.goto(f"{host}/copy/zh-Hant/search/index.html?q={asked}")
        await expect(page.locator("[data-told]")).not_to_have_text("搜尋中……")
        await expect(page.locator("[data-results]")).to_contain_text(found or "")
        assert bool(await results.count()) == bool(found), asked
    assert errors == []
    await context.close()
