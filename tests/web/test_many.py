"""Lists of which there is more than they count: as here, where a bound of three stands for one of thousands."""

import re
from datetime import date, timedelta

import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import update

from registry.database import bounded
from registry.database.engine import Database
from registry.events.models import Event
from registry.handbook import need_words
from registry.people.rules import MembershipRole
from registry.projects.models import Project
from registry.proposals.models import Proposal
from registry.search.commands import rebuild
from tests.factories import a_membership, a_need, a_person, a_project, a_proposal, a_tag, an_event
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
    assert "At least 3 people" in lin
    assert offered(lin) == [("Owner", ""), ("Maintainer", ""), ("Contributor", "")]
    assert "Numbers are shown when fewer match." in lin
    assert ["1 person" in wu, offered(wu), "Numbers are shown" in wu] == [True, [("Owner", "1")], False]


async def test_a_list_says_when_more_records_hold_the_words_than_it_looks_at(
    database: Database, client: AsyncTestClient
) -> None:
    async with database.writing() as session:
        for number in range(5):
            project = await a_project(session, name={"en": "Map"}, stage_key="idea" if number else "blueprint")
            event = await an_event(session, name={"en": "Map"})
            await a_proposal(session, event=event, project=project, title={"en": "Map"})
            await a_membership(
                session, project=project, person=await a_person(session, display_name="Map"), role=MembershipRole.OWNER
            )
        await rebuild(session)
    said = "More records hold these words than are looked at."
    narrowed = {
        "projects": "stage=impact", "proposals": "kind=workshop", "people": "role=contributor", "events": "kind=small",
    }
    for name, choice in narrowed.items():
        few, many, none = [
            await page_of(client, f"/{name}?{query}") for query in (choice, "q=map", f"q=map&{choice}")
        ]
        assert [said in few, said in many, said in none] == [False, True, True], name
        assert ["At least 3 " in many, "At least" in none, "Numbers are shown when fewer match." in none] == [
            True, False, True,
        ], name


async def test_many_projects_are_met_in_the_order_asked_for_and_counted_as_a_whole(
    database: Database, client: AsyncTestClient
) -> None:
    async with database.writing() as session:
        tagged: list[Project] = []
        for number in range(100):
            project = await a_project(
                session, name={"en": f"Map {number:02}"}, stage_key="blueprint",
                last_active_on=None if number == 0 else date(2024, 1, 1) + timedelta(days=number),
            )
            await a_need(session, project=project, key="designer")
            tagged.append(project)
        await a_tag(session, *tagged, name={"en": "Topic 0"})
        await a_project(session, name={"en": "Game"}, stage_key="idea")
        await rebuild(session)

    def named(page: str) -> list[str]:
        return re.findall(r'class="project-card__name"><a href="[^"]*"[^>]*>([^<]*)', page)

    everything, many, first = [
        await page_of(client, f"/projects?{query}") for query in ("", "need=designer", "need=designer&sort=name&page=1")
    ]
    assert ["101 projects" in everything, "At least 3 projects" in many] == [True, True]
    assert named(many)[:2] == ["Map 99", "Map 98"]
    assert named(first)[:2] == ["Map 00", "Map 01"]
    numbers = dict(offered(many))
    assert "Numbers are shown when fewer match." in many
    assert (numbers["Topic 0"], numbers[need_words("designer").name["en"]]) == ("", "100")
    gone = await client.get("/projects?need=designer&page=2")
    assert (gone.status_code, "is shown up to page 1" in gone.text) == (404, True)
    words = await page_of(client, "/projects?q=map&stage=blueprint")
    assert ("At least 3 projects" in words, len(named(words))) == (True, 3)


async def test_many_pitches_are_sorted_by_their_day_wherever_it_comes_from(
    database: Database, client: AsyncTestClient
) -> None:
    async with database.writing() as session:
        project = await a_project(session)
        early, late = [await an_event(session, starts_on=date(year, 5, 1)) for year in (2014, 2016)]
        for event, title in ((early, "Early"), (late, "Late")):
            await a_proposal(session, event=event, project=project, title={"en": title})
        between = {"event_id": None, "pitched_on": date(2015, 5, 1), "slug": "between", "title": {"en": "Between"}}
        await a_proposal(session, event=early, project=project, **between)

    async def titles(address: str) -> list[str]:
        return re.findall(r'class="project-card__name"><a href="[^"]*">([^<]*)', await page_of(client, address))

    assert await titles("/proposals") == ["Late", "Between", "Early"]
    async with database.writing() as session:
        await session.execute(update(Event).where(Event.id == early.id).values(starts_on=date(2017, 5, 1)))
    assert await titles("/proposals") == ["Early", "Late", "Between"]
    assert await titles("/proposals?sort=oldest") == ["Between", "Late", "Early"]
    async with database.writing() as session:
        await session.execute(update(Proposal).where(Proposal.event_id == late.id).values(event_id=early.id))
    assert await titles("/proposals?year=2017") == ["Early", "Late"]
