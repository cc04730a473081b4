"""The search page and its suggestions, over HTTP."""

import pytest
from litestar.testing import AsyncTestClient

from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.search import queries
from registry.search.commands import refresh
from tests.factories import a_project, a_tag

STATEMENTS_ALLOWED = 6


async def _named(database: Database, *names: dict[str, str]) -> None:
    async with database.writing() as session:
        ids = [(await a_project(session, name=name)).id for name in names]
        await refresh(session, Subject.PROJECT, ids)


async def test_hits_are_marked_and_what_people_wrote_stays_text(database: Database, client: AsyncTestClient) -> None:
    await _named(database, {"zh-Hant": "預算<script>alert(1)</script>"})
    page = (await client.get("/search", params={"q": "预算 script"})).text
    assert "<mark>預算</mark>&lt;<mark>script</mark>&gt;alert(1)&lt;/<mark>script</mark>&gt;" in page


async def test_a_hit_in_the_other_language_is_shown_beside_the_readers(
    database: Database, client: AsyncTestClient
) -> None:
    await _named(database, {"zh-Hant": "預算", "en": "Budget"})
    page = (await client.get("/search", params={"q": "預算", "lang": "en"})).text
    assert ">Budget</a>" in page
    assert '<span lang="zh-Hant"><mark>預算</mark></span>' in page


async def test_the_query_comes_back_in_the_field(client: AsyncTestClient) -> None:
    page = (await client.get("/search", params={"q": ' "坑" '})).text
    assert 'value="&#34;坑&#34;"' in page


async def test_kinds_carry_counts_and_keep_the_query(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        project = await a_project(session, name={"zh-Hant": "坑"})
        tags = [await a_tag(session, project, name={"zh-Hant": "坑"}) for _ in range(2)]
        await refresh(session, Subject.PROJECT, [project.id])
        await refresh(session, Subject.TAG, [tag.id for tag in tags])
    page = (await client.get("/search", params={"q": "坑", "kind": "tag"})).text
    assert 'data-total="2"' in page
    assert 'href="/search?q=%E5%9D%91&amp;kind=project"' in page
    none = (await client.get("/search", params={"q": "坑", "kind": "person"})).text
    assert 'data-total="0"' in none
    assert 'href="/search?q=%E5%9D%91"' in none


async def test_a_search_without_hits_says_what_to_try(client: AsyncTestClient) -> None:
    for query in ("", "?q=", "?q=%20", "?q=nothing", "?q=坑&kind=dragon", "?kind=project"):
        answer = await client.get(f"/search{query}")
        assert answer.status_code == 200
        assert "empty-state" in answer.text


async def test_a_mistyped_word_says_what_was_searched_instead(database: Database, client: AsyncTestClient) -> None:
    await _named(database, {"en": "Hackathon map"})
    page = (await client.get("/search", params={"q": "hackaton <map"})).text
    assert "<mark>Hackathon</mark> <mark>map</mark>" in page
    assert "“hackathon &lt;map”" in page


async def test_what_cannot_be_searched_is_refused(client: AsyncTestClient) -> None:
    for query in (
        "q=%00", "q=a%00b", "q=%ff", "q=%ed%a0%80", "q=" + "a" * 201, "q=坑&page=0", "q=坑&page=-1",
        "q=坑&page=x", "q=坑&page=" + "9" * 30,
    ):
        assert (query, (await client.get(f"/search?{query}")).status_code) == (query, 400)


async def test_a_page_after_the_last_is_not_found(database: Database, client: AsyncTestClient) -> None:
    await _named(database, {"zh-Hant": "坑"})
    assert (await client.get("/search?q=坑&page=2")).status_code == 404


async def test_pages_keep_the_query_and_the_kind(database: Database, client: AsyncTestClient) -> None:
    await _named(database, *({"zh-Hant": f"坑{number}"} for number in range(30)))
    page = (await client.get("/search?q=坑&kind=project")).text
    assert 'href="/search?q=%E5%9D%91&amp;kind=project&amp;page=2"' in page


async def test_suggestions_are_options_that_lead_to_the_record(database: Database, client: AsyncTestClient) -> None:
    await _named(database, {"zh-Hant": "<坑>", "en": "Pit"})
    answer = await client.get("/search/suggestions", params={"q": "坑"})
    assert answer.text.count('role="option"') == 1
    assert "<span>&lt;坑&gt;</span>" in answer.text
    assert (await client.get("/search/suggestions")).text.strip() == ""


async def test_a_search_takes_as_many_statements_for_one_record_as_for_three(
    database: Database, client: AsyncTestClient, statements: list[str]
) -> None:
    for more_records in (1, 2):
        await _named(database, *({"zh-Hant": "地圖 map"} for _ in range(more_records)))
        for query, number in (
            ("q=map", 3), ("q=地圖", 2), ("q=map 地圖&kind=project", 3), ("q=mop", 5), ("q=zzz", 3), ("q=，", 0),
            ("", 0),
        ):
            statements.clear()
            assert (await client.get(f"/search?{query}")).status_code == 200
            assert (query, len(statements)) == (query, number)


async def test_the_longest_way_to_an_answer_takes_no_more_statements_than_a_page_may(
    database: Database, client: AsyncTestClient, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_HITS", 1)
    await _named(database, {"en": "map one"}, {"en": "map two"})
    statements.clear()
    assert (await client.get("/search?q=mop&kind=project")).status_code == 200
    assert len(statements) == STATEMENTS_ALLOWED
