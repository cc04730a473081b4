"""The chat's channels: kept true by looking and by hearing, shown in a directory, linked to projects and made."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from integrations.slack.client import SlackClient
from integrations.slack.workspace import SlackWorkspace
from registry.activity.delivery import deliver_kind
from registry.activity.models import AuditEntry, OutboxMessage
from registry.activity.outbox import CLAIM, claim_next
from registry.channels.commands import NEW_CHANNEL, hear_of_channel, keep_new_channel, record_channels
from registry.channels.looking import ChannelLook, ChannelMaker
from registry.channels.models import Channel, ProjectChannel
from registry.channels.rules import WORKSPACE, channel_name
from registry.database.engine import Database
from registry.people.models import Identity
from registry.people.rules import IdentityProvider
from registry.ports import ChatChannel, TryLater, Workplace
from registry.settings import Settings
from tests.conftest import postgresql_in_trust
from tests.factories import a_membership, a_person, a_project
from tests.fakes.http import Reply
from tests.fakes.slack import BOT_ID, TEAM_ID, TOKEN, FakeSlack
from tests.pages import links, page_of, words
from tests.visits import Visit

NOW = datetime(2026, 7, 25, 1, tzinfo=UTC)


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        yield fake


async def at_once(_seconds: float) -> None:
    """Sleep no time."""


def workspace(slack: FakeSlack) -> SlackWorkspace:
    return SlackWorkspace(SlackClient(token=TOKEN, url=slack.url), team_id=TEAM_ID, url=slack.url)


async def look(slack: FakeSlack, settings: Settings, database: Database, *, days: int = 0) -> None:
    now = NOW + timedelta(days=days)
    await ChannelLook(workspace(slack), sleep=at_once).take_turn(Workplace(settings, database, lambda: now), now)


@given(st.text(max_size=200), st.text(max_size=20))
def test_a_channel_s_name_is_always_one_that_the_chat_takes(name: str, otherwise: str) -> None:
    made = channel_name(name, otherwise=otherwise)
    assert 1 <= len(made) <= 80
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_")
    assert channel_name(made, otherwise="x") == made


def test_a_channel_is_called_after_the_english_name() -> None:
    assert channel_name("Budget Map (2nd)", otherwise="x") == "budget-map-2nd"
    assert channel_name("預算視覺化", otherwise="yu-suan") == "yu-suan"


async def test_a_look_follows_names_and_archives_and_calls_nothing_gone_unless_it_saw_all(
    slack: FakeSlack, settings: Settings, database: Database
) -> None:
    for number in range(230):
        slack.add_channel(f"C{number:03}", f"edu-頻道-{number}", members=(), topic={"value": f"主題 {number} <b>"})
    slack.channels["C000"]["members"].append(BOT_ID)
    slack.messages["C000"].append({"ts": "1700000000.0", "text": "hi"})
    await look(slack, settings, database)
    del slack.channels["C229"]
    slack.rename("C001", "general-公告-🎉")
    slack.archive("C002")
    slack.fail_next("/api/conversations.list", Reply({"ok": True, "channels": [], "response_metadata": {
        "next_cursor": "200"}}))
    slack.fail_next("/api/conversations.list", Reply(raw=b"", status=502))
    with pytest.raises(TryLater):
        await look(slack, settings, database, days=1)
    async with database.reading() as reader:
        assert list(await reader.scalars(select(Channel.channel_id).where(Channel.gone_at.is_not(None)))) == []
    await look(slack, settings, database, days=2)
    async with database.reading() as reader:
        found = {row.channel_id: row for row in await reader.execute(select(Channel.__table__))}
    assert ([key for key, row in found.items() if row.gone_at], len(found)) == (["C229"], 230)
    assert (found["C001"].name, found["C002"].is_archived) == ("general-公告-🎉", True)
    assert found["C000"].last_message_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    async with database.writing() as session:
        await hear_of_channel(session, channel_id="C001", name="general", now=NOW)
        await hear_of_channel(session, channel_id="C003", is_archived=True, now=NOW)
        await hear_of_channel(session, channel_id="C004", is_gone=True, now=NOW)
        await hear_of_channel(session, channel_id="CNEW", name="new-one", now=NOW)
        await hear_of_channel(session, channel_id="CUNKNOWN", is_archived=True, now=NOW)
    async with database.reading() as reader:
        heard = {row.channel_id: (row.name, row.is_archived, row.gone_at) for row in await reader.execute(
            select(Channel.__table__).where(Channel.channel_id.in_(["C001", "C003", "C004", "CNEW", "CUNKNOWN"]))
        )}
    assert heard == {
        "C001": ("general", False, None), "C003": ("edu-頻道-3", True, None), "C004": ("edu-頻道-4", False, NOW),
        "CNEW": ("new-one", False, None),
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_channel_that_is_made_while_a_look_goes_on_is_not_called_gone(
    slack: FakeSlack, settings: Settings, database: Database
) -> None:
    slack.add_channel("C1", "general")
    async with database.writing() as session:
        project = await a_project(session, slug="map")
        await record_channels(session, [ChatChannel(id="C0", name="old")], chat=WORKSPACE, now=NOW - timedelta(days=1))

    async def meanwhile(_seconds: float) -> None:
        async with database.writing() as session:
            await keep_new_channel(
                session, ChatChannel(id="C2", name="map"), project_id=project.id, by="person:x",
                now=NOW + timedelta(seconds=1),
            )

    await ChannelLook(workspace(slack), sleep=meanwhile).take_turn(Workplace(settings, database, lambda: NOW), NOW)
    async with database.reading() as reader:
        rows = await reader.execute(select(Channel.channel_id, Channel.gone_at).order_by(Channel.channel_id))
    assert [tuple(row) for row in rows] == [("C0", NOW), ("C1", None), ("C2", None)]


@postgresql_in_trust
async def test_a_project_links_channels_and_the_directory_shows_them(
    visit: Visit, database: Database, statements_of_visit: list[str]
) -> None:
    await visit.play("organiser")
    async with database.writing() as session:
        await a_project(session, slug="map", name={"en": "Budget map"})
        await a_project(session, slug="zq", name={"en": "Zq hidden"}, hidden_at=NOW)
        session.add_all(Channel(
            chat="workspace", channel_id=f"C{number}", name=f"頻道-{number}", topic="<b>Zqtopic</b>", seen_at=NOW,
            member_count=number, is_archived=number == 29,
        ) for number in range(30))
    wrong = await visit.fill("/projects/map/channels", "/projects/map/channels", channel="#nowhere")
    assert (wrong.status_code, "no channel of that name in use" in wrong.text) == (400, True)
    for written in ("#頻道-3", "c4", "C4"):
        answer = await visit.fill("/projects/map/channels", "/projects/map/channels", channel=written)
        assert answer.status_code == 303
    assert words(await page_of(visit.client, "/projects/map")).count("#頻道-") == 2
    statements_of_visit.clear()
    page = await page_of(visit.client, "/channels?projects=yes")
    assert len(statements_of_visit) <= 4
    assert ("29 channels" in await page_of(visit.client, "/channels"), "2 channels" in page) == (True, True)
    assert "<b>Zqtopic" not in (await visit.client.get("/channels")).text
    assert links(page, "/projects/") == [("/projects/map", "Budget map")] * 2
    assert "#頻道-28" in words(await page_of(visit.client, "/channels"))
    assert "#頻道-28" not in words(await page_of(visit.client, "/channels?page=2"))
    async with database.writing() as session:
        session.add(ProjectChannel(project_id=2, channel_id=1, linked_at=NOW))
    assert "Zq hidden" not in await page_of(visit.client, "/channels?q=頻道-0")
    await visit.submit("/projects/map/channels", "/projects/map/channels/C4/remove")
    async with database.reading() as reader:
        assert list(await reader.scalars(
            select(AuditEntry.action).where(AuditEntry.action.startswith("channel")).order_by(AuditEntry.id)
        )) == ["channel linked", "channel linked", "channel unlinked"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_channel_is_made_once_with_its_team_also_when_the_worker_dies(
    visit: Visit, database: Database, settings: Settings, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    await visit.play("organiser")
    async with database.writing() as session:
        project = await a_project(session, slug="map", name={"en": "Budget Map"})
        for user, gone in (("U1", False), ("U2", True)):
            person = await a_person(session)
            await a_membership(session, project=project, person=person)
            session.add(Identity(person_id=person.id, provider=IdentityProvider.SLACK, subject=f"{TEAM_ID}:{user}",
                                 verified_at=NOW))
            if not gone:
                slack.add_user(user, user)
    state = visit.client.app.state  # type: ignore[attr-defined]
    monkeypatch.setattr(state, "connections", msgspec.structs.replace(state.connections, chat=workspace(slack)))
    page = "/projects/map/channels"
    wrong = await visit.fill(page, f"{page}/new", name="Budget map")
    assert "Use small letters, digits and hyphens" in wrong.text
    assert (await visit.fill(page, f"{page}/new", with_team="yes")).status_code == 303
    maker = ChannelMaker(workspace(slack), base_url=settings.base_url)
    later = datetime.now(UTC) + timedelta(minutes=1)
    async with database.writing() as session:
        claimed = await claim_next(session, kind=NEW_CHANNEL, now=later)
    assert claimed is not None
    await maker.deliver(claimed.message, database)  # and then nothing: kill -9
    await deliver_kind(Workplace(settings, database, lambda: later + CLAIM), NEW_CHANNEL, maker)
    made, = slack.channels.values()
    assert (made["name"], made["members"], slack.requests["POST /api/conversations.create"]) == (
        "budget-map", [BOT_ID, "U1"], 1
    )
    assert "/projects/map" in made["topic"]["value"]
    assert "#budget-map" in words(await page_of(visit.client, "/projects/map"))
    assert "The channel #budget-map is made for Budget Map." in words(await page_of(visit.client, "/inbox"))
    taken = await visit.fill(page, f"{page}/new")
    assert "There is a channel of this name." in taken.text
    async with database.reading() as reader:
        assert list(await reader.scalars(select(OutboxMessage.delivered_at.is_not(None)))) == [True]
