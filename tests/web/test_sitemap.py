"""What search engines are told."""

import re
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from litestar.testing import AsyncTestClient

from registry.activity import addresses
from registry.database.engine import Database
from registry.events.rules import EventState
from tests.conftest import postgresql_in_trust
from tests.factories import a_person, a_project, a_proposal, a_tag, an_event

SITE = "http://127.0.0.1:8000"
NAMES = {"map": "http://www.sitemaps.org/schemas/sitemap/0.9", "html": "http://www.w3.org/1999/xhtml"}


def _tree(xml: str) -> ET.Element:
    return ET.fromstring(xml)  # noqa: S314 — our own answer


def _addresses(xml: str) -> list[str]:
    return [loc.text or "" for loc in _tree(xml).iterfind(".//map:loc", NAMES)]


async def _record(database: Database) -> None:
    hidden = {"hidden_at": datetime(2026, 1, 1, tzinfo=UTC), "hidden_reason": "asked"}
    changed = datetime(2026, 7, 25, 9, tzinfo=UTC)
    async with database.writing() as session:
        event = await an_event(session, slug="第一次", updated_at=changed)
        await an_event(session, slug="draft", state=EventState.DRAFT)
        project = await a_project(session, slug="map")
        await a_proposal(session, event=event, project=project, slug="pitch")
        await a_proposal(session, event=event, project=await a_project(session, **hidden), slug="of-hidden")
        await a_person(session, slug="claimed", claimed_at=changed)
        await a_person(session, slug="unclaimed")
        await a_tag(session, slug="tag")
        await a_tag(session, **hidden)


async def test_every_public_record_is_in_the_map_in_each_language(client: AsyncTestClient, database: Database) -> None:
    await _record(database)

    answer = await client.get("/sitemap.xml")

    assert answer.headers["content-type"].startswith("application/xml")
    found = _addresses(answer.text)
    folders = re.compile(r"/(events|projects|proposals|people|tags)/(?!calendar)")
    records = [address for address in found if folders.search(address)]
    assert sorted(records) == sorted(
        f"{SITE}/{path}?lang={language}" for language in ("en", "zh-Hant") for path in (
            "events/%E7%AC%AC%E4%B8%80%E6%AC%A1", "projects/map", "proposals/pitch", "people/claimed", "tags/tag",
        )
    )
    assert len(found) == len(set(found))


async def test_an_entry_tells_its_day_and_its_languages(client: AsyncTestClient, database: Database) -> None:
    await _record(database)

    tree = _tree((await client.get("/sitemap.xml")).text)

    entry = next(one for one in tree if "/events/%E7" in (one[0].text or ""))
    assert entry.findtext("map:lastmod", namespaces=NAMES) == "2026-07-25T09:00:00Z"
    address = f"{SITE}/events/%E7%AC%AC%E4%B8%80%E6%AC%A1"
    assert [(link.get("hreflang"), link.get("href")) for link in entry.iterfind("html:link", NAMES)] == [
        ("en", f"{address}?lang=en"), ("zh-Hant", f"{address}?lang=zh-Hant"), ("x-default", address),
    ]


@postgresql_in_trust
async def test_a_large_map_is_split_without_losing_an_address(
    client: AsyncTestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _record(database)
    whole = _addresses((await client.get("/sitemap.xml")).text)
    monkeypatch.setattr(addresses, "RECORDS_A_MAP", 2)

    parts = _addresses((await client.get("/sitemap.xml")).text)
    split = [_addresses((await client.get(part.removeprefix(SITE))).text) for part in parts]

    assert parts == [f"{SITE}/sitemaps/{number}" for number in range(1, len(parts) + 1)]
    assert [address for part in split for address in part] == whole
    assert [len(part) for part in split[1:]] == [4, 2]
    assert (await client.get(f"/sitemaps/{len(parts) + 1}")).status_code == 404


async def test_robots_are_led_to_the_map(client: AsyncTestClient) -> None:
    answer = await client.get("/robots.txt")

    assert answer.text == f"User-agent: *\nDisallow: /search\n\nSitemap: {SITE}/sitemap.xml\n"
