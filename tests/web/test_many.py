"""Lists of which there is more than they count: as here, where a bound of three stands for one of thousands."""

import re

import pytest
from litestar.testing import AsyncTestClient

from registry.database import bounded
from registry.database.engine import Database
from registry.people.rules import MembershipRole
from registry.search.commands import rebuild
from tests.factories import a_membership, a_person, a_project
from tests.pages import page_of


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "MOST_COUNTED", 3)
    monkeypatch.setattr(bounded, "MOST_HITS", 3)


def offered(page: str) -> list[tuple[str, str]]:
    """The choices beside a list, each with its number or nothing."""
    choice = r'<a class="filter-group__choice"[^>]*>([^<]*?)\s*(?:<span class="filter-group__count">(\d+)</span>)?</a>'
    return re.findall(choice, page)


async def test_people_of_a_common_name_are_not_all_counted(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        project = await a_project(session)
        for number in range(5):
            person = await a_person(session, display_name=f"Lin {number}" if number < 4 else "Wu")
            await a_membership(session, project=project, person=person, role=MembershipRole.OWNER)
        await rebuild(session)
    everyone, lin, wu = [await page_of(client, f"/people{query}") for query in ("", "?q=lin", "?q=wu")]
    assert ["5 people" in everyone, offered(everyone)] == [True, [("Owner", "5")]]
    assert "More than 3 people" in lin
    assert offered(lin) == [("Owner", ""), ("Maintainer", ""), ("Contributor", "")]
    assert "Numbers are shown when at most 3 match." in lin
    assert ["1 person" in wu, offered(wu), "Numbers are shown" in wu] == [True, [("Owner", "1")], False]
