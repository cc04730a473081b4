"""A demo can be connected to a Slack that is made up, which shows what it was told and lets one try commands."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from litestar.testing import AsyncTestClient
from pydantic import SecretStr
from sqlalchemy import select

from integrations.slack.blocks import escaped
from integrations.slack.views import line_input, modal
from integrations.slack.workspace import workspace_of
from registry.activity.delivery import deliver_kind
from registry.announcements.noticing import notice_news
from registry.announcements.sending import Announcer
from registry.app import create_app
from registry.channels.commands import NEW_CHANNEL
from registry.channels.looking import ChannelMaker
from registry.channels.rules import WORKSPACE
from registry.database.engine import Database
from registry.exchange.coming import add_coming_event, read_coming_event
from registry.inbox.direct import DIRECT, DirectMessages
from registry.people.models import Person
from registry.ports import Workplace
from registry.settings import Mode, Settings
from tests.factories import a_person, a_project
from tests.fakes.http import Asked, FakeServer, Reply
from tests.fakes.slack_demo import CHANNELS, connect, environment, make_up, recall, remember
from tests.fakes.slack_face import SlackWithFace
from tests.fakes.slack_sender import SIGNING_SECRET, signature_of
from tests.pages import page_of, words


class Site(FakeServer):
    """A registry that answers each signed command with what it was asked for, written so that markup would show."""

    def __init__(self) -> None:
        super().__init__()
        self.route("POST", "/hooks/slack/commands", self._answer)

    def _answer(self, asked: Asked) -> Reply:
        signed = signature_of(
            asked.body, secret=SIGNING_SECRET, at=int(asked.headers["x-slack-request-timestamp"])
        )["X-Slack-Signature"]
        assert asked.headers["x-slack-signature"] == signed
        text = f"*<http://keng.test/a|{escaped(asked.form()['text'])}>* &lt;i&gt;"
        return Reply({"response_type": "ephemeral", "text": "x", "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": text}},
        ]})


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def slack(site: Site) -> Iterator[SlackWithFace]:
    with SlackWithFace(site=site.url) as slack:
        make_up(slack)
        yield slack


async def _sample(database: Database) -> None:
    told = read_coming_event()
    async with database.writing() as session:
        for slug in {told.organiser, *told.helpers.values(), *(pitch.by for pitch in told.pitches)}:
            await a_person(session, slug=slug, is_example=True)
        for slug in {pitch.project for pitch in told.pitches} | {one.project for one in CHANNELS} - {""}:
            if slug:
                await a_project(session, slug=slug, is_example=slug.startswith("example"))
    await add_coming_event(database, now=datetime.now(UTC))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_news_new_channels_and_direct_messages_reach_a_made_up_workspace_and_the_demo_says_so(
    slack: SlackWithFace, settings: Settings, database: Database
) -> None:
    await _sample(database)
    given = environment(slack)
    pretend = settings.model_copy(update={
        "slack_url": given["KENG_SLACK_URL"], "slack_bot_token": SecretStr(given["KENG_SLACK_BOT_TOKEN"]),
        "slack_team_id": given["KENG_SLACK_TEAM_ID"],
    })
    now = datetime.now(UTC)
    for _start in range(2):
        await connect(pretend, now=now)
    chat, later = workspace_of(pretend), now + timedelta(seconds=30)
    assert chat is not None
    workplace = Workplace(pretend, database, lambda: later)
    await notice_news(workplace, later)
    direct = DirectMessages(chat, base_url="http://keng.test", clock=workplace.clock)
    await direct.take_turn(workplace, later)
    await deliver_kind(workplace, WORKSPACE, Announcer(chat, base_url="http://keng.test", clock=workplace.clock))
    await deliver_kind(workplace, DIRECT, direct)
    await deliver_kind(workplace, NEW_CHANNEL, ChannelMaker(chat, base_url="http://keng.test"))
    assert {one.place for one in slack.received()} == {"#📢-公告", "#jothon", "#新手村", "demo-owner"}
    async with httpx.AsyncClient(base_url=slack.url) as outside:
        page = words((await outside.get("/")).text)
    assert ("This is not Slack." in page, "3 new pitches" in page, "sign up for the demos" in page) == (True,) * 3
    async with AsyncTestClient(create_app(pretend)) as browser:
        directory = await page_of(browser, "/channels?projects=yes")
        assert "#street-trees" in words(directory)
        assert "Its chat is made up." in words((await browser.get("/channels")).text)
    async with database.reading() as reader:
        assert (await reader.scalars(select(Person.slug).where(Person.is_example.is_(False)))).all() == []
    assert [settings.made_up_chat, pretend.model_copy(update={"mode": Mode.PRODUCTION}).made_up_chat] == ["", ""]


def test_a_command_is_signed_and_its_answer_shown_without_its_markup(slack: SlackWithFace, site: Site) -> None:
    fields = {"user": "U0OWNER", "text": "<b>地圖"}
    elsewhere = httpx.post(f"{slack.url}/say", data=fields, headers={"Origin": "http://evil.example"})
    assert (elsewhere.status_code, site.requests) == (400, {})
    said = httpx.post(f"{slack.url}/say", data=fields, headers={"Origin": slack.url}, follow_redirects=True)
    assert '<strong><a href="http://keng.test/a">&lt;b&gt;地圖</a></strong> &lt;i&gt;' in said.text
    assert "only they see this" in words(said.text)


def test_a_dialogue_of_the_registry_is_drawn_as_a_form(slack: SlackWithFace) -> None:
    slack.views["V1"] = {"id": "V1", **modal(
        "pitch", "Pitch", [line_input("title-en", "Title <b>", value="Map")], submit="Send"
    )}
    page = httpx.get(f"{slack.url}/views/V1?as=U0OWNER").text
    assert 'name="title-en" value="Map"' in page
    assert "Title &lt;b&gt;" in page


def test_a_made_up_workspace_goes_on_where_it_stopped(tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.mktemp("var") / "slack.json"
    with SlackWithFace(site="http://keng.test") as first:
        recall(first, place)
        first.messages["C1000"].append({"ts": first.stamp(), "text": "hi"})
        remember(first, place)
    with SlackWithFace(site="http://keng.test") as second:
        recall(second, place)
        assert (second.said("C1000"), len(second.users), len(second.channels)) == (["hi"], 26, 20)
        assert second.stamp() > first.messages["C1000"][0]["ts"]
