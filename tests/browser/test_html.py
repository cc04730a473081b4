"""Every kind of page before npm's html-validate, in both languages, as it is sent: no browser has mended it."""

import httpx
import pytest

from tests.browser.test_every_page import PAGES_OF, PLAIN_PAGES
from tests.judges import judged, needs_npm
from tests.visits import Visit

pytestmark = [pytest.mark.trust, needs_npm]


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
async def test_every_page_is_html(live_server: str, language: str) -> None:
    pages = {}
    parts = {None: PLAIN_PAGES} | {part: [path for one, path in PAGES_OF if one == part] for part, _ in PAGES_OF}
    for part, paths in parts.items():
        async with httpx.AsyncClient(base_url=live_server, cookies={"lang": language}, timeout=60) as client:
            if part:
                await Visit(client).play(part)
            for path in paths:
                answer = await client.get(path)
                assert answer.status_code < 500, path
                pages[f"{part or 'anyone'}: {path}"] = answer.text
    said = judged("html", pages)
    assert {name: complaints for name, complaints in said.items() if complaints} == {}
