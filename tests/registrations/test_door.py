"""The door: by name, by code, from a queue; who may, who counts, and what is taken back."""

import re
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select

from registry.contributions.statement_queries import stateable
from registry.database.engine import Database
from registry.events.models import Event, EventHelper
from registry.events.rules import HelperTask
from registry.people.models import Contribution, Person
from registry.registrations.rules import RegistrationState, guest_id
from tests.conftest import postgresql_in_trust
from tests.factories import a_registration, an_event
from tests.pages import main_of, words
from tests.registrations.open_events import an_open_event, register, registrations
from tests.registrations.test_registering import actions
from tests.visits import Visit

DOOR = "/events/day/door"
WAITING, CANCELLED = RegistrationState.WAITING, RegistrationState.CANCELLED


@pytest.fixture
async def event(database: Database) -> Event:
    """An event with Ada, who has a place, and a guest who waits."""
    event = await an_open_event(database)
    async with database.writing() as session:
        await a_registration(session, event=event, badge_name="Ada", code="ada")
        await a_registration(session, event=event, badge_name="Late", code="late", state=WAITING)
    return event


@pytest.fixture
async def helper(visit: Visit, database: Database, event: Event) -> Visit:
    """Somebody who helps at the event and organises nothing."""
    await visit.play("proposer")
    async with database.writing() as session:
        person_id = (await session.scalars(select(Person.id))).one()
        session.add(EventHelper(event_id=event.id, person_id=person_id, task=HelperTask.DOOR))
    return visit


async def _send(visit: Visit, *sent: tuple[str, str]) -> Response:
    page = (await visit.client.get(DOOR)).text
    token = re.findall(r'data-token="(\w+)"', page)[0]
    return await visit.client.post(
        f"{DOOR}/check-ins", headers={"X-Form-Token": token},
        json={"check_ins": [{"guest": guest, "key": key} for guest, key in sent]},
    )


def _answers(answer: Response) -> list[Any]:
    return [one["answer"] for one in answer.json()["acknowledged"]]


async def test_a_helper_checks_in_by_name_with_a_plain_form_and_takes_it_back(
    helper: Visit, database: Database
) -> None:
    found = await helper.client.get(f"{DOOR}?q=ada")
    assert "Ada" in words(main_of(found.text))
    done = await helper.fill(f"{DOOR}?q=ada", f"{DOOR}/check-in")
    assert done.headers["location"] == f"{DOOR}?done=checked-in"
    first = (await registrations(database))[0]
    assert (first.checked_in_at is not None, first.checked_in_by_id is not None) == (True, True)
    again = await helper.submit(DOOR, f"{DOOR}/check-in", guest=guest_id("ada"), form_key="another")
    assert again.headers["location"] == f"{DOOR}?answer=already"
    assert "Was in already" in words(main_of((await helper.client.get(again.headers["location"])).text))
    await helper.fill(f"{DOOR}?state=in", f"{DOOR}/undo")
    assert (await registrations(database))[0].checked_in_at is None
    assert await actions(database) == ["checked in", "check-in undone"]


@postgresql_in_trust
async def test_the_address_in_a_code_opens_its_guest_with_one_button(helper: Visit, database: Database) -> None:
    page = main_of((await helper.client.get(f"{DOOR}?code=ada")).text)
    assert re.findall(r'door__name">([^<]*)<', page) == ["Ada"]
    assert page.count(f'data-door-check="{guest_id("ada")}"') == 1
    for code, said in (("late", "waiting list"), ("nobody", "belongs to no registration")):
        page = main_of((await helper.client.get(f"{DOOR}?code={code}")).text)
        assert (said in words(page), "data-door-check" in page) == (True, False)


async def test_a_code_of_another_event_opens_nobody(helper: Visit, database: Database) -> None:
    async with database.writing() as session:
        other = await an_event(session, slug="other")
        await a_registration(session, event=other, badge_name="Stranger", code="other-code")
    page = await helper.client.get(f"{DOOR}?code=other-code")
    assert "Stranger" not in page.text
    assert _answers(await _send(helper, (guest_id("other-code"), "k"))) == ["unknown"]
    assert (await helper.client.get("/events/other/door")).status_code == 403


@postgresql_in_trust
async def test_the_camera_is_allowed_at_the_door_and_nowhere_else(helper: Visit) -> None:
    policies = {
        address: (await helper.client.get(address)).headers["permissions-policy"].split(",")[0]
        for address in (DOOR, "/events/day", "/events/day/register")
    }
    assert policies == {DOOR: "camera=(self)", "/events/day": "camera=()", "/events/day/register": "camera=()"}


@postgresql_in_trust
async def test_a_queue_sent_again_counts_once_and_does_not_bring_back_what_was_undone(
    helper: Visit, database: Database
) -> None:
    ada, late = guest_id("ada"), guest_id("late")
    sent = await _send(helper, (ada, "one"), (late, "two"), ("nobody", "three"), (ada, "four"))
    assert _answers(sent) == ["in", "waiting", "unknown", "already"]
    assert [(one["name"], one["is_in"]) for one in sent.json()["guests"]] == [("Ada", True), ("Late", False)]
    assert "ada" not in sent.text.replace(ada, "")
    assert _answers(await _send(helper, (ada, "one"))) == ["already"]
    await helper.submit(DOOR, f"{DOOR}/undo", guest=ada)
    assert _answers(await _send(helper, (ada, "one"))) == ["already"]
    assert (await registrations(database))[0].checked_in_at is None
    assert _answers(await _send(helper, (ada, "five"))) == ["in"]
    assert await actions(database) == ["checked in", "check-in undone", "checked in"]


@postgresql_in_trust
@pytest.mark.parametrize("body", [
    b"", b"[]", b'{"check_ins": 3}', b'{"check_ins": [{"guest": "x"}]}', b'{"check_ins": [{"guest": "x", "key": ""}]}',
    b'{"check_ins": [{"guest": "\xff", "key": "k"}]}', b'{"check_ins": [{"guest": "x", "key": "' + b"k" * 65 + b'"}]}',
])
async def test_a_queue_that_is_none_is_refused(helper: Visit, body: bytes) -> None:
    token = re.findall(r'data-token="(\w+)"', (await helper.client.get(DOOR)).text)[0]
    answer = await helper.client.post(f"{DOOR}/check-ins", content=body, headers={"X-Form-Token": token})
    assert answer.status_code == 400


async def test_a_queue_without_the_pages_token_is_refused(helper: Visit, database: Database) -> None:
    answer = await helper.client.post(f"{DOOR}/check-ins", json={"check_ins": [{"guest": guest_id("ada"), "key": "k"}]})
    assert (answer.status_code, (await registrations(database))[0].checked_in_at) == (403, None)


async def test_who_has_an_account_gets_credit_for_having_been_there_until_it_is_undone(
    visit: Visit, database: Database
) -> None:
    event = await an_open_event(database)
    await visit.play("organiser")
    await register(visit)
    one, = await registrations(database)

    async def credit() -> list[tuple[Any, ...]]:
        async with database.reading() as reader:
            rows = await reader.execute(select(
                Contribution.person_id, Contribution.event_id, Contribution.kind, Contribution.source,
                Contribution.happened_on,
            ))
            return [tuple(row) for row in rows]

    await _send(visit, (guest_id(one.code or ""), "key"))
    assert await credit() == [(one.person_id, event.id, "attended", "check-in", event.starts_on)]
    async with database.reading() as reader:
        places = await stateable(
            reader, one.person_id or 0, since=event.starts_on, until=event.starts_on, now=event.ends_at, timezone="UTC"
        )
    facts = [(place.key, fact.kind, fact.source, fact.count) for place in places for fact in place.facts]
    assert facts == [("event/day", "attended", "check-in", 1)]  # a statement tells it once
    await visit.submit(DOOR, f"{DOOR}/undo", guest=guest_id(one.code or ""))
    assert await credit() == []


@postgresql_in_trust
async def test_who_is_in_can_no_longer_change_or_be_removed(helper: Visit, database: Database) -> None:
    await _send(helper, (guest_id("ada"), "key"))
    assert (await helper.submit(DOOR, "/registrations/ada/cancel")).status_code == 409
    page = main_of((await helper.client.get("/registrations/ada")).text)
    assert ("You are in." in words(page), "I cannot come" in words(page)) == (True, False)
