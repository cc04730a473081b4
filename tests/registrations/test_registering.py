"""Guests register, change, cancel and move up: over HTTP, on both databases."""

import re
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import select

from registry.activity.models import AuditEntry
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.events.rules import EventState
from registry.inbox.models import Notice
from registry.people.models import Person
from registry.registrations.rules import Registering, RegistrationState
from registry.registrations.words import registering_words
from registry.settings import Settings
from tests.conftest import application, postgresql_in_trust
from tests.factories import a_registration
from tests.pages import facts, main_of, words
from tests.registrations.open_events import GUEST, an_open_event, register, registrations
from tests.visits import BASE, Visit, another_visit, visit_to

CONFIRMED, WAITING, CANCELLED = RegistrationState


async def actions(database: Database) -> list[str]:
    """What the audit log says of events."""
    async with database.reading() as reader:
        return list(await reader.scalars(
            select(AuditEntry.action).where(AuditEntry.subject == Subject.EVENT).order_by(AuditEntry.id)
        ))


@postgresql_in_trust
async def test_a_guest_without_an_account_registers_and_keeps_a_link_and_a_code(
    visit: Visit, database: Database
) -> None:
    await an_open_event(database, capacity=5)
    answer = await register(visit, is_newcomer="yes")
    here = answer.headers["location"]
    one, = await registrations(database)
    assert here == f"/registrations/{one.code}"
    assert (one.state, one.badge_name, one.keywords, one.is_newcomer, one.photo_consent, one.meal) == (
        CONFIRMED, "小明", ["資料", "貓"], True, False, "meat",
    )
    assert (one.person_id, one.accepted_rules, one.mail_address, one.language) == (
        None, ["kind", "ask"], "canary@example.org", "en",
    )
    page = await visit.client.get(here)
    shown = facts(main_of(page.text))
    assert (shown["Keywords"], shown["Meal"], shown["Newcomer"]) == ("資料 · 貓", "With meat", "Yes")
    assert "You have a place." in words(main_of(page.text))
    code = await visit.client.get(f"{here}/qr.svg")
    assert (code.headers["content-type"], code.text.count("<svg")) == ("image/svg+xml", 1)
    for address in (here, f"{here}/qr.svg", f"{here}/edit", f"{here}/event.ics"):
        headers = (await visit.client.get(address)).headers
        assert (headers["cache-control"], headers["referrer-policy"], headers["x-robots-tag"]) == (
            "private, no-store", "same-origin", "noindex",
        ), address
    assert await actions(database) == ["registered"]


async def test_the_code_is_on_no_other_page_and_in_no_audit_row(visit: Visit, database: Database) -> None:
    await an_open_event(database)
    await register(visit)
    code = (await registrations(database))[0].code
    assert code
    await visit.play("organiser")
    for address in ("/events/day", "/events/day/registrations", "/events/day/registrations.csv", "/events/day/door",
                    "/events/day/door/guests", "/events/day/run", "/health", "/api/v1/events/day"):
        answer = await visit.client.get(address)
        assert (answer.status_code, code in answer.text) == (200, False), address
    async with database.reading() as reader:
        rows = list(await reader.scalars(select(AuditEntry.changes)))
    assert not any(secret in str(rows) for secret in (code, "canary", "小明"))


@postgresql_in_trust
async def test_the_calendar_file_keeps_its_uid_and_brings_its_time_zone(visit: Visit, database: Database) -> None:
    event = await an_open_event(database, place={"en": "Hall"})
    here = (await register(visit)).headers["location"]
    for _time in range(2):
        calendar = icalendar.Calendar.from_ical((await visit.client.get(f"{here}/event.ics")).content)
        entry, = calendar.walk("VEVENT")
        assert (entry["uid"], entry["summary"], entry["location"]) == (
            f"event-{event.id}@127.0.0.1", "Hackathon 75", "Hall"
        )
        assert entry.decoded("dtstart") == event.starts_at
        assert [zone["tzid"] for zone in calendar.walk("VTIMEZONE")] == ["Asia/Taipei"]


async def test_what_is_missing_comes_back_said_field_by_field_and_item_by_item(
    visit: Visit, database: Database
) -> None:
    await an_open_event(database)
    answer = await register(
        visit, badge_name="", photo_consent="", meal="gold", mail_address="nobody", **{"rule-ask": None}
    )
    assert answer.status_code == 400
    assert set(re.findall(r'id="([\w-]+)-wrong"', answer.text)) == {
        "badge_name", "photo_consent", "meal", "mail_address", "rule-ask",
    }
    assert 'value="資料"' in answer.text
    assert re.search(r'id="rule-kind"[^>]* checked', answer.text)
    assert await registrations(database) == []


@pytest.mark.parametrize(("fields", "window"), [
    ({"registration_opens_at": datetime(2100, 1, 1, tzinfo=UTC), "registration_closes_at": None,
      "ends_at": datetime(2100, 2, 1, tzinfo=UTC)}, Registering.NOT_YET),
    ({"registration_closes_at": datetime(2026, 1, 2, tzinfo=UTC)}, Registering.CLOSED),
    ({"registration_opens_at": None}, Registering.NOT_OFFERED),
    ({"registration_url": "https://tickets.example"}, Registering.ELSEWHERE),
    ({"state": EventState.CANCELLED}, Registering.CALLED_OFF),
])
async def test_a_closed_registration_says_why_and_takes_nobody(
    visit: Visit, database: Database, fields: dict[str, object], window: Registering
) -> None:
    event = await an_open_event(database)
    form = await visit.client.get("/events/day/register")
    async with database.writing() as session:
        changed = await session.get_one(type(event), event.id)
        for name, value in fields.items():
            setattr(changed, name, value)
    page = await visit.client.get("/events/day/register")
    assert registering_words(window) in words(main_of(page.text))
    assert 'name="badge_name"' not in page.text
    token = re.findall(r'name="form_token" value="(\w+)"', form.text)[0]
    answer = await visit.client.post("/events/day/register", data={**GUEST, "form_token": token})
    assert answer.status_code == 409
    assert await registrations(database) == []


async def test_a_draft_takes_nobody_and_is_not_told(visit: Visit, database: Database) -> None:
    await an_open_event(database, state=EventState.DRAFT)
    assert (await visit.client.get("/events/day/register")).status_code == 404
    answer = await visit.submit("/sign-in", "/events/day/register", **GUEST)
    assert (answer.status_code, await registrations(database)) == (404, [])


async def test_who_is_signed_in_registers_once_finds_it_again_and_may_come_back(
    visit: Visit, database: Database
) -> None:
    await an_open_event(database)
    await visit.play("proposer")
    page = await visit.client.get("/events/day/register")
    async with database.reading() as reader:
        name = await reader.scalar(select(Person.display_name))
    assert f'name="badge_name" type="text" value="{name}"' in page.text
    here = (await register(visit)).headers["location"]
    again = await visit.client.get("/events/day/register")
    assert (again.status_code, again.headers["location"]) == (303, here)
    token = re.findall(r'name="form_token" value="(\w+)"', page.text)[0]
    doubled = await visit.client.post("/events/day/register", data={**GUEST, "form_token": token})
    assert doubled.status_code == 409
    await visit.submit(here, f"{here}/cancel")
    assert (await register(visit, badge_name="Back")).headers["location"] == here
    one, = await registrations(database)
    assert (one.state, one.badge_name, one.cancelled_at) == (CONFIRMED, "Back", None)


async def test_a_full_event_says_so_first_and_the_list_moves_up_by_itself(visit: Visit, database: Database) -> None:
    event = await an_open_event(database, capacity=1)
    first = (await register(visit)).headers["location"]
    second, third = another_visit(visit.client), another_visit(visit.client)
    await second.play("proposer")
    page = words(main_of((await second.client.get("/events/day/register")).text))
    assert "All places are taken." in page
    assert "Join the waiting list" in page
    await register(second, badge_name="Second")
    place = (await register(third, badge_name="Third")).headers["location"]
    assert "1 person is before you." in words(main_of((await third.client.get(place)).text))
    await visit.submit(first, f"{first}/cancel")
    states = [(one.badge_name, one.state) for one in await registrations(database)]
    assert states == [("小明", CANCELLED), ("Second", CONFIRMED), ("Third", WAITING)]
    async with database.reading() as reader:
        notices = (await reader.execute(select(Notice.kind, Notice.path, Notice.facts))).all()
    assert [tuple(one) for one in notices] == [("moved_up", "/events/day/register", {"event": event.name})]
    assert await actions(database) == [
        "registered", "registered", "registered", "registration cancelled", "moved up",
    ]
    await visit.submit(first, f"{first}/cancel")
    assert [one.state for one in await registrations(database)] == [CANCELLED, CONFIRMED, WAITING]


@postgresql_in_trust
async def test_a_raised_capacity_lets_those_move_up_who_waited_longest(visit: Visit, database: Database) -> None:
    event = await an_open_event(database, capacity=1)
    now = datetime.now(UTC)
    async with database.writing() as session:
        await a_registration(session, event=event, badge_name="In")
        for minutes, name in ((1, "last"), (3, "first"), (2, "second")):
            await a_registration(
                session, event=event, badge_name=name, state=WAITING, waiting_since=now - timedelta(minutes=minutes)
            )
    await visit.play("organiser")
    answer = await visit.fill("/events/day/edit", "/events/day/edit", capacity="3")
    assert answer.status_code == 303
    assert {one.badge_name: one.state for one in await registrations(database)} == {
        "In": CONFIRMED, "first": CONFIRMED, "second": CONFIRMED, "last": WAITING,
    }


async def test_an_organiser_removes_a_guest_and_lets_one_in_who_waits(visit: Visit, database: Database) -> None:
    event = await an_open_event(database, capacity=1)
    async with database.writing() as session:
        await a_registration(session, event=event, badge_name="In", code="in")
        for name in ("Next", "Later"):
            await a_registration(
                session, event=event, badge_name=name, code=name, state=WAITING, waiting_since=datetime.now(UTC)
            )
    await visit.play("organiser")
    here = "/events/day/registrations"
    page = await visit.client.get(f"{here}?state=confirmed")
    guest = re.findall(r'name="guest" value="(\w+)"', page.text)[0]
    await visit.submit(here, f"{here}/remove", guest=guest)
    assert [one.state for one in await registrations(database)] == [CANCELLED, CONFIRMED, WAITING]
    page = await visit.client.get(f"{here}?state=waiting")
    guest = re.findall(r'name="guest" value="(\w+)"', page.text)[0]
    await visit.submit(here, f"{here}/let-in", guest=guest)
    assert [one.state for one in await registrations(database)] == [CANCELLED, CONFIRMED, CONFIRMED]
    for action in ("remove", "let-in"):
        assert (await visit.submit(here, f"{here}/{action}", guest="none")).status_code == 404


async def test_a_registration_is_changed_by_its_link_and_two_who_change_it_see_both(
    visit: Visit, database: Database
) -> None:
    await an_open_event(database)
    here = (await register(visit)).headers["location"]
    answer = await visit.fill(f"{here}/edit", f"{here}/edit", badge_name="Ming", **{"keyword-3": "茶"})
    assert answer.headers["location"] == f"{here}?done=saved"
    one, = await registrations(database)
    assert (one.badge_name, one.keywords, one.revision) == ("Ming", ["資料", "貓", "茶"], 3)
    answer = await visit.fill(f"{here}/edit", f"{here}/edit", badge_name="Old", revision="1")
    assert (answer.status_code, "Ming" in answer.text) == (409, True)
    assert await actions(database) == ["registered", "registration changed"]


async def test_a_page_for_registering_asks_as_much_when_many_wait(
    client: AsyncTestClient, database: Database, statements: list[str]
) -> None:
    event = await an_open_event(database, capacity=1)
    asked = []
    for number in (1, 3):
        async with database.writing() as session:
            for _one in range(number):
                await a_registration(session, event=event, code=f"code{number}{_one}", state=WAITING,
                                     waiting_since=datetime.now(UTC))
        statements.clear()
        await client.get("/events/day/register")
        await client.get("/registrations/code10")
        asked.append(len(statements))
    assert asked == [3, 3]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_guests_without_an_account_are_limited_by_address_and_members_are_not(
    database: Database, settings: Settings
) -> None:
    await an_open_event(database)
    limited = application(settings.model_copy(update={"registrations_an_hour": 2}))
    async with AsyncTestClient(limited, base_url=BASE) as client:
        guest = visit_to(client)
        answers = [(await register(guest, badge_name=name)).status_code for name in "ABC"]
        refused = await register(guest, badge_name="還有一位")
        assert (answers, refused.status_code) == ([303, 303, 429], 429)
        assert "還有一位" in refused.text
        assert [mark for _form, mark in client.app.state.visits if "testclient" in mark] == []
        member = await another_visit(client).play("proposer")
        assert (await register(member)).status_code == 303
    assert [one.badge_name for one in await registrations(database)] == ["A", "B", GUEST["badge_name"]]
