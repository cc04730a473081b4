"""The page of the community in numbers, and its files."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from litestar.testing import AsyncTestClient

from registry.database.engine import Database
from registry.events.rules import EventState
from registry.numbers import pages
from registry.projects.rules import NeedState
from registry.stages.models import StageChange
from tests.conftest import on_one_database, postgresql_in_trust
from tests.factories import (
    a_credit,
    a_need,
    a_person,
    a_project,
    a_proposal,
    a_registration,
    a_tag,
    an_event,
)
from tests.pages import links, main_of, page_of, words

HIDDEN = {"hidden_at": datetime(2026, 1, 1, tzinfo=UTC), "hidden_reason": "asked"}


async def test_each_figure_counts_what_is_public_and_leads_to_its_list_and_file(
    client: AsyncTestClient, database: Database, statements: list[str]
) -> None:
    await _record(database)
    statements.clear()

    html = await page_of(client, "/numbers")

    assert len(statements) == 6
    assert links(html, "/proposals?year=")[:3] == [
        (f"/proposals?year={year}", str(year)) for year in (2013, 2014, 2015)
    ]
    assert await _sheet(client, "pitches") == [["2013", "2"], ["2014", "0"], ["2015", "2"]]
    assert await _sheet(client, "events") == [["first", "2"], ["second", "2"]]
    assert ("/proposals?event=first", "The first") in links(html, "/proposals?event=")
    assert await _sheet(client, "people") == [["2013", "2", "0"], ["2014", "0", "0"], ["2015", "1", "1"]]
    assert "1 of 4 pitches name nobody." in words(html)
    assert await _sheet(client, "survival") == [
        ["2013", "1", "1", "0"], ["2014", "0", "0", "0"], ["2015", "0", "1", "0"]
    ]
    assert await _sheet(client, "needs") == [["designer", "1", "1", "0"]]
    assert ("/needs/designer", "Design") in links(html, "/needs/")
    assert await _sheet(client, "stages") == [["idea", "40", "1"]]
    assert "1 project was put on its stage by an import" in words(html)
    assert await _sheet(client, "languages") == [
        ["2013", "1", "0", "1"], ["2014", "0", "0", "0"], ["2015", "2", "0", "0"]
    ]
    assert await _sheet(client, "code-licences") == [["MIT", "2"]]
    assert ("/projects?licence=MIT", "MIT") in links(html, "/projects?licence=")
    assert await _sheet(client, "content-licences") == [["CC0-1.0", "1"]]


async def test_the_file_of_topics_leaves_out_what_is_hidden(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        project = await a_project(session)
        await a_proposal(session, event=await an_event(session, starts_on=date(2014, 1, 4)), project=project)
        await a_tag(session, project, slug="maps", name={"en": "Maps"})
        await a_tag(session, project, slug="hidden", **HIDDEN)

    response = await client.get("/numbers/topics.csv")

    assert response.headers["content-type"].startswith("text/csv")
    assert list(csv.reader(io.StringIO(response.text))) == [
        ["topic", "name", "2014"], ["maps", "Maps", "1"],
    ]


@on_one_database
async def test_of_many_events_the_latest_are_drawn_and_the_file_has_all(
    client: AsyncTestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _record(database)
    monkeypatch.setattr(pages, "EVENTS_DRAWN", 1)

    html = await page_of(client, "/numbers")

    assert [address for address, _words in links(html, "/proposals?event=")] == ["/proposals?event=second"]
    assert "1 event before them stands in the file." in words(html)
    assert await _sheet(client, "events") == [["first", "2"], ["second", "2"]]


@postgresql_in_trust
async def test_what_guests_bring_is_told_only_where_five_people_say_it(
    client: AsyncTestClient, database: Database
) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    async with database.writing() as session:
        event = await an_event(session, starts_on=yesterday.date())
        again = await an_event(session, starts_on=yesterday.date())
        forgotten = await an_event(session, starts_on=date(2014, 1, 4))
        for number in range(5):
            await a_registration(session, event=event, badge_name=f"designer {number}", keywords=["設計"])
        for number in range(4):  # the same four at two events, and one more where nobody's keywords should be left
            for held in (event, again):
                await a_registration(session, event=held, badge_name=f"Writer {number}", keywords=["writer"])
        await a_registration(session, event=forgotten, badge_name="Writer 9", keywords=["writer"])

    assert await _sheet(client, "disciplines") == [["designer", "5"]]
    assert "Writer" not in main_of(await page_of(client, "/numbers"))


async def test_an_empty_record_says_so_in_each_figure(client: AsyncTestClient) -> None:
    html = await page_of(client, "/numbers?lang=zh-Hant")

    assert words(html).count("這裡還沒有東西可數。") == html.count('<section class="section figure"')
    assert (await client.get("/numbers/no-such.csv")).status_code == 404


async def _record(database: Database) -> None:
    """Two events with public pitches, and of everything something that the public does not see."""
    async with database.writing() as session:
        first = await an_event(session, slug="first", name={"en": "The first"}, starts_on=date(2013, 3, 2))
        second = await an_event(session, slug="second", starts_on=date(2015, 5, 2))
        draft = await an_event(session, slug="draft", starts_on=date(2016, 1, 2), state=EventState.DRAFT)
        lasting = await a_project(
            session, code_licence="MIT", content_licence="CC0-1.0", name={"en": "A", "zh-Hant": "甲"}
        )
        brief = await a_project(session, code_licence="MIT")
        later = await a_project(session)
        hidden = await a_project(session, code_licence="MIT", **HIDDEN)
        old = await a_proposal(session, event=first, project=lasting)
        short = await a_proposal(session, event=first, project=brief)
        back = await a_proposal(session, event=second, project=lasting, title={"en": "Again"})
        secret = await a_proposal(session, event=second, project=later, is_anonymous=True)
        out = await a_proposal(session, event=draft, project=lasting)
        unseen = await a_proposal(session, event=second, project=hidden)
        ana, ben, cleo = [await a_person(session, display_name=name) for name in ("Ana", "Ben", "Cleo")]
        other_ana = await a_person(session, display_name="ana")
        gone = await a_person(session, display_name="Gone", **HIDDEN)
        for proposal, person in (
            (old, ana), (short, ben), (back, other_ana), (back, cleo), (secret, ben), (out, gone), (unseen, gone),
            (short, gone),
        ):
            await a_credit(session, proposal=proposal, person=person)
        await a_need(session, project=lasting)
        await a_need(session, project=brief, state=NeedState.FILLED)
        await a_need(session, project=hidden)
        moment = datetime(2014, 1, 1, tzinfo=UTC)
        for project, came_from, went_to, days, is_imported in (
            (brief, None, "idea", 0, False), (brief, "idea", "blueprint", 40, False),
            (lasting, None, "release", 9, True),
        ):
            session.add(StageChange(
                project_id=project.id, from_stage=came_from, to_stage=went_to, reason="", is_imported=is_imported,
                changed_at=moment + timedelta(days=days),
            ))


async def _sheet(client: httpx.AsyncClient, name: str) -> list[list[str]]:
    """The lines of a figure's file below its head, without the column of names."""
    response = await client.get(f"/numbers/{name}.csv")
    assert response.status_code == 200
    return [[key, *amounts] for key, _name, *amounts in list(csv.reader(io.StringIO(response.text)))[1:]]
