"""Looking at the chat's channels from time to time, and making new ones: what keeps the record of them true."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.addresses import percent_encoded
from registry.channels.commands import (
    keep_new_channel,
    note_channels_gone,
    note_last_messages,
    record_channels,
)
from registry.channels.rules import WORKSPACE
from registry.database.engine import Database
from registry.people.models import Identity, Membership
from registry.ports import (
    ChatChannel,
    ChatRefused,
    ChatTrouble,
    ChatWorkspace,
    Outgoing,
    TryLater,
    Workplace,
    WriteDown,
)
from registry.projects.models import Project
from registry.web.i18n import plain

LOOKS_EVERY: Final = timedelta(hours=6)
BETWEEN_PAGES: Final = 3.0
"""Seconds: Slack lets channels be listed 20 times a minute."""
BETWEEN_QUESTIONS: Final = 1.3
"""Seconds: and lets a channel's last message be asked for 50 times a minute."""
Sleep = Callable[[float], Awaitable[None]]


class ChannelLook:
    """Reads all channels of a workspace, and when each that we are in was last written in."""

    def __init__(self, chat: ChatWorkspace, *, sleep: Sleep = asyncio.sleep) -> None:
        self._chat = chat
        self._sleep = sleep

    async def take_turn(self, workplace: Workplace, now: datetime) -> None:
        """Job: write the channels down as they are. One that breaks off in the middle calls none of them gone.

        Raises:
            TryLater, ChatRefused: the chat does not tell us; asked again later.
        """
        found = await self._all_channels()
        last = await self._last_messages([one for one in found if one.has_us and not one.is_archived])
        async with workplace.database.writing() as session:
            await record_channels(session, found, chat=WORKSPACE, now=now)
            await note_channels_gone(session, chat=WORKSPACE, now=now)
            await note_last_messages(session, chat=WORKSPACE, last=last)

    async def _all_channels(self) -> list[ChatChannel]:
        page = await self._chat.channels()
        found = list(page.channels)
        while page.cursor:
            await self._sleep(BETWEEN_PAGES)
            page = await self._chat.channels(page.cursor)
            found += page.channels
        return found

    async def _last_messages(self, channels: list[ChatChannel]) -> dict[str, datetime]:
        """When channels were last written in, as far as the chat lets us ask now; the rest keep what is known."""
        last: dict[str, datetime] = {}
        for one in channels:
            try:
                said_at = await self._chat.last_said_at(one.id)
            except ChatRefused:
                continue
            except TryLater:
                break
            if said_at is not None:
                last[one.id] = said_at
            await self._sleep(BETWEEN_QUESTIONS)
        return last


class ChannelMaker:
    """Delivers the wishes for new channels.

    A wish that may have been met before, because we died or the chat was silent, is looked for first: our channel of
    that name whose topic leads to the project is the one that was made.
    """

    def __init__(self, chat: ChatWorkspace, *, base_url: str) -> None:
        self._chat = chat
        self._base_url = base_url

    async def deliver(self, message: Outgoing, database: Database) -> WriteDown | None:
        """Make a channel, bring people in, and note it.

        Raises:
            TryLater, ChatRefused: as the chat answers; a name that somebody else's channel has is refused.
        """
        wish = message.payload
        async with database.reading() as reader:
            row = (await reader.execute(
                select(Project.slug, Project.name).where(Project.id == wish["project"], Project.hidden_at.is_(None))
            )).one_or_none()
            subjects = list(await reader.scalars(
                select(Identity.subject).join(Membership, Membership.person_id == Identity.person_id).where(
                    Membership.project_id == wish["project"], Membership.left_on.is_(None),
                    Identity.provider == self._chat.provider, Identity.verified_at.is_not(None),
                ).order_by(Identity.id)
            )) if wish["with_team"] else []
        if row is None:
            return None
        page = percent_encoded(f"{self._base_url}/projects/{row.slug}")
        made = await self._made_before(wish["name"], page) if message.attempt > 1 or message.may_be_out else None
        made = made or await self._chat.create_channel(wish["name"], topic=f"{plain(row.name)} {page}")
        for subject in subjects:
            await self._invite(made.id, self._chat.member_in(subject))

        async def write_down(session: AsyncSession, now: datetime) -> None:
            await keep_new_channel(session, made, project_id=wish["project"], by=wish["by"], now=now)

        return write_down

    async def _invite(self, channel: str, member: str) -> None:
        """Bring somebody in; who has left the chat is left out."""
        try:
            await self._chat.invite(channel, [member])
        except ChatRefused as refused:
            if refused.trouble is not ChatTrouble.NO_MEMBER:
                raise

    async def _made_before(self, name: str, address: str) -> ChatChannel | None:
        """Our channel of a name, whose topic leads to an address or was not set yet."""
        found = await self._chat.channels()
        while True:
            for one in found.channels:
                if one.name == name and one.has_us and (not one.topic or address in one.topic):
                    return one
            if not found.cursor:
                return None
            found = await self._chat.channels(found.cursor)
