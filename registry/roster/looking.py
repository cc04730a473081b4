"""Looking at all members of the chat: slowly, from where it stopped, and to its end before anybody counts as gone.

The look is begun by a person (``keng slack sync``): a community decides whether it keeps a roster. From then on it is
repeated by itself, for what the chat tells by events is a hint and may be missed.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from registry.database.engine import Database
from registry.ports import ChatRefused, ChatWorkspace, MembersPage, TryLater, Workplace
from registry.roster.commands import finish_sweep, keep_place, record_members
from registry.roster.queries import Sweep, sweep_of

TURN: Final = timedelta(hours=1)
AGAIN_AFTER: Final = timedelta(days=7)
STALE_AFTER: Final = timedelta(days=1)
"""A place this old is not gone on from: the chat's list has moved."""
BETWEEN_PAGES: Final = 3.0
"""Seconds: Slack lets members be listed 20 times a minute."""
MOST_PAUSES: Final = 20
Sleep = Callable[[float], Awaitable[None]]


class Looked(msgspec.Struct):
    """How a look went: how many members were seen, how many had changed, and how many are gone."""

    seen: int = 0
    changed: int = 0
    gone: int = 0


class RosterLook:
    """Reads all members of a workspace, 200 at a time."""

    def __init__(
        self, chat: ChatWorkspace, *, clock: Callable[[], datetime], sleep: Sleep = asyncio.sleep
    ) -> None:
        self._chat = chat
        self._clock = clock
        self._sleep = sleep

    async def take_turn(self, workplace: Workplace, now: datetime) -> None:
        """Job: go on with a look that broke off, and begin another a week after the last one ended.

        Raises:
            TryLater, ChatRefused: the chat does not tell us; gone on from there later.
        """
        async with workplace.database.reading() as reader:
            sweep = await sweep_of(reader, self._chat.provider)
        if sweep and (sweep.cursor is not None or sweep.finished_at is None or now - sweep.finished_at >= AGAIN_AFTER):
            await self.look(workplace.database)

    async def look(
        self, database: Database, *, on_progress: Callable[[int], None] = lambda _seen: None, waits: bool = False
    ) -> Looked:
        """Look at everyone, from where the last look stopped. ``waits``: sit out the pauses that the chat asks for.

        Raises:
            TryLater, ChatRefused: the chat does not tell us; what was seen stays, and nobody is called gone.
        """
        chat = self._chat.provider
        async with database.reading() as reader:
            sweep = await sweep_of(reader, chat)
        started_at, cursor, looked = _place(sweep, now=self._clock())
        while True:
            try:
                page = await self._page(cursor, waits=waits)
            except ChatRefused as refused:
                if not cursor or refused.code != "invalid_cursor":
                    raise
                started_at, cursor, looked = _place(None, now=self._clock())
                continue
            looked.seen += len(page.members)
            async with database.writing() as session:
                looked.changed += await record_members(
                    session, [(self._chat.subject_of(one.id), one) for one in page.members], chat=chat,
                    now=self._clock(),
                )
                await keep_place(session, chat=chat, cursor=page.cursor, seen=looked.seen, started_at=started_at)
            on_progress(looked.seen)
            if not page.cursor:
                break
            cursor = page.cursor
            await self._sleep(BETWEEN_PAGES)
        async with database.writing() as session:
            looked.gone = await finish_sweep(session, chat=chat, started_at=started_at, now=self._clock())
        return looked

    async def _page(self, cursor: str, *, waits: bool) -> MembersPage:
        for _pause in range(MOST_PAUSES if waits else 0):
            try:
                return await self._chat.members(cursor)
            except TryLater as trouble:
                await self._sleep(trouble.after.total_seconds() if trouble.after else BETWEEN_PAGES)
        return await self._chat.members(cursor)


def _place(sweep: Sweep | None, *, now: datetime) -> tuple[datetime, str, Looked]:
    """Since when a look goes on, from which cursor, and what it has seen before."""
    if sweep and sweep.cursor and now - sweep.started_at < STALE_AFTER:
        return sweep.started_at, sweep.cursor, Looked(seen=sweep.seen_count)
    return now, "", Looked()
