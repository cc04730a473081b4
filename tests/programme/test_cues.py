"""Cues on the day: who is next but one, who has not signed up for the demos; in the inbox and directly in the chat."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from integrations.slack.client import SlackClient
from integrations.slack.workspace import SlackWorkspace
from registry.accounts.queries import Actor
from registry.activity.delivery import deliver_kind
from registry.activity.models import OutboxMessage
from registry.database.engine import Database
from registry.events.models import AgendaEntry, Event
from registry.events.rules import AgendaKind
from registry.inbox.direct import DIRECT, DirectMessages, choose_direct
from registry.inbox.models import Notice
from registry.people.models import Identity, Person
from registry.people.rules import IdentityProvider
from registry.ports import Workplace
from registry.programme.commands import mark_slot
from registry.programme.cues import call_for_demos
from registry.programme.models import Slot
from registry.programme.rules import SlotMove, StageSession
from registry.settings import Settings
from tests.factories import a_membership, a_person, a_project, a_proposal, a_slot, an_event
from tests.fakes.slack import TEAM_ID, TOKEN, FakeSlack
from tests.visits import Visit

NOW = datetime(2023, 11, 14, 5, tzinfo=UTC)
CALLER = Actor(slug="caller")


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        yield fake


class Day:
    """An event on its day with four pitches on the order, whose owners are in the chat; a worker."""

    def __init__(self, settings: Settings, database: Database, slack: FakeSlack) -> None:
        self.database, self.slack, self.now = database, slack, NOW
        self.workplace = Workplace(settings, database, lambda: self.now)
        chat = SlackWorkspace(SlackClient(token=TOKEN, url=slack.url), team_id=TEAM_ID, url=slack.url)
        self.direct = DirectMessages(chat, base_url="https://keng.test", clock=lambda: self.now)

    async def begin(self) -> tuple[Event, list[Slot], list[Person]]:
        slots, people = [], []
        async with self.database.writing() as session:
            event = await an_event(session, slug="today", name={"en": "Today"}, starts_on=NOW.date())
            for number in range(4):
                person = await a_person(session, claimed_at=NOW)
                project = await a_project(session, name={"en": f"Pitch {number}"})
                await a_membership(session, project=project, person=person)
                session.add(Identity(person_id=person.id, provider=IdentityProvider.SLACK, verified_at=NOW,
                                     subject=f"{TEAM_ID}:U{number}"))
                self.slack.add_user(f"U{number}", "x")
                pitch = await a_proposal(session, event=event, project=project)
                slots.append(await a_slot(session, event=event, proposal=pitch))
                people.append(person)
        await self.work()
        return event, slots, people

    async def call(self, slot: Slot) -> None:
        async with self.database.writing() as session:
            await mark_slot(session, slug="today", slot_id=slot.id, move=SlotMove.CALL, by=CALLER, now=self.now)

    async def work(self) -> None:
        self.now += timedelta(seconds=20)
        await self.direct.take_turn(self.workplace, self.now)
        await deliver_kind(self.workplace, DIRECT, self.direct)

    def told(self) -> dict[str, list[str]]:
        return {channel: self.slack.said(channel) for channel in sorted(self.slack.messages)}


async def test_the_next_but_one_is_told_once_and_who_wants_none_is_not(
    settings: Settings, database: Database, slack: FakeSlack
) -> None:
    day = Day(settings, database, slack)
    _event, slots, people = await day.begin()
    await day.call(slots[0])
    await day.work()
    await day.call(slots[0])
    await day.work()
    assert day.told() == {"D2": ["Pitch 2 is next but one on stage at Today. Please come to the front."]}
    async with database.writing() as session:
        await choose_direct(session, person_id=people[3].id, takes_direct=False)
    await day.call(slots[1])
    await day.work()
    assert list(day.told()) == ["D2"]
    async with database.reading() as reader:
        notices = (await reader.execute(select(Notice.person_id, Notice.path).order_by(Notice.id))).all()
    assert [tuple(row) for row in notices] == [
        (people[2].id, f"/events/today#turn-{slots[2].id}"), (people[3].id, f"/events/today#turn-{slots[3].id}"),
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_late_cue_is_not_sent_and_demos_are_called_for_once(
    settings: Settings, database: Database, slack: FakeSlack
) -> None:
    day = Day(settings, database, slack)
    event, slots, _people = await day.begin()
    await day.call(slots[0])
    await day.direct.take_turn(day.workplace, day.now)
    day.now += timedelta(minutes=30)
    await deliver_kind(day.workplace, DIRECT, day.direct)
    assert day.told() == {}
    async with database.writing() as session:
        session.add(AgendaEntry(event_id=event.id, kind=AgendaKind.DEMOS, title={}, note={},
                                starts_at=NOW + timedelta(hours=2), ends_at=NOW + timedelta(hours=3)))
        session.add(Slot(event_id=event.id, session=StageSession.DEMOS, position=1, project_id=slots[1].project_id,
                         title={}, minutes=5))
    for _ in range(2):
        await call_for_demos(day.workplace, day.now)
        await day.work()
    assert day.told() == {
        f"D{number}": [f"Show what became of Pitch {number}: sign up for the demos of Today now."]
        for number in (0, 2, 3)
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_organisers_silence_what_people_are_told(
    visit: Visit, settings: Settings, database: Database, slack: FakeSlack
) -> None:
    day = Day(settings, database, slack)
    _event, slots, _people = await day.begin()
    await visit.play("organiser")
    fields: dict[str, Any] = {"wanted": ["demos"]}
    answer = await visit.fill("/events/today/announcements", "/events/today/announcements/day", **fields)
    assert answer.status_code == 303
    await day.call(slots[0])
    async with database.reading() as reader:
        assert await reader.scalar(select(Event.silenced)) == ["cues", "results"]
        assert list(await reader.scalars(select(Notice.id))) == []
        assert list(await reader.scalars(select(OutboxMessage.id))) == []
