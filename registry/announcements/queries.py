"""What organisers see of announcements: the messages with what became of each, and which news goes where."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, String, and_, cast, func, literal, select

from registry.activity.models import OutboxMessage
from registry.announcements.models import AnnouncedFact, Announcement, AnnouncementRoute
from registry.announcements.rules import AnnouncementState, FactKind
from registry.channels.models import Channel
from registry.database.aggregate import AnySelect
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.events.models import Event
from registry.events.rules import DayMessage

MOST_CHANNELS = 500


class AnnouncementRow(msgspec.Struct, frozen=True):
    """A message; ``trouble`` is why it has not arrived, ``is_given_up`` when it will not by itself."""

    id: int
    fact: FactKind
    state: AnnouncementState
    channel: str
    fact_count: int
    noted_at: datetime
    due_at: datetime
    out_at: datetime | None
    has_own_words: bool
    trouble: str | None
    is_given_up: bool


class RouteRow(msgspec.Struct, frozen=True):
    """A kind of news and the channel it goes to; with the event, where it is that of one."""

    id: int
    fact: FactKind
    channel: str
    is_looked_at: bool
    is_usable: bool
    event_slug: str | None
    event_name: Localized | None


class ChannelChoice(msgspec.Struct, frozen=True):
    """A channel that news may go to."""

    id: int
    name: str
    chat: str


async def count_announcements(reader: Reader) -> dict[AnnouncementState, int]:
    """How many messages stand where (one statement)."""
    rows = await reader.execute(select(Announcement.state, func.count()).group_by(Announcement.state))
    return dict(rows.all())


async def announcements_in(
    reader: Reader, state: AnnouncementState | None, *, offset: int, limit: int
) -> list[AnnouncementRow]:
    """Messages, those noted last first (one statement)."""
    query = _rows().order_by(Announcement.id.desc()).offset(offset).limit(limit)
    if state is not None:
        query = query.where(Announcement.state == state)
    return [AnnouncementRow(*row) for row in await reader.execute(query)]


async def announcement_row(reader: Reader, announcement_id: int) -> AnnouncementRow | None:
    """One message (one statement)."""
    row = (await reader.execute(_rows().where(Announcement.id == announcement_id))).one_or_none()
    return AnnouncementRow(*row) if row else None


async def routes(reader: Reader, *, event_id: int | None) -> list[RouteRow]:
    """Which news goes where: that of one event, or with none given all of it (one statement)."""
    query = (
        select(
            AnnouncementRoute.id, AnnouncementRoute.fact, Channel.name, AnnouncementRoute.is_looked_at,
            Channel.is_archived.is_(False) & Channel.gone_at.is_(None), Event.slug, Event.name,
        )
        .join(Channel, Channel.id == AnnouncementRoute.channel_id)
        .outerjoin(Event, Event.id == AnnouncementRoute.event_id)
        .order_by(AnnouncementRoute.event_id.is_not(None), AnnouncementRoute.fact, Channel.name)
        .limit(MOST_CHANNELS)
    )
    if event_id is not None:
        query = query.where(AnnouncementRoute.event_id == event_id)
    return [RouteRow(*row) for row in await reader.execute(query)]


async def usable_channels(reader: Reader) -> Sequence[ChannelChoice]:
    """The channels that news may go to, by name (one statement)."""
    rows = await reader.execute(
        select(Channel.id, Channel.name, Channel.chat)
        .where(Channel.is_archived.is_(False), Channel.gone_at.is_(None))
        .order_by(Channel.name, Channel.id).limit(MOST_CHANNELS)
    )
    return [ChannelChoice(*row) for row in rows]


async def day_messages(reader: Reader, event_id: int) -> list[str]:
    """Which messages of the day people of an event get (one statement)."""
    silenced = await reader.scalar(select(Event.silenced).where(Event.id == event_id)) or []
    return [one.value for one in DayMessage if one not in silenced]


def _rows() -> AnySelect:
    key: ColumnElement[Any] = (
        literal("announcement:") + cast(Announcement.id, String) + ":" + cast(Announcement.revision, String)
    )
    fact_count = (
        select(func.count()).where(AnnouncedFact.announcement_id == Announcement.id).correlate(Announcement)
        .scalar_subquery()
    )
    return (
        select(
            Announcement.id, Announcement.fact, Announcement.state, Channel.name, fact_count,
            Announcement.noted_at, Announcement.due_at, Announcement.out_at,
            cast(Announcement.words, String).not_in(["{}", "null"]), OutboxMessage.last_error,
            OutboxMessage.given_up_at.is_not(None),
        )
        .join(Channel, Channel.id == Announcement.channel_id)
        .outerjoin(OutboxMessage, and_(OutboxMessage.key == key, OutboxMessage.delivered_at.is_(None)))
    )
