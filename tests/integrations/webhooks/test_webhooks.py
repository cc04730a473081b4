"""News goes to an incoming webhook through the same announcer: in the form of Mattermost and in that of Discord."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from integrations.webhooks import connect
from integrations.webhooks.voice import WebhookChannels, WebhookVoice, as_markdown, plain_text, webhooks_of
from registry.channels.models import Channel
from registry.channels.rules import WEBHOOK
from registry.database.engine import Database
from registry.outside import Outside
from registry.ports import ChatLine, ChatMessage, ChatRefused, ChatTrouble, ChatVoice, TryLater, Workplace
from registry.settings import Settings
from tests.fakes.http import Asked, FakeServer, Reply

NOW = datetime(2026, 7, 25, 1, tzinfo=UTC)
HELLO = ChatMessage(
    text="New", heading="預算 *map*", paragraphs=("@channel <@1> see",), lines=(ChatLine("One", "https://k.test/(1)"),),
    url="https://k.test", url_label="Read it",
)
MATTERMOST, DISCORD = "/hooks/abc", "/api/webhooks/1/token"


class FakeChats(FakeServer):
    """A Mattermost and a Discord as far as a webhook sees them."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[str, Any]] = []
        self.route("POST", MATTERMOST, self._mattermost)
        self.route("POST", DISCORD, self._discord)
        self.route("PATCH", rf"{DISCORD}/messages/77", self._discord)
        self.route("DELETE", rf"{DISCORD}/messages/77", lambda _asked: Reply(status=204))

    def _mattermost(self, asked: Asked) -> Reply:
        self.said.append((asked.method, msgspec.json.decode(asked.body)))
        return Reply(raw=b"ok", headers={"Content-Type": "text/plain"})

    def _discord(self, asked: Asked) -> Reply:
        content = msgspec.json.decode(asked.body)
        if len(content["content"]) > 2_000:
            return Reply({"code": 50035}, 400)
        self.said.append((asked.method, content))
        return Reply({"id": "77", "new_in_2030": 1})


@pytest.fixture
def chats() -> Iterator[FakeChats]:
    with FakeChats() as server:
        yield server


def voice(chats: FakeChats) -> WebhookVoice:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    outside = Outside(resolve=resolve, may_be_asked=lambda _address: True)
    return WebhookVoice({"dev": chats.url + MATTERMOST, "fun": chats.url + DISCORD}, outside)


async def test_both_forms_are_said_and_what_each_can_take_back(chats: FakeChats) -> None:
    webhooks: ChatVoice = voice(chats)
    assert await webhooks.post("dev", HELLO, key="announcement:1") == "announcement:1"
    said = await webhooks.post("fun", HELLO, key="announcement:1")
    await webhooks.change("fun", said, ChatMessage(text="Other"))
    await webhooks.remove("fun", said)
    expected = (
        "**預算 \\*map\\***\n@\u200bchannel \\<@\u200b1\\> see\n- [One](https://k.test/%281%29)\n[Read it](https://k.test)"
    )
    assert chats.said == [
        ("POST", {"text": expected}), ("POST", {"content": expected, "allowed_mentions": {"parse": []}}),
        ("PATCH", {"content": "Other", "allowed_mentions": {"parse": []}}),
    ]
    for refused in (
        webhooks.change("dev", "announcement:1", HELLO), webhooks.remove("dev", "announcement:1"),
    ):
        with pytest.raises(ChatRefused) as told:
            await refused
        assert told.value.trouble is ChatTrouble.FIXED
    with pytest.raises(ChatRefused) as blind:
        await webhooks.find_posted("dev", "announcement:1", since=NOW)
    assert blind.value.trouble is ChatTrouble.MAYBE_THERE


async def test_refusals_pauses_and_silence_are_told_apart_and_nothing_is_repeated(chats: FakeChats) -> None:
    webhooks = voice(chats)
    for reply, expected in (
        (Reply({}, 429, {"Retry-After": "2.5"}), timedelta(seconds=3)), (Reply({}, 502), None),
        (Reply({"id": 1}, is_cut=True), None),
    ):
        chats.fail_next(DISCORD, reply)
        with pytest.raises(TryLater) as later:
            await webhooks.post("fun", HELLO, key="k")
        assert (later.value.after, later.value.may_be_out) == (expected, expected is None)
    chats.fail_next(DISCORD, Reply({}, 404))
    with pytest.raises(ChatRefused) as gone:
        await webhooks.post("fun", HELLO, key="k")
    with pytest.raises(ChatRefused) as message_gone:
        await webhooks.change("fun", "404", HELLO)
    with pytest.raises(ChatRefused) as unknown:
        await webhooks.post("nowhere", HELLO, key="k")
    assert (gone.value.trouble, message_gone.value.trouble, unknown.value.trouble) == (
        ChatTrouble.NO_CHANNEL, ChatTrouble.NO_MESSAGE, ChatTrouble.NO_CHANNEL
    )
    assert chats.requests[f"POST {DISCORD}"] == 4
    inside = WebhookVoice({"dev": chats.url + MATTERMOST}, Outside())
    chats.requests.clear()
    with pytest.raises(ChatRefused) as guarded:
        await inside.post("dev", HELLO, key="k")
    assert (guarded.value.trouble, sum(chats.requests.values())) == (ChatTrouble.ADDRESS, 0)


@given(st.text(max_size=3_000), st.lists(st.text(max_size=200), max_size=20))
def test_a_message_is_never_too_long_and_nobody_is_called(text: str, lines: list[str]) -> None:
    message = ChatMessage(
        text="x", heading=text[:150], paragraphs=(text,), lines=tuple(ChatLine(line) for line in lines), url="https://k.test"
    )
    assert len(as_markdown(message, longest=2_000)) <= 2_000
    assert "@c" not in plain_text(text.replace("@", "@c"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_webhooks_of_the_settings_are_channels_and_their_addresses_stay_secret(
    settings: Settings, database: Database
) -> None:
    own = settings.model_copy(update={"chat_webhooks": (SecretStr("dev = https://chat.test/hooks/zqsecret"),)})
    assert (set(connect(own).deliverers), connect(settings).deliverers) == ({WEBHOOK}, {})
    place = Workplace(own, database, lambda: NOW)
    await WebhookChannels(webhooks_of(own)).take_turn(place, NOW)
    await WebhookChannels({"other": ""}).take_turn(place, NOW + timedelta(minutes=1))
    async with database.reading() as reader:
        rows = (await reader.execute(Channel.__table__.select())).all()
    assert [(row.name, row.gone_at is None) for row in rows] == [("dev", False), ("other", True)]
    assert "zqsecret" not in f"{rows}{own!r}"
    with pytest.raises(ValueError, match="each with a name"):
        Settings(chat_webhooks=(SecretStr("https://chat.test/hooks/x"),))
