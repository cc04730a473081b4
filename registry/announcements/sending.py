"""Carrying announcements into a chat, whichever chat it is.

What is promised: a message arrives once. Its key travels with it (as metadata that people do not see), and whenever an
earlier attempt may have arrived, also when the process was killed between the chat's "yes" and our note of it, the
channel is looked through for that key before anything is posted. What is left of the window:

* the chat takes the message, and does not show it yet when we look, five minutes after the death (``CLAIM``);
* somebody deleted the message in the chat meanwhile: it is posted again;
* the chat does not let us look, for lack of a right: then nothing is posted, and an organiser is asked to look
  (``ChatTrouble.MAYBE_THERE``);
* an incoming webhook cannot be looked through at all, so there an organiser is always asked.

Messages of a channel leave in their order, one a second: the outbox holds back what has an earlier one before it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from registry.announcements.commands import note_out
from registry.announcements.composing import Composed, composed
from registry.database.engine import Database
from registry.ports import ChatMessage, ChatRefused, ChatTrouble, ChatVoice, Outgoing, WriteDown

BETWEEN_MESSAGES: Final = 1.0
"""Seconds from one message to the next in a channel (Slack's own limit)."""


CLOCKS_DIFFER: Final = timedelta(hours=1)
"""By at most this the chat's clock may be behind ours."""


class Pace:
    """One message a second to a channel, in this process; one process works at a time."""

    def __init__(
        self, *, seconds: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._seconds, self._sleep = seconds, sleep
        self._free_at: dict[str, float] = {}

    async def turn(self, channel_id: str) -> None:
        """Wait until the channel may have another message."""
        wait = self._free_at.get(channel_id, 0.0) - self._seconds()
        if wait > 0:
            await self._sleep(wait)
        self._free_at[channel_id] = self._seconds() + BETWEEN_MESSAGES


class Announcer:
    """Delivers the announcements of one chat."""

    def __init__(
        self, voice: ChatVoice, *, base_url: str, clock: Callable[[], datetime], pace: Pace | None = None
    ) -> None:
        self._voice = voice
        self._base_url = base_url
        self._clock = clock
        self._pace = pace or Pace()

    async def deliver(self, message: Outgoing, database: Database) -> WriteDown | None:
        """Post a message, rewrite it, take it back or reply beneath it, as the record is now.

        Raises:
            TryLater, ChatRefused: as the chat answers.
        """
        async with database.reading() as reader:
            one = await composed(
                reader, message.payload["announcement"], base_url=self._base_url, now=self._clock()
            )
        if one is None:
            return None
        await self._pace.turn(one.channel_id)
        if message.payload.get("is_reply"):
            if one.message_id and one.reply:
                await self._say_beneath(one, message, one.reply.message(), key=message.key)
            return None
        return _note(one, await self._told(one, message))

    async def _told(self, one: Composed, message: Outgoing) -> str | None:
        """Bring the message in the channel to what it is to be; what the chat calls it, none when it is away."""
        message_id = one.message_id
        if message_id is None and (message.may_be_out or message.attempt > 1 or one.revision > 1):
            message_id = await self._found(one, one.key)
        if one.text is None:
            if message_id is not None:
                await self._voice.remove(one.channel_id, message_id)
            return None
        said = one.text.message()
        if message_id is None:
            return await self._posted(one, said)
        try:
            await self._voice.change(one.channel_id, message_id, said)
        except ChatRefused as refused:
            if refused.trouble is ChatTrouble.NO_MESSAGE:  # somebody deleted it: then it is not wanted there
                return None
            if refused.trouble is not ChatTrouble.FIXED:
                raise
            await self._say_beneath(one, message, said, key=message.key)
        return message_id

    async def _posted(self, one: Composed, said: ChatMessage) -> str:
        """Post a message; into a public channel we go ourselves, where we are let."""
        try:
            return await self._voice.post(one.channel_id, said, key=one.key)
        except ChatRefused as refused:
            if refused.trouble is not ChatTrouble.NOT_IN_CHANNEL:
                raise
            try:
                await self._voice.join(one.channel_id)
            except ChatRefused:
                raise refused from None
            return await self._voice.post(one.channel_id, said, key=one.key)

    async def _say_beneath(self, one: Composed, message: Outgoing, said: ChatMessage, *, key: str) -> None:
        assert one.message_id is not None  # noqa: S101 — its callers know
        if (message.may_be_out or message.attempt > 1) and await self._found(one, key, thread=one.message_id):
            return
        await self._voice.post(one.channel_id, said, key=key, thread=one.message_id)

    async def _found(self, one: Composed, key: str, *, thread: str = "") -> str | None:
        try:
            return await self._voice.find_posted(one.channel_id, key, since=one.noted_at - CLOCKS_DIFFER, thread=thread)
        except ChatRefused as refused:
            if refused.trouble is not ChatTrouble.SCOPE:
                raise
            raise ChatRefused(ChatTrouble.MAYBE_THERE, refused.code) from refused


def _note(one: Composed, message_id: str | None) -> WriteDown:
    async def write_down(session: AsyncSession, now: datetime) -> None:
        await note_out(
            session, announcement_id=one.id, revision=one.revision, message_id=message_id, told=one.told, now=now
        )

    return write_down
