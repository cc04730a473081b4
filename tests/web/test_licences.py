"""Under which licences things stand, and where that is said."""

import json
from pathlib import Path

from litestar.testing import AsyncTestClient

from registry.web.assets import LICENCES_OF_ASSETS
from tests.pages import links, page_of, words

LOCK = Path(__file__).parents[2] / "package-lock.json"
_SPELLINGS = {"BSD-0-Clause": "0BSD"}


def test_each_asset_of_others_is_named_with_the_licence_it_says() -> None:
    packages = json.loads(LOCK.read_text(encoding="utf-8"))["packages"]

    assert {name: licence for name, licence, _url in LICENCES_OF_ASSETS} == {
        path.removeprefix("node_modules/").removesuffix(".org"): _SPELLINGS.get(one["license"], one["license"])
        for path, one in packages.items() if path
    }


async def test_every_page_and_the_api_lead_to_the_licences(client: AsyncTestClient) -> None:
    html = await page_of(client, "/licenses")

    assert ("https://github.com/g0v/awesome-g0v", "awesome-g0v (CC0)") in links(html, "https://github.com/")
    assert "Unless they chose another, it is CC-BY-4.0." in words(html)
    assert '<a href="/licenses" rel="license">' in await page_of(client, "/events")
    assert (await client.get("/api/v1/openapi.json")).json()["info"]["license"]["url"].endswith("/licenses")
