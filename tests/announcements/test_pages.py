"""Organisers lead news to channels, look before it goes, hold, word, let go and drop it."""

import pytest
from sqlalchemy import select

from registry.activity.models import AuditEntry, OutboxMessage
from registry.activity.rules import Subject
from registry.announcements.commands import announce
from registry.announcements.models import Announcement
from registry.announcements.rules import AnnouncementState, Fact, FactKind
from registry.channels.models import Channel
from registry.channels.rules import WORKSPACE
from registry.database.engine import Database
from tests.announcements.chats import NOW
from tests.factories import a_project, a_proposal, an_event
from tests.pages import links, page_of, words
from tests.visits import Visit


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_from_a_route_to_words_of_one_s_own_and_off(
    visit: Visit, database: Database, statements_of_visit: list[str]
) -> None:
    assert (await visit.client.get("/announcements")).status_code == 403
    await visit.play("organiser")
    async with database.writing() as session:
        general, gone = (
            Channel(chat=WORKSPACE, channel_id=f"C{one}", name=one, topic="", seen_at=NOW, is_archived=one == "old")
            for one in ("一般-general", "old")
        )
        session.add_all([general, gone])
        event = await an_event(session, slug="hackath75n")
    where = "/announcements/routes"
    refused = await visit.fill(where, where, fact="pitched", channel=str(gone.id))
    assert (refused.status_code, "Choose one of the channels that are in use." in refused.text) == (400, True)
    await visit.fill(where, where, fact="pitched", channel=str(general.id), is_looked_at="yes")
    await visit.fill("/events/hackath75n/announcements", "/events/hackath75n/announcements", fact="running_order",
                     channel=str(general.id))
    page = words(await page_of(visit.client, where))
    assert "Something is pitched → #一般-general Somebody looks at it before it goes." in page
    assert "The running order stands → #一般-general · " in page
    async with database.reading() as reader:
        assert list(await reader.scalars(
            select(AuditEntry.subject).where(AuditEntry.action == "news led to channel").order_by(AuditEntry.id)
        )) == [Subject.CHANNEL, Subject.EVENT]

    counts = []
    for number in (1, 2, 3):
        async with database.writing() as session:
            pitch = await a_proposal(session, event=event, project=await a_project(session, name={"en": "地圖 <b>"}))
            await announce(session, Fact(FactKind.PITCHED, Subject.PROPOSAL, pitch.id), now=NOW)
            if number < 3:
                (await session.scalars(
                    select(Announcement).order_by(Announcement.id.desc())
                )).first().state = AnnouncementState.OUT  # type: ignore[union-attr]
        statements_of_visit.clear()
        page = await page_of(visit.client, "/announcements")
        counts.append(len(statements_of_visit))
    assert (len(links(page, "/announcements/")) - 1, counts[0] == counts[2], counts[2] <= 8) == (3, True, True)
    desk = await page_of(visit.client, "/desk")
    assert ("Announcements that are held" in desk, 'href="/announcements?state=held"' in desk) == (True, True)
    one = "/announcements/3"
    assert "Pitched for 第" in await page_of(visit.client, f"{one}?lang=en")
    await visit.fill(one, f"{one}/words", **{"words-en": "Come & see", "words-zh-Hant": "來看看"})
    page = await page_of(visit.client, one)
    assert ("Come & see" in page, "Pitched for 第" in page, "<b>" in page) == (True, False, False)
    await visit.submit(one, f"{one}/go")
    again = await visit.submit(one, f"{one}/hold")
    assert (again.status_code, "on its way already" in again.text) == (409, True)
    async with database.reading() as reader:
        row = (await reader.execute(select(OutboxMessage.key, OutboxMessage.kind, OutboxMessage.lane))).one()
        state = await reader.scalar(select(Announcement.state).where(Announcement.id == 3))
    assert (tuple(row), state) == (("announcement:3:1", WORKSPACE, "workspace:C一般-general"), AnnouncementState.GOING)
