"""The handbook's pages over HTTP."""

import re

import pytest
from litestar.testing import AsyncTestClient

from registry.handbook.chapters import chapters
from registry.web.i18n import languages
from tests.conftest import postgresql_in_trust

PAGES = ["/handbook", *(chapter.url for chapter in chapters().values())]


@pytest.mark.parametrize("language", languages())
async def test_every_page_answers_in_every_language_without_the_database(
    client: AsyncTestClient, statements: list[str], language: str
) -> None:
    answers = [await client.get(page, params={"lang": language}) for page in PAGES]
    assert {(answer.status_code, answer.headers["content-language"]) for answer in answers} == {(200, language)}
    assert statements == []


async def test_the_contents_lists_every_chapter_in_order(client: AsyncTestClient) -> None:
    html = (await client.get("/handbook", params={"lang": "en"})).text
    assert re.findall(r'<h2><a href="(/handbook/[^"]*)">([^<]*)', html) == [
        (chapter.url, chapter.title["en"]) for chapter in chapters().values()
    ]


async def test_a_chapter_leads_to_its_neighbours(client: AsyncTestClient) -> None:
    slugs = list(chapters())
    steps = [re.findall(r'rel="(prev|next)" href="/handbook/([^"]*)"', (await client.get(f"/handbook/{slug}")).text)
             for slug in (slugs[0], slugs[1], slugs[-1])]
    assert steps == [[("next", slugs[1])], [("prev", slugs[0]), ("next", slugs[2])], [("prev", slugs[-2])]]


async def test_a_chapter_names_the_stages_where_it_helps(client: AsyncTestClient) -> None:
    html = (await client.get("/handbook/people", params={"lang": "zh-Hant"})).text
    assert re.findall(r'<a href="/stages/([^"]*)">([^<]*)', html) == [
        ("blueprint", "專案藍圖"), ("prototype", "完成雛形"), ("sustain", "長期維運"),
    ]


async def test_a_chapter_that_does_not_exist_leads_to_the_contents(client: AsyncTestClient) -> None:
    answer = await client.get("/handbook/no-such-chapter", params={"lang": "en"})
    assert answer.status_code == 404
    assert "Look for it in the contents: /handbook" in answer.text


@postgresql_in_trust
async def test_chapters_link_only_pages_that_exist(client: AsyncTestClient) -> None:
    links = {
        link for chapter in chapters().values() for html in chapter.html.values()
        for link in re.findall(r'<a href="(/[^"]*)', html)
    }
    assert [link for link in sorted(links) if (await client.get(link)).status_code != 200] == []


async def test_a_stage_names_the_chapters_that_help_on_it(client: AsyncTestClient) -> None:
    html = (await client.get("/stages/release", params={"lang": "en"})).text
    assert re.findall(r'<li><a href="(/handbook/[^"]*)">([^<]*)', html) == [
        ("/handbook/from-idea-to-project", "From idea to project"),
        ("/handbook/licences", "Licences for code, content and data"),
        ("/handbook/release", "Releasing a first version"),
    ]


async def test_search_engines_are_told_of_every_chapter(client: AsyncTestClient) -> None:
    xml = (await client.get("/sitemap.xml")).text
    found = re.findall(r"<loc>http://127.0.0.1:8000(/handbook[^?]*)\?lang=en</loc>", xml)
    assert sorted(found) == sorted(PAGES)
