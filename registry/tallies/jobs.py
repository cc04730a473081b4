"""The job that counts a large record, so that no page needs to."""

import asyncio
from collections.abc import Hashable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import delete, func, select, union_all

from registry.database.engine import Database
from registry.database.version import open_version
from registry.ports import Workplace
from registry.projects.models import Project
from registry.proposals.models import Proposal
from registry.settings import Settings
from registry.tallies.every import TALLIES
from registry.tallies.models import StoredTally
from registry.tallies.queries import Occasion, Tally
from registry.tallies.rules import LARGE

NAME: Final = "count the record"


class Counting:
    """The job, which rests as long as nobody writes and no new day begins."""

    def __init__(self, settings: Settings) -> None:
        self._version = open_version(settings)
        self._counted: Hashable = None

    async def take_turn(self, workplace: Workplace, now: datetime) -> None:
        """Job: count anew if something was written, or is of another day, since the last turn."""
        version = await self._version.current()  # first: what is written from here on is of the next turn
        seen = None if version is None else (version, now.date())
        if seen is None or seen != self._counted:
            await count_the_record(workplace, now)
            self._counted = seen

    async def close(self) -> None:
        """Give the connection back that tells of writes."""
        await self._version.close()


async def count_the_record(workplace: Workplace, now: datetime) -> None:
    """Store every tally of a large record, and none of a small one. Writes only what became another one."""
    database = workplace.database
    async with database.reading() as reader:
        is_large = (await reader.scalar(_SIZE) or 0) > LARGE
        stored: Mapping[str, str] = dict((await reader.execute(select(StoredTally.name, StoredTally.value))).all())
    counted = {
        # In a thread of its own: SQLite is read without one, and other jobs would wait for seconds.
        tally.name: await asyncio.to_thread(asyncio.run, _counted(tally, Occasion(workplace.settings, now)))
        for tally in (TALLIES if is_large else ())
    }
    news = {name: value for name, value in counted.items() if stored.get(name) != value}
    gone = stored.keys() - counted.keys()
    if news or gone:
        async with database.writing() as session:
            await session.execute(delete(StoredTally).where(StoredTally.name.in_([*news, *gone])))
            session.add_all([StoredTally(name=name, value=value, taken_at=now) for name, value in news.items()])


async def _counted(tally: Tally[Any], occasion: Occasion) -> str:
    database = Database(occasion.settings)
    try:
        async with database.reading() as reader:
            return msgspec.json.encode(await tally.count(reader, occasion)).decode()
    finally:
        await database.close()


_SIZE = select(func.count()).select_from(
    union_all(select(Project.id), select(Proposal.id)).limit(LARGE + 1).subquery()
)
