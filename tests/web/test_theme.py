"""The switch between light and dark works by address and cookie."""

import re

from litestar.testing import AsyncTestClient


def _theme(html: str) -> str | None:
    found = re.search(r'<html[^>]* data-theme="(\w+)"', html)
    return found and found[1]


async def test_a_theme_asked_for_is_shown_and_remembered(client: AsyncTestClient) -> None:
    asked = await client.get("/?theme=dark")
    later = await client.get("/")

    assert (_theme(asked.text), _theme(later.text)) == ("dark", "dark")


async def test_a_reader_who_asks_for_the_system_theme_gets_no_theme_of_ours(client: AsyncTestClient) -> None:
    await client.get("/?theme=light")
    await client.get("/?theme=auto")

    assert _theme((await client.get("/")).text) is None


async def test_an_unknown_theme_changes_nothing(client: AsyncTestClient) -> None:
    answer = await client.get("/?theme=%22%3E")

    assert (answer.status_code, _theme(answer.text), "set-cookie" in answer.headers) == (200, None, False)


async def test_switches_keep_the_query_but_the_canonical_address_has_no_theme(client: AsyncTestClient) -> None:
    html = (await client.get("/?year=2020&theme=dark&lang=en")).text

    assert 'href="/?year=2020&amp;theme=light"' in html
    assert 'href="/?year=2020&amp;lang=zh-Hant"' in html
    assert '<link rel="canonical" href="http://127.0.0.1:8000/?year=2020&amp;lang=en">' in html
