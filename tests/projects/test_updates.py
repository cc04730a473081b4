"""A project's people post what is going on; the newest three are on its page, all of them behind it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from registry.activity.models import AuditEntry
from registry.database.engine import Database
from registry.people.models import Person
from registry.projects.models import Project, Update
from registry.search.queries import search
from tests.factories import a_person
from tests.pages import page_of, words
from tests.projects.conftest import Keeping
from tests.visits import Visit, another_visit, filled

NOW = datetime(2026, 1, 2, tzinfo=UTC)
NEW, POST = "/projects/pit/updates/new", "/projects/pit/updates"


async def _updates(database: Database, *, count: int, author: str | None = None) -> None:
    async with database.writing() as session:
        project = (await session.scalars(select(Project))).one()
        person = await session.scalar(select(Person.id).where(Person.slug == author))
        session.add_all(
            Update(
                project_id=project.id, author_id=person, text={"en": f"news {number}"},
                text_html={"en": f"<p>news {number}</p>"}, posted_at=NOW + timedelta(hours=number),
            )
            for number in range(1, count + 1)
        )


async def test_an_update_is_refused_filled_then_posted_once_shown_and_found(
    keeping: Keeping, database: Database
) -> None:
    visit = await keeping("maintainer")
    for typed, field in (
        ({"text": ""}, "text"), ({"text": "kept", "picture_url": "https://example.org/a.png"}, "picture_text"),
        ({"text": "kept", "picture_text": "a pit"}, "picture_url"),
        ({"text": "kept", "picture_url": "http://example.org/a.png", "picture_text": "a pit"}, "picture_url"),
        ({"text": "x" * 2_001}, "text"),
    ):
        refused = await visit.fill(NEW, POST, **typed)
        assert (refused.status_code, f'id="{field}-wrong"' in refused.text) == (400, True), typed
        assert {name: filled(refused, POST)[name][0].strip() for name in typed} == typed
    opened = await visit.client.get(NEW)
    sent = filled(opened, POST, text="資料**整理**完了", picture_url="https://example.org/a.png", picture_text="一個坑")
    answers = [await visit.client.post(POST, data=sent) for _ in range(2)]
    assert [answer.headers["location"] for answer in answers] == ["/projects/pit?done=posted#updates"] * 2
    page = await page_of(another_visit(visit.client).client, "/projects/pit")
    assert '<div lang="zh-Hant"><p>資料<strong>整理</strong>完了</p>' in page
    assert ('rel="noopener nofollow ugc">Picture: 一個坑</a>' in page, "<img" in page) == (True, False)
    async with database.reading() as reader:
        assert [hit.slug for hit in (await search(reader, "整理", limit=5)).hits] == ["pit"]
        assert await reader.scalar(select(Project.last_active_on)) == datetime.now(UTC).date()
        actions = list(await reader.scalars(select(AuditEntry.action).where(AuditEntry.subject == "project")))
    assert actions == ["update posted"]


@pytest.fixture
def client(visit: Visit) -> Any:
    """The client whose statements are counted."""
    return visit.client


@pytest.mark.parametrize("count", [1, 3])
async def test_the_page_shows_the_newest_three_and_the_list_all_of_them_in_pages(
    keeping: Keeping, database: Database, statements: list[str], count: int
) -> None:
    visit = await keeping()
    await _updates(database, count=count)
    visitor = another_visit(visit.client)
    statements.clear()
    await page_of(visitor.client, POST)
    on_list = len(statements)
    statements.clear()
    await page_of(visitor.client, "/projects/pit")
    assert (on_list, len(statements)) == (2, 2)


async def test_a_long_list_has_pages_and_hides_who_is_not_public(keeping: Keeping, database: Database) -> None:
    visit = await keeping()
    async with database.writing() as session:
        await a_person(session, slug="private", display_name="Private", is_public=False)
    await _updates(database, count=25, author="private")
    page = words(await page_of(visit.client, "/projects/pit"))
    assert [number for number in range(1, 26) if f"news {number} " in page] == [23, 24, 25]
    assert "news 1 " in words(await page_of(visit.client, f"{POST}?page=2"))
    assert "Private" not in page
    assert (await visit.client.get(f"{POST}?page=3")).status_code == 404


@pytest.mark.parametrize(("role", "removed"), [("maintainer", ["news 1"]), ("owner", ["news 1", "news 2"])])
async def test_an_update_is_removed_by_its_author_or_an_owner(
    keeping: Keeping, database: Database, role: str, removed: list[str]
) -> None:
    visit = await keeping(role)
    await _updates(database, count=1, author="example-proposer")
    await _updates(database, count=2)
    async with database.reading() as reader:
        rows = (await reader.execute(select(Update.id, Update.text).order_by(Update.id))).all()
    for number, text in [rows[0], rows[2]]:
        address = f"{POST}/{number}/remove"
        is_offered = address in (await visit.client.get(POST)).text
        statuses = [(await visit.submit("/account", address)).status_code for _ in range(2)]
        may = text["en"] in removed
        assert (is_offered, statuses) == (may, [303, 404] if may else [403, 403])
        assert (f'id="update-{number}"' in await page_of(visit.client, POST)) is not may
