from datetime import UTC, date, datetime

from litestar.testing import AsyncTestClient

from registry.activity.models import SlugRedirect
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.events.rules import Attendance, EventKind, EventState
from registry.proposals.rules import ProposalState
from registry.search.commands import rebuild
from tests.factories import a_project, a_proposal, an_event
from tests.reading_on import answer, ids_of, ids_to_the_end


async def test_an_event_has_the_documented_shape(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        event = await an_event(
            session, slug="hackathon-0", number=0, name={"zh-Hant": "第零次", "en": "The first"},
            subtitle={"en": "Dig"}, description={"en": "Come **all**"}, starts_on=date(2012, 12, 1),
            place={"zh-Hant": "中研院"}, address="Academia Road 128", attendance=Attendance.ONSITE,
            pitch_video_url="https://video.example.org/0", updated_at=datetime(2020, 1, 1, tzinfo=UTC),
        )
        await a_proposal(session, event=event, project=await a_project(session))
        await a_proposal(session, event=event, project=await a_project(session), state=ProposalState.DRAFT)
    base = "http://127.0.0.1:8000"
    expected = {
        "id": "hackathon-0", "revision": 1, "url": f"{base}/api/v1/events/hackathon-0",
        "html_url": f"{base}/events/hackathon-0",
        "is_example": False,
        "number": 0, "kind": "large", "state": "published", "name": {"zh-Hant": "第零次", "en": "The first"},
        "subtitle": {"en": "Dig"}, "description": {"en": "Come **all**"}, "starts_on": "2012-12-01",
        "starts_at": "2012-12-01T01:00:00Z", "ends_at": "2012-12-01T10:00:00Z", "is_all_day": True,
        "timezone": "Asia/Taipei", "place": {"zh-Hant": "中研院"}, "address": "Academia Road 128",
        "attendance": "onsite", "registration_url": None, "pitch_video_url": "https://video.example.org/0",
        "talk_video_url": None, "demo_video_url": None, "proposal_count": 1,
        "proposals_url": f"{base}/api/v1/proposals?event=hackathon-0", "updated_at": "2020-01-01T00:00:00Z",
    }
    assert await answer(client, "/api/v1/events/hackathon-0") == expected
    assert await answer(client, "/api/v1/events") == {"items": [expected], "next": None}


async def test_every_event_is_met_once_though_others_arrive_meanwhile(
    database: Database, client: AsyncTestClient
) -> None:
    async with database.writing() as session:
        # Two on one day: the day alone is no place in the list.
        for number, day in enumerate([3, 1, 2, 2, 5], start=1):
            await an_event(session, slug=f"e{number}", starts_on=date(2020, 1, day))
    first = await answer(client, "/api/v1/events?limit=2")
    assert [record["id"] for record in first["items"]] == ["e5", "e1"]
    async with database.writing() as session:
        await an_event(session, slug="newer", starts_on=date(2021, 1, 1))
        await an_event(session, slug="older", starts_on=date(2019, 1, 1))
    assert await ids_to_the_end(client, first["next"]) == ["e4", "e3", "e2", "older"]


async def test_each_filter_of_events_narrows_the_list(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        await an_event(session, slug="big", starts_on=date(2014, 3, 8), name={"en": "Open data day"})
        await an_event(session, slug="small", starts_on=date(2015, 3, 8), kind=EventKind.SMALL)
        await an_event(session, slug="off", starts_on=date(2015, 5, 8), state=EventState.CANCELLED)
        await an_event(session, slug="to-come", starts_on=date(2999, 1, 1))
        await rebuild(session)
    for query, expected in {
        "kind=small": ["small"], "kind=nothing": [], "year=2015": ["off", "small"], "year=0": [], "year=soon": [],
        "state=past": ["small", "big"], "state=upcoming": ["to-come"], "state=cancelled": ["off"], "state=draft": [],
        "q=OPEN": ["big"], "q=data+open": ["big"], "q=%25": [], "year=2015&kind=large": ["off"],
    }.items():
        assert await ids_of(client, f"/api/v1/events?{query}") == expected, query


async def test_drafts_and_hidden_events_are_nowhere(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        await an_event(session, slug="draft", state=EventState.DRAFT)
        await an_event(session, slug="hidden", hidden_at=datetime(2020, 1, 1, tzinfo=UTC))
        await an_event(session, slug="shown")
    assert await ids_to_the_end(client, "/api/v1/events?limit=1") == ["shown"]
    for slug in ("draft", "hidden"):
        response = await client.get(f"/api/v1/events/{slug}")
        assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")


async def test_an_old_identifier_leads_to_the_present_one(database: Database, client: AsyncTestClient) -> None:
    async with database.writing() as session:
        event = await an_event(session, slug="第廿次")
        hidden = await an_event(session, hidden_at=datetime(2020, 1, 1, tzinfo=UTC))
        session.add(SlugRedirect(subject=Subject.EVENT, old_slug="old", subject_id=event.id))
        session.add(SlugRedirect(subject=Subject.EVENT, old_slug="old-hidden", subject_id=hidden.id))
    response = await client.get("/api/v1/events/old", follow_redirects=False)
    address = "http://127.0.0.1:8000/api/v1/events/%E7%AC%AC%E5%BB%BF%E6%AC%A1"
    assert (response.status_code, response.headers["location"]) == (301, address)
    assert (await answer(client, address))["url"] == address
    assert (await client.get("/api/v1/events/old-hidden")).status_code == 404


async def test_a_list_of_events_takes_one_statement_however_long(
    database: Database, client: AsyncTestClient, statements: list[str]
) -> None:
    for many in (1, 3):
        async with database.writing() as session:
            for _ in range(many):
                await a_proposal(session, event=await an_event(session), project=await a_project(session))
        statements.clear()
        await answer(client, "/api/v1/events")
        assert len(statements) == 1
