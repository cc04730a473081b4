"""A chat in memory, and the day's work of announcing, for tests."""

from datetime import UTC, datetime, timedelta

from registry.activity.commands import note_change
from registry.activity.delivery import deliver_kind
from registry.activity.rules import Subject
from registry.announcements.models import AnnouncementRoute
from registry.announcements.noticing import notice_news
from registry.announcements.rules import FactKind
from registry.announcements.sending import Announcer, Pace
from registry.channels.models import ChatChannel
from registry.database.engine import Database
from registry.ports import ChatText, MessageGone, Workplace
from registry.settings import Settings

NOW = datetime(2026, 7, 25, 1, tzinfo=UTC)


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


class Chat:
    """Keeps the messages of its channels; ``acts`` are those that reached it, in their order."""

    def __init__(self) -> None:
        self.messages: dict[str, tuple[str, str, ChatText]] = {}
        self.acts: list[str] = []
        self.troubles: list[Exception] = []

    async def post(self, channel_id: str, text: ChatText, *, key: str, beneath: str | None = None) -> str:
        if self.troubles:
            raise self.troubles.pop(0)
        message_id = f"m{len(self.acts)}"
        self.messages[message_id] = (channel_id, key, text)
        self.acts.append(f"{'reply' if beneath else 'post'} {channel_id} {text.heading['en']}")
        return message_id

    async def find(self, channel_id: str, *, key: str, since: datetime, beneath: str | None = None) -> str | None:
        self.acts.append(f"find {channel_id} {key}")
        return next((one for one, (place, its, _) in self.messages.items() if (place, its) == (channel_id, key)), None)

    async def change(self, channel_id: str, message_id: str, text: ChatText) -> None:
        if message_id not in self.messages:
            raise MessageGone
        self.messages[message_id] = (channel_id, self.messages[message_id][1], text)
        self.acts.append(f"change {message_id} {text.heading['en']}")

    async def remove(self, channel_id: str, message_id: str) -> None:
        self.messages.pop(message_id, None)
        self.acts.append(f"remove {message_id}")


class Newsroom:
    """A database, a chat and a clock: what the worker does, a turn at a time."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.database, self.chat, self.clock = database, Chat(), Clock()
        self.workplace = Workplace(settings, database, self.clock)
        self.announcer = Announcer(
            self.chat, base_url="https://keng.test", clock=self.clock,
            pace=Pace(seconds=self.clock.seconds, sleep=self.clock.sleep),
        )

    async def open(self, *kinds: FactKind, channel: str = "C1", **route: object) -> int:
        """A channel to which news of these kinds goes; the job has had its first turn."""
        async with self.database.writing() as session:
            place = ChatChannel(chat="slack", channel_id=channel, name=channel.casefold(), topic="", seen_at=NOW)
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

    async def later(self, *, minutes: float = 3) -> None:
        """Time passes, and what is due by then is delivered."""
        await self.turns(minutes=minutes)
        await deliver_kind(self.workplace, "slack", self.announcer)
