"""Read what a page says, for tests."""

import re
from html import unescape
from typing import Any

import httpx
import msgspec


async def page_of(client: httpx.AsyncClient, address: str) -> str:
    """The page at an address that must answer 200, with its characters as themselves."""
    response = await client.get(address)
    assert response.status_code == 200, response.text
    return unescape(response.text)


def main_of(html: str) -> str:
    """The main part of a page, as markup."""
    return html.split("<main", 1)[1].split("</main>", 1)[0]


def words(html: str) -> str:
    """What a reader reads, with single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def links(html: str, start: str) -> list[tuple[str, str]]:
    """(address, words) of each link of the main part whose address begins with ``start``."""
    found = re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', main_of(html), re.DOTALL)
    return [(unescape(href), words(text)) for href, text in found if unescape(href).startswith(start)]


def facts(html: str) -> dict[str, str]:
    """The page's facts by name."""
    found = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", html, re.DOTALL)
    return {words(name): words(value) for name, value in found}


def linked_data(html: str) -> dict[str, Any]:
    """The page's schema.org description."""
    found: dict[str, Any] = msgspec.json.decode(
        html.split('<script type="application/ld+json">', 1)[1].split("</script>", 1)[0]
    )
    return found


def head(html: str, name: str) -> list[str]:
    """The contents of the head's ``meta`` called ``name`` (or with that property)."""
    return [unescape(value) for value in re.findall(rf'<meta (?:name|property)="{name}" content="([^"]*)"', html)]
