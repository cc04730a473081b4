"""From what happens to a message in a channel: once, together, rewritten, taken back, in order."""

import pytest
from sqlalchemy import func, select

from registry.activity.outbox import CLAIM, claim_next, given_up_messages
from registry.activity.rules import Subject
from registry.announcements.models import Announcement
from registry.announcements.rules import AnnouncementState, FactKind
from registry.database.engine import Database
from registry.events.models import Event
from registry.events.rules import EventState
from registry.ports import ChatTrouble, Undeliverable
from registry.projects.models import Project
from registry.proposals.models import Proposal
from registry.proposals.rules import ProposalState
from registry.settings import Settings
from tests.announcements.chats import NOW, Newsroom
from tests.factories import a_credit, a_person, a_project, a_proposal, a_slot, an_event


@pytest.fixture
def newsroom(settings: Settings, database: Database) -> Newsroom:
    return Newsroom(settings, database)


async def a_pitch(newsroom: Newsroom, title: str, *, event: Event | None = None, **fields: object) -> Proposal:
    """A pitch that was just submitted."""
    async with newsroom.database.writing() as session:
        event = event or await an_event(session, name={"en": "Hackathon 75"}, starts_on=NOW.date())
        project = await a_project(session, name={"en": title})
        pitch = await a_proposal(session, event=event, project=project, **fields)
        await a_credit(session, proposal=pitch, person=await a_person(session, display_name="Zq Canary"))
    await newsroom.happens(Subject.PROPOSAL, pitch.id, "pitched")
    return pitch


async def test_a_fact_is_told_once_rewritten_where_it_stands_and_taken_back_when_hidden(newsroom: Newsroom) -> None:
    await newsroom.open(FactKind.PITCHED)
    pitch = await a_pitch(newsroom, "Budget <!channel>", summary={"en": "See it"})
    await newsroom.happens(Subject.PROPOSAL, pitch.id, "pitched")
    await newsroom.later()
    assert newsroom.chat.acts == ["post C1 Pitched for Hackathon 75: Budget <!channel>"]
    (_, key, text), = newsroom.chat.messages.values()
    assert text.heading["zh-Hant"] == "在 Hackathon 75 提案：Budget <!channel>"
    assert (text.url, key) == (f"https://keng.test/proposals/{pitch.slug}", "announcement:1")
    assert "Zq" not in str(text)

    async with newsroom.database.writing() as session:
        (await session.get_one(Proposal, pitch.id)).title = {"en": "Budgets"}
    await newsroom.happens(Subject.PROPOSAL, pitch.id, "pitch changed")
    await newsroom.happens(Subject.PROPOSAL, pitch.id, "pitch changed")
    await newsroom.later()
    assert newsroom.chat.acts[1:] == ["change m0 Pitched for Hackathon 75: Budgets"]

    async with newsroom.database.writing() as session:
        (await session.get_one(Project, pitch.project_id)).hidden_at = newsroom.clock.now
    await newsroom.happens(Subject.PROJECT, pitch.project_id or 0, "hidden")
    await newsroom.later()
    assert (newsroom.chat.acts[2:], newsroom.chat.messages) == (["remove m0"], {})


async def test_what_nobody_may_see_by_then_never_goes(newsroom: Newsroom) -> None:
    await newsroom.open(FactKind.PITCHED)
    pitch = await a_pitch(newsroom, "Withdrawn at once")
    async with newsroom.database.writing() as session:
        (await session.get_one(Proposal, pitch.id)).state = ProposalState.WITHDRAWN
    await newsroom.later()
    assert newsroom.chat.acts == []


async def test_a_flood_is_one_message_an_hour_and_channels_keep_their_order_and_pace(newsroom: Newsroom) -> None:
    await newsroom.open(FactKind.PITCHED)
    await newsroom.open(FactKind.PITCHED, FactKind.EVENT_PUBLISHED, channel="C2")
    await a_pitch(newsroom, "First")
    await newsroom.later()
    flood = [await a_pitch(newsroom, f"Flood {number}") for number in range(23)]
    await newsroom.happens(Subject.EVENT, flood[0].event_id or 0, "event published")
    await newsroom.later()
    assert newsroom.chat.acts[2:] == ["post C2 Hackathon 75 takes place on July 25, 2026."]
    await newsroom.later(minutes=60)
    assert newsroom.chat.acts[3:] == ["post C1 23 new pitches", "post C2 23 new pitches"]
    text = list(newsroom.chat.messages.values())[-1][2]
    assert (len(text.lines), text.more["zh-Hant"]) == (20, "還有 3 項")
    assert text.lines[0].text["en"] == "Pitched for Hackathon 75: Flood 0"
    newsroom.clock.slept.clear()
    for _ in range(2):
        await newsroom.announcer._pace.turn("C9")
    assert newsroom.clock.slept == [1.0]


async def test_an_event_called_off_is_rewritten_and_said_beneath(newsroom: Newsroom) -> None:
    await newsroom.open(FactKind.EVENT_PUBLISHED, FactKind.RUNNING_ORDER)
    pitch = await a_pitch(newsroom, "Only one")
    async with newsroom.database.writing() as session:
        event = await session.get_one(Event, pitch.event_id)
        await a_slot(session, event=event, proposal=pitch)
        hidden = await a_project(session, name={"en": "Zq hidden"}, hidden_at=NOW)
        await a_slot(session, event=event, proposal=await a_proposal(session, event=event, project=hidden))
        await a_slot(session, event=event, presenter="Zq Canary")
    await newsroom.happens(Subject.EVENT, event.id, "event published")
    await newsroom.happens(Subject.EVENT, event.id, "running order filled", pitches_order=[[], [1]])
    await newsroom.later(minutes=11)
    assert newsroom.chat.acts == [
        "post C1 Hackathon 75 takes place on July 25, 2026.", "post C1 The running order of Hackathon 75",
    ]
    assert [line.text for line in newsroom.chat.messages["m1"][2].lines] == [{"en": "Only one"}]
    async with newsroom.database.writing() as session:
        (await session.get_one(Event, event.id)).state = EventState.CANCELLED
    await newsroom.happens(Subject.EVENT, event.id, "event cancelled")
    await newsroom.later()
    assert newsroom.chat.acts[2:] == [
        "change m0 Hackathon 75 is called off.", "reply C1 Hackathon 75 is called off.", "remove m1",
    ]


async def test_a_death_after_sending_sends_nothing_twice_and_a_failure_holds_nobody_up(newsroom: Newsroom) -> None:
    await newsroom.open(FactKind.PITCHED, FactKind.EVENT_PUBLISHED)
    pitch = await a_pitch(newsroom, "Cut off")
    await newsroom.happens(Subject.EVENT, pitch.event_id or 0, "event published")
    await newsroom.turns()
    async with newsroom.database.writing() as session:  # claimed, sent, and then nothing: kill -9
        claimed = await claim_next(session, kind="slack", now=newsroom.clock.now)
    assert claimed is not None
    await newsroom.announcer.deliver(claimed.message, newsroom.database)
    async with newsroom.database.writing() as session:  # what comes after it in the channel waits for it
        assert await claim_next(session, kind="slack", now=newsroom.clock.now) is None
    newsroom.clock.now += CLAIM
    await newsroom.later()
    assert newsroom.chat.acts == [
        "post C1 Pitched for Hackathon 75: Cut off", "find C1 announcement:1",
        "change m0 Pitched for Hackathon 75: Cut off", "post C1 Hackathon 75 takes place on July 25, 2026.",
    ]

    newsroom.chat.troubles = [Undeliverable(ChatTrouble.CHANNEL_ARCHIVED)]
    await a_pitch(newsroom, "Refused")
    await newsroom.later(minutes=61)
    async with newsroom.database.reading() as reader:
        refused, = await given_up_messages(reader, offset=0, limit=9)
        states = (await reader.execute(
            select(Announcement.state, func.count()).group_by(Announcement.state)
        )).all()
    assert refused.last_error == "channel_archived"
    assert dict(states) == {AnnouncementState.OUT: 2, AnnouncementState.GOING: 1}
