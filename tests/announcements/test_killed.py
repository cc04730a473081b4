"""A worker that is killed between the chat's "yes" and our note of it sends nothing twice."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from registry.activity.outbox import CLAIM
from registry.activity.rules import Subject
from registry.announcements.rules import FactKind
from registry.database.engine import Database
from registry.database.migrate import migrate
from registry.settings import Settings
from tests.announcements.chats import Newsroom
from tests.factories import an_event
from tests.fakes.slack import FakeSlack

DELIVER_AND_DIE = """
import asyncio, os, signal, sys
from datetime import datetime
from integrations.slack.client import SlackClient
from integrations.slack.workspace import SlackWorkspace
from registry.activity.delivery import deliver_kind
from registry.announcements.sending import Announcer
from registry.channels.rules import WORKSPACE
from registry.database.engine import Database
from registry.ports import Workplace
from registry.settings import Settings
from tests.fakes.slack import TEAM_ID, TOKEN

url, now = sys.argv[1], datetime.fromisoformat(sys.argv[2])


class Dying(SlackWorkspace):
    async def post(self, *asked, **more):
        await super().post(*asked, **more)
        os.kill(os.getpid(), signal.SIGKILL)


async def deliver():
    settings = Settings()
    voice = Dying(SlackClient(token=TOKEN, url=url), team_id=TEAM_ID, url=url)
    announcer = Announcer(voice, base_url="https://keng.test", clock=lambda: now)
    await deliver_kind(Workplace(settings, Database(settings), lambda: now), WORKSPACE, announcer)

asyncio.run(deliver())
"""


@pytest.mark.trust
async def test_a_worker_killed_after_the_chat_took_the_message_leaves_one_message(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'keng.sqlite3'}"
    migrate(address)
    settings = Settings(database_url=address)
    database = Database(settings)
    with FakeSlack() as slack:
        newsroom = Newsroom(settings, database, slack)
        await newsroom.open(FactKind.EVENT_PUBLISHED)
        async with database.writing() as session:
            event = await an_event(session, name={"en": "Hackathon 75"})
        await newsroom.happens(Subject.EVENT, event.id, "event published")
        await newsroom.turns()
        ended = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-c", DELIVER_AND_DIE, slack.url, newsroom.clock.now.isoformat()],
            check=False, cwd=Path(__file__).parents[2], env={**os.environ, "KENG_DATABASE_URL": address}, timeout=60,
        )
        assert (ended.returncode, len(slack.messages["C1"])) == (-signal.SIGKILL, 1)
        newsroom.clock.now += CLAIM
        await newsroom.later()
        assert (len(slack.messages["C1"]), newsroom.asked("chat.postMessage")) == (1, 1)
        await newsroom.happens(Subject.EVENT, event.id, "event edited")
        async with database.writing() as session:
            (await session.get_one(type(event), event.id)).name = {"en": "Hackathon 76"}
        await newsroom.later()
        assert newsroom.reads() == [f"Hackathon 76 takes place on {event.starts_on:%B %-d, %Y}."]
    await database.close()
