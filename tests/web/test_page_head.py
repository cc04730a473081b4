"""What pages say of themselves in their heads, and pages that need no record."""

import re

import pytest
from litestar.testing import AsyncTestClient

from tests.pages import head, words

SITE = "http://127.0.0.1:8000"


def _alternates(html: str) -> dict[str, str]:
    return dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', html))


async def test_a_page_names_its_one_address_and_those_in_other_languages(client: AsyncTestClient) -> None:
    html = (await client.get("/about?lang=zh-Hant&utm_source=x&theme=dark")).text

    assert f'<link rel="canonical" href="{SITE}/about?lang=zh-Hant">' in html
    assert _alternates(html) == {
        "en": f"{SITE}/about?lang=en", "zh-Hant": f"{SITE}/about?lang=zh-Hant", "x-default": f"{SITE}/about",
    }


async def test_open_graph_tells_title_sentence_place_and_language(client: AsyncTestClient) -> None:
    html = (await client.get("/about?lang=zh-Hant")).text

    assert head(html, "og:title") == ["關於"]
    assert head(html, "og:description") == head(html, "description")
    assert head(html, "og:url") == [f"{SITE}/about?lang=zh-Hant"]
    assert (head(html, "og:locale"), head(html, "og:locale:alternate")) == (["zh_TW"], ["en_US"])
    assert head(html, "og:site_name") == ["g0v"]
    image = head(html, "og:image")[0].removeprefix(SITE)
    assert (await client.get(image)).headers["content-type"] == "image/png"


@pytest.mark.parametrize("address", ["/no-such-page", "/events/none", "/proposals/none", "/events?page=7"])
async def test_a_wrong_address_offers_the_search_and_is_not_indexed(client: AsyncTestClient, address: str) -> None:
    answer = await client.get(address, headers={"accept": "text/html"})

    assert answer.status_code == 404
    assert head(answer.text, "robots") == ["noindex"]
    assert 'id="error-search" type="search" name="q"' in answer.text


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
async def test_the_places_that_other_pages_point_to_are_on_the_about_page(
    client: AsyncTestClient, language: str
) -> None:
    html = (await client.get(f"/about?lang={language}")).text

    places = re.findall(r'<h2 id="([^"]+)">', html)
    assert places == ["what", "pitch", "sources", "data", "hidden", "privacy"]


async def test_without_a_contact_the_about_page_names_the_organisers(client: AsyncTestClient) -> None:
    assert "Ask an organiser of the g0v community" in words((await client.get("/about")).text)
