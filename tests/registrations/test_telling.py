"""Guests are told where they stand: by a letter, where they left an address; and nobody's leaving keeps a place."""

import re
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace
from sqlalchemy import select

from registry.accounts.queries import VISITOR
from registry.activity.models import OutboxMessage
from registry.database.engine import Database
from registry.inbox.letters import compose
from registry.people.models import Person
from registry.registrations.commands.place import cancel, register
from registry.registrations.commands.waiting import leave_coming_events
from registry.registrations.rules import RegistrationState
from registry.settings import Settings
from tests.factories import a_registration
from tests.registrations.open_events import an_open_event, registrations
from tests.registrations.open_events import register as fill_in
from tests.registrations.test_crowd import _written
from tests.visits import Visit

CONFIRMED, WAITING, CANCELLED = RegistrationState


def _mails(settings: Settings) -> Settings:
    return settings.model_copy(update={"smtp_host": "localhost", "smtp_from": "Keng <keng@example.org>"})


async def _letters(database: Database, settings: Settings) -> list[tuple[str, str, str] | None]:
    async with database.reading() as reader:
        sent = (await reader.execute(
            select(OutboxMessage.key, OutboxMessage.payload).order_by(OutboxMessage.id)
        )).all()
        letters = [await compose(reader, payload, settings, key=key) for key, payload in sent]
    assert "canary" not in str([payload for _key, payload in sent])
    return [(one.to, one.subject, one.lines[0][1]) if one else None for one in letters]


async def test_a_guest_who_left_an_address_is_mailed_their_link_and_when_they_move_up(
    database: Database, settings: Settings
) -> None:
    mailing = _mails(settings)
    await an_open_event(database, capacity=1)
    mailed = Database(mailing)
    now = datetime.now(UTC)
    for address in ("", "canary@example.org"):
        async with mailed.writing() as session:
            written = replace(_written("Guest"), mail_address=address)
            await register(session, slug="day", written=written, language="en", by=VISITOR, now=now)
    first, second = await registrations(database)
    link = f"{mailing.base_url}/registrations/{second.code}"
    waits = ("canary@example.org", "You are on the waiting list of Hackathon 75.", link)
    assert await _letters(database, mailing) == [waits]
    async with mailed.writing() as session:
        await cancel(session, code=first.code or "", by=VISITOR, now=now)
    place = ("canary@example.org", "You have a place at Hackathon 75.", link)
    assert await _letters(database, mailing) == [place, place]  # a letter says how it is when it leaves
    async with mailed.writing() as session:
        await cancel(session, code=second.code or "", by=VISITOR, now=now)
    assert await _letters(database, mailing) == [None, None]
    await mailed.close()


async def test_an_installation_without_mail_puts_no_letter_into_the_outbox(
    database: Database, visit: Visit
) -> None:
    await an_open_event(database)
    assert (await fill_in(visit)).status_code == 303
    async with database.reading() as reader:
        assert list(await reader.scalars(select(OutboxMessage.id))) == []


async def test_whoever_is_erased_leaves_their_places_to_those_who_wait(database: Database, visit: Visit) -> None:
    event = await an_open_event(database, capacity=1)
    await visit.play("proposer")
    now = datetime.now(UTC)
    async with database.writing() as session:
        person = (await session.scalars(select(Person))).one()
        await a_registration(session, event=event, person=person)
        await a_registration(session, event=event, state=WAITING, waiting_since=now)
        await leave_coming_events(session, person_id=person.id, now=now)
    assert [one.state for one in await registrations(database)] == [CANCELLED, CONFIRMED]


async def test_a_capacity_set_back_by_undoing_lets_people_move_up(database: Database, visit: Visit) -> None:
    event = await an_open_event(database, capacity=2)
    await visit.play("organiser")
    await visit.fill("/events/day/edit", "/events/day/edit", capacity="1")
    async with database.writing() as session:
        await a_registration(session, event=event)
        await a_registration(session, event=event, state=WAITING, waiting_since=datetime.now(UTC) - timedelta(hours=1))
    page = await visit.client.get("/events/day/history")
    undo = re.findall(r'"(/events/day/history/\d+)"', page.text)[0]
    assert (await visit.fill(undo, undo)).status_code == 303
    assert [one.state for one in await registrations(database)] == [CONFIRMED, CONFIRMED]
