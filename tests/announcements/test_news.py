"""From what happens to a message in a channel: once, together, rewritten, taken back, in order."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from registry.accounts.queries import Actor
from registry.activity.outbox import CLAIM, claim_next, given_up_messages
from registry.activity.rules import Subject
from registry.announcements.commands import send_again
from registry.announcements.models import Announcement
from registry.announcements.rules import AnnouncementState, FactKind
from registry.channels.rules import WORKSPACE
from registry.database.engine import Database
from registry.events.models import Event
from registry.events.rules import EventState
from registry.ports import CHAT_TROUBLES, ChatTrouble
from registry.projects.models import Project
from registry.proposals.models import Proposal
from registry.proposals.rules import ProposalState
from registry.settings import Settings
from tests.announcements.chats import NOW, Newsroom
from tests.conftest import postgresql_in_trust
from tests.factories import a_credit, a_person, a_project, a_proposal, a_slot, an_event
from tests.fakes.http import Reply
from tests.fakes.slack import BOT_ID, FakeSlack

ORGANISER = Actor(slug="organiser")


@pytest.fixture
def newsroom(settings: Settings, database: Database) -> Iterator[Newsroom]:
    with FakeSlack() as slack:
        yield Newsroom(settings, database, slack)


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
    assert newsroom.slack.said("C1") == [
        "Pitched for Hackathon 75: Budget &lt;!channel&gt; / 在 Hackathon 75 提案：Budget &lt;!channel&gt;"
    ]
    message, = newsroom.slack.messages["C1"]
    assert f"<https://keng.test/proposals/{pitch.slug}|Read it in the registry / 到登錄系統閱讀>" in str(message)
    assert ("Zq" in str(message), "See it" in str(message)) == (False, True)

    async with newsroom.database.writing() as session:
        (await session.get_one(Proposal, pitch.id)).title = {"en": "Budgets"}
    await newsroom.happens(Subject.PROPOSAL, pitch.id, "pitch changed")
    await newsroom.happens(Subject.PROPOSAL, pitch.id, "pitch changed")
    await newsroom.later()
    assert newsroom.reads() == ["Pitched for Hackathon 75: Budgets"]
    assert (newsroom.slack.messages["C1"][0]["ts"], newsroom.asked("chat.update")) == (message["ts"], 1)

    async with newsroom.database.writing() as session:
        (await session.get_one(Project, pitch.project_id)).hidden_at = newsroom.clock.now
    await newsroom.happens(Subject.PROJECT, pitch.project_id or 0, "hidden")
    await newsroom.later()
    assert newsroom.reads() == []


@postgresql_in_trust
async def test_what_nobody_may_see_by_then_never_goes(newsroom: Newsroom) -> None:
    await newsroom.open(FactKind.PITCHED)
    pitch = await a_pitch(newsroom, "Withdrawn at once")
    async with newsroom.database.writing() as session:
        (await session.get_one(Proposal, pitch.id)).state = ProposalState.WITHDRAWN
    await newsroom.later()
    assert newsroom.asked("chat.postMessage") == 0


@postgresql_in_trust
async def test_a_flood_is_one_message_an_hour_and_a_channel_gets_one_a_second(newsroom: Newsroom) -> None:
    await newsroom.open(FactKind.PITCHED)
    await newsroom.open(FactKind.PITCHED, FactKind.EVENT_PUBLISHED, channel="C2")
    await a_pitch(newsroom, "First")
    await newsroom.later()
    flood = [await a_pitch(newsroom, f"Flood {number}") for number in range(23)]
    await newsroom.happens(Subject.EVENT, flood[0].event_id or 0, "event published")
    await newsroom.later()
    assert newsroom.reads("C1") == ["Pitched for Hackathon 75: First"]
    assert newsroom.reads("C2")[1:] == ["Hackathon 75 takes place on November 14, 2023."]
    await newsroom.later(minutes=60)
    assert (newsroom.reads("C1")[1:], newsroom.reads("C2")[2:]) == (["23 new pitches"], ["23 new pitches"])
    digest = str(newsroom.slack.messages["C1"][1]["blocks"])
    assert (digest.count("• <https://keng.test/proposals/"), "and 3 more / 還有 3 項" in digest) == (20, True)
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
    assert newsroom.reads() == [
        "Hackathon 75 takes place on November 14, 2023.", "The running order of Hackathon 75",
    ]
    assert ("• Only one" in str(newsroom.slack.messages), "Zq" in str(newsroom.slack.messages)) == (True, False)
    async with newsroom.database.writing() as session:
        (await session.get_one(Event, event.id)).state = EventState.CANCELLED
    await newsroom.happens(Subject.EVENT, event.id, "event cancelled")
    await newsroom.later()
    first, beneath = newsroom.slack.messages["C1"]
    assert newsroom.reads() == ["Hackathon 75 is called off."] * 2
    assert (beneath["thread_ts"], first["edited"]) == (first["ts"], True)


async def test_a_death_after_sending_sends_nothing_twice_and_holds_the_channel_s_order(newsroom: Newsroom) -> None:
    await newsroom.open(FactKind.PITCHED, FactKind.EVENT_PUBLISHED)
    pitch = await a_pitch(newsroom, "Cut off")
    await newsroom.happens(Subject.EVENT, pitch.event_id or 0, "event published")
    await newsroom.turns()
    async with newsroom.database.writing() as session:  # claimed, sent, and then nothing: kill -9
        claimed = await claim_next(session, kind=WORKSPACE, now=newsroom.clock.now)
    assert claimed is not None
    await newsroom.announcer.deliver(claimed.message, newsroom.database)
    async with newsroom.database.writing() as session:  # what comes after it in the channel waits for it
        assert await claim_next(session, kind=WORKSPACE, now=newsroom.clock.now) is None
    newsroom.clock.now += CLAIM
    await newsroom.later()
    assert newsroom.reads() == [
        "Pitched for Hackathon 75: Cut off", "Hackathon 75 takes place on November 14, 2023.",
    ]
    assert newsroom.asked("chat.postMessage") == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("trouble", "stands"), [
    ("archived", CHAT_TROUBLES[ChatTrouble.ARCHIVED]), ("revoked", CHAT_TROUBLES[ChatTrouble.TOKEN]),
    ("out", None), ("out and shut", CHAT_TROUBLES[ChatTrouble.NOT_IN_CHANNEL]),
    ("cut and blind", CHAT_TROUBLES[ChatTrouble.MAYBE_THERE]),
])
async def test_each_failure_says_what_to_do_and_is_sent_again_once_it_is_mended(
    newsroom: Newsroom, trouble: str, stands: str | None
) -> None:
    await newsroom.open(FactKind.PITCHED)
    slack = newsroom.slack
    if trouble.startswith("out"):
        slack.channels["C1"]["members"].remove(BOT_ID)
    if trouble == "out and shut":
        slack.scopes.discard("channels:join")
    if trouble == "archived":
        slack.archive("C1")
    if trouble == "revoked":
        slack.revoke()
    if trouble == "cut and blind":
        slack.scopes.discard("channels:history")
        slack.scopes.discard("im:history")
        slack.fail_next("/api/chat.postMessage", Reply(raw=b"", status=502))
    await a_pitch(newsroom, "Refused")
    await newsroom.later()
    await newsroom.later()
    async with newsroom.database.reading() as reader:
        told = [row.last_error for row in await given_up_messages(reader, offset=0, limit=9)]
    assert told == ([stands] if stands else [])
    slack.channels["C1"].update(is_archived=False, members=[BOT_ID])
    slack.refused_token = ""
    slack.scopes |= {"channels:history"}
    async with newsroom.database.writing() as session:
        number = await session.scalar(select(Announcement.id)) or 0
        await send_again(session, announcement_id=number, by=ORGANISER, now=newsroom.clock.now)
    await newsroom.later()
    assert newsroom.reads() == ["Pitched for Hackathon 75: Refused"]
    async with newsroom.database.reading() as reader:
        states = (await reader.execute(select(Announcement.state, func.count()).group_by(Announcement.state))).all()
    assert dict(states) == {AnnouncementState.OUT: 1}
