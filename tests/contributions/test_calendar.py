"""The calendar on a person's page: only when they want it, only what is confirmed, and nobody beside anybody."""

import re
from datetime import date, timedelta

from registry.accounts.commands import grant_role
from registry.accounts.rules import Role
from registry.contributions.calendar import read_calendar
from registry.contributions.commands import show_calendar
from registry.contributions.queries import CalendarRow, DayCount
from registry.database.engine import Database
from registry.events.models import EventHelper
from registry.events.rules import EventState, HelperTask
from registry.people.models import Person
from tests.conftest import postgresql_in_trust
from tests.contributions.doers import NOW, a_doer, confirmed, said
from tests.factories import a_registration, an_event
from tests.pages import main_of, page_of, words
from tests.stages.keepers import a_kept_project
from tests.visits import Visit


@postgresql_in_trust
async def test_the_calendar_is_there_when_its_person_wants_it(visit: Visit, database: Database) -> None:
    async with database.writing() as session:
        _project, owner = await a_kept_project(session, slug="trees")
        doer = await a_doer(session, slug="doer")
        for day, kind in (("2025-12-29", "design"), ("2026-01-04", "design"), ("2024-12-29", "translation")):
            await confirmed(session, doer, owner, project="trees", day=day, kind=kind)
        await confirmed(session, doer, owner, project="trees", kind="audio", is_shown=False)
        await said(session, doer, project="trees", kind="video")
    assert 'id="calendar"' not in await page_of(visit.client, "/people/doer")
    async with database.writing() as session:
        await show_calendar(session, shows=True, by=doer, now=NOW)
    page = main_of(await page_of(visit.client, "/people/doer"))
    assert "Weeks of 2026 Week What was done Dec 29, 2025 – Jan 4, 2026 Design 2" in words(page)
    assert re.findall(r'href="/people/doer\?year=(\d+)#calendar"', page) == ["2026", "2024"]
    assert len(re.findall(r"<rect", page)) == 53 + 52
    assert len(re.findall(r"week--[1-4]", page)) == 2
    assert [kind for kind in ("Audio", "Videos") if kind in page] == []
    earlier = words(main_of(await page_of(visit.client, "/people/doer?year=2024")))
    assert "Weeks of 2024 Week What was done Dec 23, 2024 – Dec 29, 2024 Translation 1" in earlier


async def test_event_days_are_those_on_which_somebody_was_there(visit: Visit, database: Database) -> None:
    async with database.writing() as session:
        doer = await a_doer(session, slug="doer")
        person = await session.get_one(Person, doer.person_id)
        day = date(2026, 1, 10)
        there = await an_event(session, slug="there", name={"en": "There"}, starts_on=day)
        led = await an_event(session, slug="led", name={"en": "Led"}, starts_on=day - timedelta(days=30))
        missed = await an_event(session, name={"en": "Canary missed"}, starts_on=day)
        draft = await an_event(session, name={"en": "Canary draft"}, starts_on=day, state=EventState.DRAFT)
        for event, checked_in_at in ((there, NOW), (missed, None), (draft, NOW)):
            await a_registration(session, event=event, person=person, checked_in_at=checked_in_at)
        await a_registration(session, event=missed, checked_in_at=NOW)
        session.add(EventHelper(event_id=there.id, person_id=person.id, task=HelperTask.DOOR))
        await grant_role(session, person=person, role=Role.ORGANISER, event_id=led.id, granted_by="test", now=NOW)
        await show_calendar(session, shows=True, by=doer, now=NOW)
    page = words(main_of(await page_of(visit.client, "/people/doer")))
    assert (
        "Event days Jan 10, 2026 There took part Jan 10, 2026 There helped (at the door) Dec 11, 2025 Led organised"
        in page
    )
    assert "Canary" not in page


@postgresql_in_trust
async def test_the_page_asks_once_more_with_a_calendar_whatever_it_holds(
    visit: Visit, database: Database, statements: list[str]
) -> None:
    counts = []
    async with database.writing() as session:
        _project, owner = await a_kept_project(session, slug="trees")
        doer = await a_doer(session, slug="doer")
    for shows, more in ((False, 1), (True, 1), (True, 2)):
        async with database.writing() as session:
            for number in range(more):
                await confirmed(session, doer, owner, project="trees", day=f"2026-01-{number + 1:02}")
            await show_calendar(session, shows=shows, by=doer, now=NOW)
        statements.clear()
        await page_of(visit.client, "/people/doer")
        counts.append(len(statements))
    assert counts == [1, 2, 2]


def test_years_without_anything_are_left_out_and_an_unknown_year_is_the_last() -> None:
    shown = CalendarRow(
        days=[DayCount(date(2020, 12, 31), "design", 2), DayCount(date(2018, 1, 1), "code", 1)], events=[]
    )
    calendar = read_calendar(shown, year=1999)
    assert calendar is not None
    drawn = [(row.year, row.count, sum(map(len, row.halves))) for row in calendar.years]
    assert drawn == [(2020, 2, 53), (2018, 1, 52)]
    assert calendar.chosen == 2020
    assert read_calendar(CalendarRow([], []), year=None) is None
