"""The page of one event: its facts, its pitches in order, and what became of each."""

from datetime import UTC, date, datetime, timedelta

import pytest
from litestar.testing import AsyncTestClient

from registry.activity.models import Provenance, SlugRedirect
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.events.rules import Attendance, EventState
from registry.projects.models import Link
from registry.projects.rules import LinkKind
from registry.proposals.rules import ProposalState
from tests.conftest import postgresql_in_trust
from tests.factories import a_credit, a_need, a_person, a_project, a_proposal, a_registration, an_event
from tests.pages import facts, linked_data, links, main_of, words


async def test_facts_carry_the_time_zone_in_both_languages(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        await an_event(
            session, slug="day", starts_on=date(2026, 7, 25), is_all_day=False, place={"en": "Academia Sinica"},
            attendance=Attendance.HYBRID,
        )

    english = facts((await client.get("/events/day?lang=en")).text)
    chinese = facts((await client.get("/events/day?lang=zh-Hant")).text)

    assert english["When"].replace("\u202f", " ").replace("\u2009", " ") == (
        "Saturday, July 25, 2026, 9:00 AM – 6:00 PM (Taiwan Standard Time, GMT+08:00)"
    )
    assert chinese["時間"] == "2026年7月25日 星期六 上午9:00至下午6:00（台北標準時間，GMT+08:00）"
    assert (english["Where"], english["Taking part"]) == ("Academia Sinica", "In person and online")


async def test_a_day_without_hours_is_shown_as_a_day(client: AsyncTestClient, database: Database) -> None:
    midnight = datetime(2024, 1, 5, 16, tzinfo=UTC)
    async with database.writing() as session:
        await an_event(
            session, slug="day", starts_on=date(2024, 1, 6), starts_at=midnight, ends_at=midnight + timedelta(days=1)
        )

    assert facts((await client.get("/events/day")).text)["When"] == "Saturday, January 6, 2024 (Taiwan Standard Time)"


async def test_pitches_stand_in_running_order_with_what_became_of_each(
    client: AsyncTestClient, database: Database
) -> None:
    async with database.writing() as session:
        before = await an_event(session, starts_on=date(2019, 1, 5))
        event = await an_event(session, slug="now", starts_on=date(2019, 3, 2))
        after = await an_event(session, slug="after", starts_on=date(2019, 5, 4), name={"en": "The one after"})
        old = await a_project(session, name={"en": "Old hand"}, stage_key="release")
        new = await a_project(session, name={"en": "Newcomer"}, slug="newcomer")
        await a_proposal(session, event=event, project=new, position=2)
        await a_proposal(session, event=event, project=old, position=1)
        for other in (before, after):
            await a_proposal(session, event=other, project=old)

    html = (await client.get("/events/now")).text

    assert [text for _, text in links(html, "/proposals/")] == ["Old hand", "Newcomer"]
    fates = [words(row) for row in main_of(html).split("proposal-row__outcome\">")[1:]]
    assert fates[0].startswith("Pitched once before. Pitched once since: The one after . The project today · Release")
    assert fates[1].startswith("Pitched here for the first time. The project today · Explore · last seen Mar 2, 2019")
    numbers = facts(html)
    assert (numbers["Projects pitched"], numbers["For the first time"], numbers["Pitched before"]) == ("2", "1", "1")


async def test_a_pitch_shows_its_people_needs_links_and_licences(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        event = await an_event(session, slug="now")
        project = await a_project(session)
        pitch = await a_proposal(session, event=event, project=project, code_licence="MIT", content_licence="CC0-1.0")
        await a_credit(session, proposal=pitch, person=await a_person(session, display_name="Mei", slug="mei"))
        await a_need(session, project=project, key="designer", proposal_id=pitch.id)
        session.add(Link(proposal_id=pitch.id, kind=LinkKind.REPOSITORY, url="https://example.org/code"))

    html = (await client.get("/events/now")).text

    assert links(html, "/people/") == [("/people/mei", "Mei")]
    assert links(html, "/needs/") == [("/needs/designer", "Design")]
    assert links(html, "https://example.org/") == [("https://example.org/code", "Source code")]
    assert "Licence: MIT · CC0-1.0" in words(html)


@postgresql_in_trust
async def test_what_is_not_public_is_on_no_page(client: AsyncTestClient, database: Database) -> None:
    hidden = {"hidden_at": datetime(2026, 1, 1, tzinfo=UTC), "hidden_reason": "asked"}
    async with database.writing() as session:
        event = await an_event(session, slug="now")
        await an_event(session, slug="draft", state=EventState.DRAFT)
        await an_event(session, slug="hidden", **hidden)
        shown = await a_proposal(session, event=event, project=await a_project(session, name={"en": "Shown"}))
        await a_credit(session, proposal=shown, person=await a_person(session, display_name="Hidden person", **hidden))
        await a_credit(session, proposal=shown, person=await a_person(session, display_name="Quiet", is_public=False))
        anonymous = await a_proposal(
            session, event=event, project=await a_project(session, name={"en": "No name"}), is_anonymous=True
        )
        await a_credit(session, proposal=anonymous, person=await a_person(session, display_name="Anonymous owner"))
        for fields in ({"state": ProposalState.DRAFT}, {"state": ProposalState.WITHDRAWN}, hidden):
            await a_proposal(session, event=event, project=await a_project(session), **fields)
        await a_proposal(session, event=event, project=await a_project(session, **hidden))

    html = (await client.get("/events/now")).text

    assert [text for _, text in links(html, "/proposals/")] == ["Shown", "No name"]
    assert links(html, "/people/") == []
    assert facts(html)["Pitches"] == "2"
    assert facts(html)["Projects pitched"] == "2"
    assert [name for name in ("Hidden person", "Quiet", "Anonymous owner") if name in html] == []
    statuses = [(await client.get(f"/events/{slug}")).status_code for slug in ("draft", "hidden", "none")]
    assert statuses == [404, 410, 404]


async def test_a_cancelled_event_says_so(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        await an_event(session, slug="off", state=EventState.CANCELLED)

    html = (await client.get("/events/off")).text

    assert "This event was cancelled and did not take place." in words(html)
    assert linked_data(html)["eventStatus"] == "https://schema.org/EventCancelled"


async def test_an_old_address_leads_to_the_new_one_for_ever(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        event = await an_event(session, slug="第零次")
        draft = await an_event(session, state=EventState.DRAFT)
        session.add(SlugRedirect(subject=Subject.EVENT, old_slug="old", subject_id=event.id))
        session.add(SlugRedirect(subject=Subject.EVENT, old_slug="old-draft", subject_id=draft.id))
        session.add(SlugRedirect(subject=Subject.PROJECT, old_slug="project", subject_id=event.id))

    moved = await client.get("/events/old", follow_redirects=False)

    assert (moved.status_code, moved.headers["location"]) == (301, "/events/%E7%AC%AC%E9%9B%B6%E6%AC%A1")
    assert [(await client.get(f"/events/{slug}")).status_code for slug in ("old-draft", "project")] == [404, 404]


async def test_a_chinese_address_is_written_in_ascii_in_the_head(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        await an_event(session, slug="第零次", is_example=True)

    answer = await client.get("/events/第零次?lang=en")

    address = "http://127.0.0.1:8000/events/%E7%AC%AC%E9%9B%B6%E6%AC%A1"
    assert f'<link rel="canonical" href="{address}?lang=en">' in answer.text
    assert linked_data(answer.text)["@id"] == address
    assert "This event is made up, to show what an event looks like here." in words(answer.text)


async def test_event_zero_is_numbered_and_leads_to_its_neighbours(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        for number, day in ((1, date(2013, 1, 26)), (0, date(2012, 12, 1)), (2, date(2013, 3, 23))):
            await an_event(session, slug=f"e{number}", number=number, starts_on=day, name={"en": f"Event {number}"})
        await an_event(session, starts_on=date(2013, 1, 1), state=EventState.DRAFT)

    first, second = [(await client.get(f"/events/e{number}")).text for number in (0, 1)]

    assert words(first.split('event-page__number">', 1)[1].split("<h1>")[0]) == "Event number 0"
    history = "History of changes"
    ways_on = {"later", "board", "report", "report.md", "event.ics", "hackathon.json", "feed.atom"}
    found = [[one for one in links(page, "/events/e") if one[0].rpartition("/")[2] not in ways_on]
             for page in (first, second)]
    assert found[0] == [("/events/e1", "Event 1"), ("/events/e0/history", history)]
    assert found[1] == [
        ("/events/e0", "Event 0"), ("/events/e2", "Event 2"), ("/events/e1/history", history),
    ]


@postgresql_in_trust
async def test_search_engines_read_an_event_and_a_hackathon(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        event = await an_event(
            session, slug="day", starts_on=date(2026, 7, 25), is_all_day=False, place={"en": "Academia Sinica"},
            attendance=Attendance.HYBRID, registration_url="https://example.org/?a=1&b=</script>",
            name={"en": "Day"},
        )
        await a_proposal(session, event=event, project=await a_project(session, slug="map", name={"en": "Map"}))

    described = linked_data((await client.get("/events/day")).text)

    assert described["@type"] == ["Event", "Hackathon"]
    assert (described["startDate"], described["endDate"]) == ("2026-07-25T09:00:00+08:00", "2026-07-25T18:00:00+08:00")
    assert described["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert described["location"] == [
        {"@type": "Place", "name": "Academia Sinica"},
        {"@type": "VirtualLocation", "url": "https://example.org/?a=1&b=</script>"},
    ]
    assert described["workPerformed"] == [{
        "@type": "CreativeWork", "name": "Map", "url": "http://127.0.0.1:8000/proposals/day-map",
        "isBasedOn": "http://127.0.0.1:8000/projects/map",
    }]


async def test_the_source_of_each_fact_is_named(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        event = await an_event(session, slug="day")
        session.add(Provenance(
            subject=Subject.EVENT, subject_id=event.id, source="jothon-events", file="25.yaml", row="25", digest="",
            imported_on=date(2026, 11, 24),
        ))

    assert "jothon-events: 25.yaml, 25, read on Nov 24, 2026" in words((await client.get("/events/day")).text)


@postgresql_in_trust
async def test_a_long_programme_has_pages(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        event = await an_event(session, slug="long")
        for position in range(1, 53):
            await a_proposal(session, event=event, project=await a_project(session), position=position)

    shown = [len(links((await client.get(f"/events/long?page={page}")).text, "/proposals/")) for page in (1, 2)]

    assert shown == [50, 2]
    assert (await client.get("/events/long?page=3")).status_code == 404


@pytest.mark.parametrize("pitches", [1, 3])
async def test_the_page_takes_four_statements_or_three_where_nobody_registered(
    client: AsyncTestClient, database: Database, statements: list[str], pitches: int
) -> None:
    async with database.writing() as session:
        event = await an_event(session, slug="day")
        for _ in range(pitches):
            project = await a_project(session)
            pitch = await a_proposal(session, event=event, project=project)
            await a_need(session, project=project, proposal_id=pitch.id)
            await a_credit(session, proposal=pitch, person=await a_person(session))
        full = await an_event(session, slug="full", starts_on=date(2026, 1, 24))
        await a_registration(session, event=full)
    statements.clear()

    await client.get("/events/day")
    without_guests = len(statements)
    await client.get("/events/full")

    assert (without_guests, len(statements) - without_guests) == (3, 4)
