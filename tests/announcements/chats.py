"""The day's work of announcing, for tests."""

from datetime import UTC, datetime, timedelta

from integrations.slack.client import SECONDS, SlackClient
from integrations.slack.workspace import SlackWorkspace
from registry.activity.commands import note_change
from registry.activity.delivery import deliver_kind
from registry.activity.rules import Subject
from registry.announcements.models import AnnouncementRoute
from registry.announcements.noticing import notice_news
from registry.announcements.rules import FactKind
from registry.announcements.sending import Announcer, Pace
from registry.channels.models import Channel
from registry.channels.rules import WORKSPACE
from registry.database.engine import Database
from registry.ports import Workplace
from registry.settings import Settings
from tests.fakes.slack import TEAM_ID, TOKEN, FakeSlack

NOW = datetime(2023, 11, 14, 1, tzinfo=UTC)
"""Before the fake workspace's first message."""


class Clock:
    """A clock that is set by hand; sleeping moves it."""

    def __init__(self) -> None:
        self.now = NOW
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


class Newsroom:
    """A database, a workspace and a clock: what the worker does, a turn at a time."""

    def __init__(self, settings: Settings, database: Database, slack: FakeSlack, *, seconds: int = SECONDS) -> None:
        self.database, self.slack, self.clock = database, slack, Clock()
        self.workplace = Workplace(settings, database, self.clock)
        client = SlackClient(token=TOKEN, url=slack.url, seconds=seconds)
        self.announcer = Announcer(
            SlackWorkspace(client, team_id=TEAM_ID, url=slack.url), base_url="https://keng.test", clock=self.clock,
            pace=Pace(seconds=self.clock.seconds, sleep=self.clock.sleep),
        )

    async def open(self, *kinds: FactKind, channel: str = "C1", **route: object) -> int:
        """A channel to which news of these kinds goes; the job has had its first turn."""
        self.slack.add_channel(channel, channel.casefold())
        async with self.database.writing() as session:
            place = Channel(chat=WORKSPACE, channel_id=channel, name=channel.casefold(), topic="", seen_at=NOW)
            session.add(place)
            await session.flush()
            session.add_all(AnnouncementRoute(fact=kind, channel_id=place.id, **route) for kind in kinds)
        await notice_news(self.workplace, self.clock.now)
        return place.id

    async def happens(self, subject: Subject, subject_id: int, action: str, **changes: object) -> None:
        """Something is written to the audit log."""
        async with self.database.writing() as session:
            note_change(
                session, now=self.clock.now, actor="person:x", action=action, subject=subject, subject_id=subject_id,
                changes=changes,
            )

    async def turns(self, *, minutes: float = 3) -> None:
        """Time passes, and the worker notices and puts what is due into the outbox."""
        for pause in (minutes * 60, 1.0, 61.0, 0.0):
            self.clock.now += timedelta(seconds=20)  # PostgreSQL's rows settle
            await notice_news(self.workplace, self.clock.now)
            self.clock.now += timedelta(seconds=pause)

    def reads(self, channel: str = "C1") -> list[str]:
        """What stands in a channel, in the first language."""
        return [text.partition(" / ")[0] for text in self.slack.said(channel)]

    def asked(self, method: str) -> int:
        """How often the workspace was asked for something."""
        return self.slack.requests[f"POST /api/{method}"]

    async def later(self, *, minutes: float = 3) -> None:
        """Time passes, and what is due by then is delivered."""
        await self.turns(minutes=minutes)
        await deliver_kind(self.workplace, WORKSPACE, self.announcer)
