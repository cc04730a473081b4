"""Events for other programs: iCalendar as the library icalendar reads it, hackathon.json as schema.org has it."""

from datetime import UTC, date, datetime

import icalendar
from litestar.testing import AsyncTestClient
from sqlalchemy import select

from registry.database.engine import Database
from registry.events.models import Event, EventHelper
from registry.events.rules import EventState, HelperTask
from registry.people.models import Person
from registry.registrations.rules import RegistrationState
from tests.conftest import on_one_database
from tests.factories import a_project, a_proposal, a_registration, an_event
from tests.inbox.test_feed import feed_address
from tests.visits import Visit, another_visit


def entries(content: bytes) -> dict[str, icalendar.Component]:
    """The entries of a calendar by their summary; it must be whole, with no fault that the parser passes over."""
    calendar = icalendar.Calendar.from_ical(content)
    assert calendar["version"] == "2.0"
    found = calendar.walk("VEVENT")
    assert [(one.errors, "uid" in one, "dtstamp" in one, "dtstart" in one) for one in found] == (
        [([], True, True, True)] * len(found)
    )
    return {str(one["summary"]): one for one in found}


async def test_a_changed_event_keeps_its_uid_and_counts_on(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        event = await an_event(
            session, slug="day", starts_on=date(2026, 7, 25), is_all_day=False, name={"en": "The, day; 一"},
            address="Road 1\nTaipei",
        )
        await an_event(session, name={"en": "All day"}, is_all_day=True)
        await an_event(session, name={"en": "Secret"}, state=EventState.DRAFT)
    before = entries((await client.get("/events/day/event.ics?lang=en")).content)["The, day; 一"]
    assert before.decoded("dtstart") == datetime(2026, 7, 25, 1, tzinfo=UTC)
    async with database.writing() as session:
        row = await session.get_one(Event, event.id)
        row.state, row.slug, row.revision = EventState.CANCELLED, "new", 2
        row.updated_at = datetime(2027, 1, 1, tzinfo=UTC)
    answer = await client.get("/events/calendar.ics?lang=en")
    assert answer.headers["content-type"].startswith("text/calendar")
    everything = entries(answer.content)
    after = everything["The, day; 一"]
    assert set(everything) == {"The, day; 一", "All day"}
    assert (after["uid"], after["status"]) == (before["uid"], "CANCELLED")
    assert after.decoded("sequence") == before.decoded("sequence") + 1
    assert after.decoded("dtstamp") > before.decoded("dtstamp")
    assert type(everything["All day"].decoded("dtstart")) is date
    assert b"BEGIN:VTIMEZONE" in answer.content


@on_one_database
async def test_ones_own_calendar_is_at_a_secret_address(visit: Visit, database: Database) -> None:
    await visit.play("owner")
    await visit.submit("/account/notices", "/account/notices/feed")
    address = await feed_address(visit) + "/calendar.ics"
    async with database.writing() as session:
        me = (await session.scalars(select(Person).where(Person.slug == "example-proposer"))).one()
        for name, state in {"Mine": RegistrationState.CONFIRMED, "Given back": RegistrationState.CANCELLED}.items():
            await a_registration(session, event=await an_event(session, name={"en": name}), person=me, state=state)
        helped = await an_event(session, name={"en": "Helped"})
        session.add(EventHelper(event_id=helped.id, person_id=me.id, task=next(iter(HelperTask))))
        await an_event(session, name={"en": "Somebody else's"})
    stranger = another_visit(visit.client).client
    answer = await stranger.get(address)
    assert (set(entries(answer.content)), "private" in answer.headers["cache-control"]) == ({"Mine", "Helped"}, True)
    await visit.submit("/account/notices", "/account/notices/feed/close")
    assert (await stranger.get(address)).status_code == 404


@on_one_database
async def test_hackathon_json_lists_every_work(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        event = await an_event(session, slug="day", starts_on=date(2026, 7, 25), name={"en": "The day"})
        for _ in range(60):
            await a_proposal(session, event=event, project=await a_project(session))
    told = (await client.get("/events/day/hackathon.json?lang=en")).json()
    assert (told["@context"], told["@type"], told["name"], told["startDate"]) == (
        "https://schema.org", ["Event", "Hackathon"], "The day", "2026-07-25"
    )
    assert len({work["url"] for work in told["workPerformed"]}) == 60
