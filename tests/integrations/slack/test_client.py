"""Each rule of asking Slack, over a real socket through slack-sdk."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from integrations.slack.blocks import MOST_BLOCKS, MOST_HEADER, MOST_SECTION, drawn
from integrations.slack.cli import examine
from integrations.slack.client import METHODS, SlackClient
from integrations.slack.workspace import SlackWorkspace
from registry.cli import app
from registry.ports import ChatMessage, ChatRefused, ChatTrouble, ChatWorkspace, TryLater
from registry.settings import Settings
from tests.databases import SqliteDatabase
from tests.fakes.http import Reply
from tests.fakes.slack import BOT_ID, HTML, RATE_LIMITED, SCOPES_ASKED, TEAM_ID, TOKEN, TRUNCATED, FakeSlack

BEFORE = datetime(2023, 1, 1, tzinfo=UTC)
HELLO = ChatMessage(text="New pitch: 預算視覺化", heading="預算視覺化", paragraphs=("See where taxes go",))
POST = "/api/chat.postMessage"


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    """A workspace on loopback, with one channel that our app is in."""
    with FakeSlack() as fake:
        fake.add_channel("C1", "general-公告")
        yield fake


def _workspace(fake: FakeSlack, *, seconds: int = 5) -> SlackWorkspace:
    return SlackWorkspace(SlackClient(token=TOKEN, url=fake.url, seconds=seconds), team_id=TEAM_ID, url=fake.url)


async def test_a_message_is_posted_found_again_by_its_key_and_changed(slack: FakeSlack) -> None:
    workspace = _workspace(slack)
    assert isinstance(workspace, ChatWorkspace)
    posted = await workspace.post("C1", HELLO, key="pitch:1")
    assert await workspace.find_posted("C1", "pitch:1", since=BEFORE) == posted
    assert await workspace.find_posted("C1", "pitch:2", since=BEFORE) is None
    await workspace.change("C1", posted, ChatMessage(text="Withdrawn"))
    beneath = await workspace.post("C1", HELLO, key="pitch:1b", thread=posted)
    first, second = slack.messages["C1"]
    assert (first["text"], first["ts"], second["ts"], second["thread_ts"]) == ("Withdrawn", posted, beneath, posted)
    assert await workspace.last_said_at("C1") == datetime.fromtimestamp(float(posted), UTC)
    assert await workspace.find_posted("C1", "pitch:1b", since=BEFORE) is None
    assert await workspace.find_posted("C1", "pitch:1b", since=BEFORE, thread=posted) == beneath
    for _ in range(2):
        await workspace.remove("C1", posted)
    assert slack.messages["C1"] == [second]


@pytest.mark.parametrize(("reply", "after", "may_be_out"), [
    (RATE_LIMITED, timedelta(seconds=30), False),
    (Reply({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "soon"}), timedelta(seconds=30), False),
    (Reply({"ok": False, "error": "internal_error"}), None, True),
    (Reply(raw=b"oops", status=500), None, True), (Reply(raw=b"", status=502), None, True),
    (Reply({"ok": True, "ts": "1.0", "channel": "C1"}, is_cut=True), None, True),
    (HTML, None, True), (TRUNCATED, None, True), (Reply(["ok"]), None, True), (Reply(None), None, True),
    (Reply({"ok": True}), None, True), (Reply({"ok": True, "ts": 5}), None, True), (Reply(raw=b'"\xff'), None, True),
], ids=lambda value: str(value)[:60])
async def test_what_slack_cannot_answer_now_is_put_back_and_never_repeated_here(
    slack: FakeSlack, reply: Reply, after: timedelta | None, may_be_out: bool
) -> None:
    slack.fail_next(POST, reply)
    with pytest.raises(TryLater) as told:
        await _workspace(slack).post("C1", HELLO, key="pitch:1")
    assert (told.value.after, told.value.may_be_out, slack.requests[f"POST {POST}"]) == (after, may_be_out, 1)
    assert TOKEN not in str(told.value)


async def test_an_answer_that_comes_too_late_may_be_out_and_a_refused_connection_is_not(slack: FakeSlack) -> None:
    slack.fail_next(POST, Reply({"ok": True, "ts": "1.0"}, seconds=1.3))
    with pytest.raises(TryLater) as slow:
        await _workspace(slack, seconds=1).post("C1", HELLO, key="pitch:1")
    nobody = SlackWorkspace(SlackClient(token=TOKEN, url="http://127.0.0.1:9"), team_id=TEAM_ID, url="")
    with pytest.raises(TryLater) as refused:
        await nobody.post("C1", HELLO, key="pitch:1")
    assert (slow.value.may_be_out, refused.value.may_be_out, slack.requests[f"POST {POST}"]) == (True, False, 1)


async def test_a_refusal_says_what_to_do(slack: FakeSlack) -> None:
    workspace = _workspace(slack)
    slack.add_channel("C2", "old")
    slack.archive("C2")
    slack.add_channel("C3", "elsewhere", members=())
    told = {}
    for channel in ("C2", "C3", "C404"):
        with pytest.raises(ChatRefused) as refused:
            await workspace.post(channel, HELLO, key="pitch:1")
        told[channel] = (refused.value.trouble, str(refused.value).partition(".")[0])
    assert told == {
        "C2": (ChatTrouble.ARCHIVED, "The channel is archived"),
        "C3": (ChatTrouble.NOT_IN_CHANNEL, "Our app is not in the channel"),
        "C404": (ChatTrouble.NO_CHANNEL, "There is no such channel any more, or it is private"),
    }
    slack.scopes.discard("chat:write")
    with pytest.raises(ChatRefused) as lacking:
        await workspace.post("C1", HELLO, key="pitch:1")
    slack.revoke()
    with pytest.raises(ChatRefused) as revoked:
        await workspace.post("C1", HELLO, key="pitch:1")
    assert (lacking.value.trouble, revoked.value.trouble) == (ChatTrouble.SCOPE, ChatTrouble.TOKEN)


async def test_members_and_channels_come_in_pages_without_addresses(slack: FakeSlack) -> None:
    for number in range(201):
        slack.add_user(f"U{number}", f"成員 {number}", deleted=number == 1, tz=None if number == 2 else "Asia/Taipei")
    workspace = _workspace(slack)
    first = await workspace.members()
    second = await workspace.members(first.cursor)
    assert ([len(page.members) for page in (first, second)], second.cursor) == ([200, 1], "")
    assert (first.members[1].is_gone, first.members[2].timezone, "canary" in repr(first)) == (True, "", False)
    slack.rename("C1", "edu-零時小學校")
    made = await workspace.create_channel("budget-map", topic="Taxes & <!channel>")
    await workspace.invite(made.id, ["U0", "U3"])
    await workspace.invite(made.id, ["U0"])
    listed = (await workspace.channels()).channels
    assert [(one.name, one.members, one.has_us) for one in listed] == [
        ("edu-零時小學校", 1, True), ("budget-map", 3, True),
    ]
    assert slack.channels[made.id]["topic"]["value"] == "Taxes &amp; &lt;!channel&gt;"
    with pytest.raises(ChatRefused) as taken:
        await workspace.create_channel("budget-map")
    assert taken.value.trouble is ChatTrouble.NAME_TAKEN
    direct = await workspace.direct_channel("U3")
    assert await workspace.post(direct, HELLO, key="cue:1")
    assert slack.channels[direct]["members"] == [BOT_ID, "U3"]


async def test_long_texts_are_cut_with_a_link_and_nobody_is_pinged(slack: FakeSlack) -> None:
    nasty = "<!channel> <!here|x> <@U0KENG> <https://evil.example|here> & @channel " * 100
    address = "https://registry.example.org/projects/budget-map"
    message = ChatMessage(
        text=nasty, heading="題" * 400, paragraphs=(nasty, *["more"] * 80), url=address, url_label="Read <on>",
        footnote=nasty,
    )
    await _workspace(slack).post("C1", message, key="pitch:1")  # the fake refuses what is over a limit
    fields = drawn(message)
    assert (len(fields["blocks"]), len(fields["blocks"][0]["text"]["text"])) == (MOST_BLOCKS, MOST_HEADER)
    paragraph = fields["blocks"][1]["text"]["text"]
    assert len(paragraph) <= MOST_SECTION
    assert paragraph.endswith(f"… <{address}|Read &lt;on&gt;>")
    assert fields["blocks"][-2]["text"]["text"] == f"<{address}|Read &lt;on&gt;>"
    said = [fields["text"], *(repr(block).replace(f"<{address}", "") for block in fields["blocks"][1:])]
    assert not [text for text in said if "<!" in text or "<@" in text or "<http" in text]


def test_the_fake_asks_each_method_for_the_scopes_that_we_know_it_takes() -> None:
    assert {method: SCOPES_ASKED[method] for method in METHODS} == dict(METHODS)


async def test_the_check_says_what_works_and_what_is_missing(slack: FakeSlack, sqlite: SqliteDatabase) -> None:
    address = sqlite.cleaned()

    def settings(**changed: str) -> Settings:
        return Settings(database_url=address, slack_url=slack.url, slack_bot_token=changed.get("token", TOKEN),
                        slack_team_id=changed.get("team", TEAM_ID))

    slack.scopes |= {"commands", "links:read"}
    lines, is_usable = await examine(settings())
    assert (is_usable, [line for line in lines if line.startswith("workspace")]) == (
        True, [f"workspace: g0v.tw ({TEAM_ID}), where we are @keng"]
    )
    assert [line for line in lines if line.startswith("members")] == [
        "members: not kept; run `keng slack sync` once, from then on what Slack tells of them is taken in"
    ]
    slack.scopes -= {"im:write"}
    slack.scopes |= {"users:read.email"}
    lines, is_usable = await examine(settings())
    assert (is_usable, [line for line in lines if line.startswith("scope ")]) == (False, [
        "scope im:write: missing, so that these do not work: conversations.open",
        "scope users:read.email: not needed; take it away from the app",
    ])
    assert not (await examine(settings(team="T1")))[1]
    slack.fail_next("/api/auth.test", RATE_LIMITED)
    assert "asks for a pause, for 30 s" in (await examine(settings()))[0][-1]
    slack.revoke()
    assert "(Slack says: token_revoked)" in (await examine(settings()))[0][-1]


def test_the_command_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.slack.cli.load_settings", Settings)
    ran = CliRunner().invoke(app, ["slack", "check"])
    assert (ran.exit_code, "KENG_SLACK_BOT_TOKEN" in ran.output) == (1, True)
