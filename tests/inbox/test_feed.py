"""A person's own feed: valid, at an address that a copy of the database does not give away."""

import re
from datetime import UTC, datetime
from html import unescape

import feedparser
from sqlalchemy import select, text

from registry.database.engine import Database
from registry.inbox.commands import tell
from registry.inbox.keys import key_in, secret_name
from registry.inbox.rules import NoticeKind
from registry.people.models import Person
from registry.settings import Settings
from tests.visits import Visit, another_visit

NOW = datetime(2026, 7, 25, 1, tzinfo=UTC)


async def feed_address(visit: Visit) -> str:
    found = re.search(r'href="http://[^"]*?(/feeds/[^"]+)"', (await visit.client.get("/account/notices")).text)
    return unescape(found[1]) if found else ""


async def test_the_feed_is_valid_and_ends_with_its_address(visit: Visit, database: Database) -> None:
    await visit.play("owner")
    assert await feed_address(visit) == ""
    await visit.submit("/account/notices", "/account/notices/feed")
    first = await feed_address(visit)
    stranger = another_visit(visit.client).client
    empty = feedparser.parse((await stranger.get(first)).content)
    assert (empty.bozo, empty.entries) == (0, [])
    async with database.writing() as session:
        person_id = (await session.scalars(select(Person.id).where(Person.slug == "example-proposer"))).one()
        for name in ("A & B <b>", "萌典"):
            tell(session, [person_id], kind=NoticeKind.FOLLOWED_UPDATE, path="/projects/萌典", now=NOW, project=name)
    answer = await stranger.get(first, headers={"accept-language": "zh-TW"})
    feed = feedparser.parse(answer.content)
    assert (feed.bozo, answer.headers["content-type"].split(";")[0]) == (0, "application/atom+xml")
    assert [entry.title for entry in feed.entries] == ["萌典有新消息。", "A & B <b>有新消息。"]
    assert feed.entries[0].link.endswith("/projects/%E8%90%8C%E5%85%B8")
    assert "private" in answer.headers["cache-control"]

    secret = first.rpartition(".")[2]
    async with database.reading() as reader:
        assert secret not in str((await reader.execute(text("SELECT * FROM notice_deliveries"))).all())
    await visit.submit("/account/notices", "/account/notices/feed")
    second = await feed_address(visit)
    assert [(await stranger.get(one)).status_code for one in (first, second)] == [404, 200]
    await visit.submit("/account/notices", "/account/notices/feed/close")
    assert (await stranger.get(second)).status_code == 404


def test_a_key_opens_only_what_it_was_signed_for() -> None:
    settings = Settings()
    name = secret_name(settings, "feed", "k3y")
    assert key_in(settings, "feed", name) == "k3y"
    other = settings.model_copy(update={"secret_key": type(settings.secret_key)("another secret of 32 characters!")})
    for wrong in ("k3y", "k3y.", f"x{name}", name[:-1], "", "ü.ü"):
        assert key_in(settings, "feed", wrong) is None
    assert (key_in(settings, "stop mail", name), key_in(other, "feed", name)) == (None, None)
