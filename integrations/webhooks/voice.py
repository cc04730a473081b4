"""Messages to incoming webhooks, as Mattermost (and whoever took its form) and Discord take them.

A webhook can say something and little else. Discord's can also change and delete what they said. None can be looked
through for a message, so where one may have arrived nothing is sent again by itself; an organiser looks and decides.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from registry import ports
from registry.channels.commands import note_channels_gone, record_channels
from registry.channels.queries import channel_names
from registry.channels.rules import WEBHOOK
from registry.outside import NoAnswer, NotAsked, Outside, OutsideAnswer
from registry.ports import ChatMessage, ChatRefused, ChatTrouble, TryLater, Workplace
from registry.settings import Settings

DISCORD_LONGEST: Final = 2_000
MATTERMOST_LONGEST: Final = 4_000
_DISCORD: Final = re.compile(r"(^|\.)discord(app)?\.com$")
_MARKS: Final = re.compile(r"([\\`*_{}\[\]()#+|~<>!-])")


class WebhookVoice:
    """Says something by webhooks, which are known by their names."""

    label = "Webhook"

    def __init__(self, webhooks: Mapping[str, str], outside: Outside) -> None:
        self._webhooks = webhooks
        self._outside = outside

    async def post(self, channel: str, message: ChatMessage, *, key: str, thread: str = "") -> str:
        """Say something; what the chat calls it, or our own key where it does not say. Threads are not known here."""
        del thread
        address = self._address(channel)
        if not _is_discord(address):
            await self._send(address, {"text": as_markdown(message, longest=MATTERMOST_LONGEST)})
            return key
        answer = await self._send(f"{address}?wait=true", _for_discord(message))
        try:
            return str(msgspec.json.decode(answer.body, type=_Said).id)
        except msgspec.DecodeError as error:
            raise TryLater("the webhook's answer is not what was asked for", may_be_out=True) from error

    async def find_posted(self, channel: str, key: str, *, since: datetime, thread: str = "") -> str | None:
        """Nothing can be found.

        Raises:
            ChatRefused: always, with ``MAYBE_THERE``.
        """
        raise ChatRefused(ChatTrouble.MAYBE_THERE, f"{channel} {key} {since:%Y-%m-%d} {thread}")

    async def change(self, channel: str, message_id: str, message: ChatMessage) -> None:
        """Replace what a message says, where the chat can.

        Raises:
            ChatRefused: it cannot (``FIXED``), or will not.
        """
        address = self._address(channel)
        if not _is_discord(address):
            raise ChatRefused(ChatTrouble.FIXED, "webhook")
        await self._send(f"{address}/messages/{message_id}", _for_discord(message), method="PATCH", gone=True)

    async def remove(self, channel: str, message_id: str) -> None:
        """Delete a message, where the chat can.

        Raises:
            ChatRefused: it cannot (``FIXED``), or will not.
        """
        address = self._address(channel)
        if not _is_discord(address):
            raise ChatRefused(ChatTrouble.FIXED, "webhook")
        try:
            await self._send(f"{address}/messages/{message_id}", None, method="DELETE", gone=True)
        except ChatRefused as refused:
            if refused.trouble is not ChatTrouble.NO_MESSAGE:
                raise

    async def join(self, channel: str) -> object:
        """A webhook is where it is."""
        return channel

    def _address(self, channel: str) -> str:
        if channel not in self._webhooks:
            raise ChatRefused(ChatTrouble.NO_CHANNEL, "webhook")
        return self._webhooks[channel]

    async def _send(
        self, address: str, content: Mapping[str, Any] | None, *, method: str = "POST", gone: bool = False
    ) -> OutsideAnswer:
        """Send something once. ``gone``: that it is not found is said of the message, not of the webhook."""
        try:
            answer = await self._outside.send(
                address, msgspec.json.encode(content) if content is not None else b"", method=method
            )
        except NotAsked as refused:
            raise ChatRefused(ChatTrouble.ADDRESS, "not asked") from refused
        except NoAnswer as trouble:
            raise TryLater(f"the webhook does not answer ({trouble})", may_be_out=True) from trouble
        if answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return answer
        raise _refused(answer, gone=gone)


class WebhookChannels:
    """Keeps the webhooks of the settings among the channels that news can be led to."""

    def __init__(self, webhooks: Mapping[str, str]) -> None:
        self._names = sorted(webhooks)

    async def take_turn(self, workplace: Workplace, now: datetime) -> None:
        """Job: write down which webhooks there are; nothing where that is known."""
        async with workplace.database.reading() as reader:
            if await channel_names(reader, chat=WEBHOOK) == self._names:
                return
        async with workplace.database.writing() as session:
            found = [ports.ChatChannel(id=name, name=name) for name in self._names]
            await record_channels(session, found, chat=WEBHOOK, now=now)
            await note_channels_gone(session, chat=WEBHOOK, now=now)


class _Said(msgspec.Struct):
    id: str


def webhooks_of(settings: Settings) -> dict[str, str]:
    """The webhooks of an installation: their addresses by their names."""
    pairs = (one.get_secret_value().partition("=") for one in settings.chat_webhooks)
    return {name.strip(): address.strip() for name, _, address in pairs}


def as_markdown(message: ChatMessage, *, longest: int) -> str:
    """A message as Markdown in which nobody's words are marks, and none of them calls anybody (``@channel``)."""
    parts = [
        *([f"**{plain_text(message.heading)}**"] if message.heading else []),
        *map(plain_text, message.paragraphs),
        *(f"- {_link(line.url, line.text)}" for line in message.lines),
    ] or [plain_text(message.text)]
    ending = [part for part in (
        _link(message.url, message.url_label or message.url) if message.url else "", plain_text(message.footnote),
    ) if part]
    room = longest - sum(len(part) + 1 for part in ending)
    kept: list[str] = []
    for part in parts:
        if len(part) + 1 > room:
            break
        kept.append(part)
        room -= len(part) + 1
    return "\n".join([*kept, *ending])


def plain_text(text: str) -> str:
    """A text in which a chat sees no mark and no mention."""
    return _MARKS.sub(r"\\\1", text).replace("@", "@\u200b")


def _link(url: str, text: str) -> str:
    said = plain_text(" ".join(text.split()))
    safe = url.replace("(", "%28").replace(")", "%29")
    return f"[{said}]({safe})" if url else said


def _for_discord(message: ChatMessage) -> dict[str, Any]:
    return {"content": as_markdown(message, longest=DISCORD_LONGEST), "allowed_mentions": {"parse": []}}


def _is_discord(address: str) -> bool:
    return bool(_DISCORD.search(urlsplit(address).hostname or "")) or "/api/webhooks/" in urlsplit(address).path


def _refused(answer: OutsideAnswer, *, gone: bool) -> Exception:
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        wait = answer.retry_after.partition(".")[0]
        return TryLater(
            "the webhook asks for a pause", after=timedelta(seconds=int(wait[:5]) + 1 if wait.isdecimal() else 30)
        )
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return TryLater(f"the webhook is out of order (HTTP {answer.status})", may_be_out=True)
    trouble = {
        HTTPStatus.UNAUTHORIZED: ChatTrouble.TOKEN, HTTPStatus.FORBIDDEN: ChatTrouble.TOKEN,
        HTTPStatus.NOT_FOUND: ChatTrouble.NO_MESSAGE if gone else ChatTrouble.NO_CHANNEL,
    }.get(HTTPStatus(answer.status) if answer.status in set(HTTPStatus) else HTTPStatus.BAD_REQUEST, ChatTrouble.OTHER)
    return ChatRefused(trouble, f"HTTP {answer.status}")
