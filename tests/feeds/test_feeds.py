"""Feeds: read by feedparser, an outside parser, each with what belongs to it and with ids that stay."""

from datetime import UTC, datetime

import feedparser
import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import AsyncTestClient

from registry.database.engine import Database
from registry.feeds import queries
from registry.feeds.formats import Feed, FeedEntry, atom, json_feed
from registry.projects.models import Update
from tests.factories import a_case, a_need, a_project, a_proposal, a_tag, an_event

NOW = datetime(2026, 7, 25, 1, tzinfo=UTC)
JSON_FEED_SCHEMA = {
    "type": "object", "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "home_page_url": {"type": "string", "format": "uri"}, "feed_url": {"type": "string", "format": "uri"},
        "authors": {"type": "array", "items": {"required": ["name"]}},
        "items": {"type": "array", "items": {
            "required": ["id", "date_published"], "properties": {"id": {"type": "string", "minLength": 1}},
            "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
        }},
    },
}
"""What version 1.1 of JSON Feed asks for, in our words."""


@pytest.mark.parametrize("few", [1_000, 0])
async def test_each_feed_tells_what_belongs_to_it(
    client: AsyncTestClient, database: Database, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "FEW_PROJECTS", few)
    async with database.writing() as session:
        event = await an_event(session, slug="day", name={"en": "The day"})
        project = await a_project(session, slug="萌典", name={"en": "Moedict", "zh-Hant": "萌典"})
        other = await a_project(session, name={"en": "Other"})
        await a_tag(session, project, slug="words")
        await a_proposal(session, event=event, project=project, summary={"en": "A <dictionary> & more."})
        await a_proposal(session, event=await an_event(session, name={"en": "Later"}), project=other)
        await a_need(session, project=project, key="designer", line={"en": "Draw."})
        await a_case(session, project=project, title={"en": "How it went"})
        session.add(Update(
            project_id=project.id, text={"en": "*News*"}, text_html={"en": "<p><em>News</em></p>"}, posted_at=NOW,
        ))
    own = {"Pitch: Moedict", "Moedict looks for: Design", "Case study: How it went", "Moedict: update"}
    others = {"Pitch: Other", "Event: The day", "Event: Later"}
    for path, wanted in {
        "/feed": own | others, "/events/day/feed": {"Pitch: Moedict"}, "/projects/萌典/feed": own,
        "/tags/words/feed": own, "/needs/designer/feed": {"Moedict looks for: Design"},
    }.items():
        answer = await client.get(f"{path}.atom?lang=en")
        read = feedparser.parse(answer.content)
        assert (read.bozo, {entry.title for entry in read.entries}) == (0, wanted), path
        assert answer.headers["content-type"].startswith("application/atom+xml")
        in_json = (await client.get(f"{path}.json?lang=en")).json()
        jsonschema.validate(in_json, JSON_FEED_SCHEMA)
        assert {one["id"]: one["url"] for one in in_json["items"]} == {one.id: one.link for one in read.entries}
        page = (await client.get(path.removesuffix("/feed") or "/")).text
        assert 'type="application/atom+xml"' in page, path
    pitch = next(one for one in read.entries + feedparser.parse(
        (await client.get("/events/day/feed.atom")).content).entries if one.title.startswith("Pitch"))
    assert pitch.content[0].value == "<p>A &lt;dictionary&gt; &amp; more.</p>"
    async with database.writing() as session:
        (await session.merge(project)).slug = "moedict"
    ids = {one.id for one in feedparser.parse((await client.get("/projects/moedict/feed.atom")).content).entries}
    assert pitch.id in ids
    assert [(await client.get(f"/{one}/nothing/feed.atom")).status_code for one in ("projects", "needs")] == [404, 404]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=3))
def test_any_words_make_a_feed_that_can_be_read(words: list[str]) -> None:
    feed = Feed(
        id="tag:example.org,2012:news", title="".join(words), url="https://example.org/", author="g0v", language="en",
        address="https://example.org/feed.atom", entries=[
            FeedEntry(id=f"tag:{n}", title=text, url="https://example.org/a", at=NOW, html=text)
            for n, text in enumerate(words)
        ],
    )
    read = feedparser.parse(atom(feed))
    assert (read.bozo, len(read.entries)) == (0, len(words))
    assert [one["title"] for one in msgspec.json.decode(json_feed(feed))["items"]] == words
