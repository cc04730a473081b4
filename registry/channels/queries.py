"""The channels as the public directory shows them, and those of one project."""

from datetime import datetime

import msgspec
from sqlalchemy import Text, cast, func, or_, select

from registry.channels.models import Channel, ProjectChannel
from registry.channels.rules import WORKSPACE
from registry.database.aggregate import AnySelect, json_rows
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.projects.models import Project


class ProjectThere(msgspec.Struct, frozen=True):
    """A project that meets in a channel."""

    slug: str
    name: Localized


class ChannelRow(msgspec.Struct, frozen=True):
    """A channel of the directory."""

    channel_id: str
    name: str
    topic: str
    member_count: int | None
    last_message_at: datetime | None
    projects: list[ProjectThere]


class ChannelsSeen(msgspec.Struct, frozen=True):
    """How many channels fit, and when the chat last told of any."""

    total: int
    seen_at: datetime | None


class LinkedChannel(msgspec.Struct, frozen=True):
    """A channel in which a project meets."""

    channel_id: str
    name: str
    is_archived: bool


class MeetingPlaces(msgspec.Struct, frozen=True):
    """A project and the channels in which it meets."""

    slug: str
    name: Localized
    channels: list[LinkedChannel]


async def channels_seen(reader: Reader, *, text: str, has_project: bool) -> ChannelsSeen:
    """How many channels of the directory fit (one statement)."""
    seen_at = select(func.max(Channel.seen_at)).where(Channel.chat == WORKSPACE).scalar_subquery()
    return ChannelsSeen(*(await reader.execute(_fitting(text, has_project, func.count(), seen_at))).one())


async def directory_channels(
    reader: Reader, *, text: str, has_project: bool, offset: int, limit: int
) -> list[ChannelRow]:
    """A page of the directory, those with most members first (one statement)."""
    projects = (
        select(Project.slug, Project.name).join(ProjectChannel, ProjectChannel.project_id == Project.id)
        .where(ProjectChannel.channel_id == Channel.id, Project.hidden_at.is_(None))
        .order_by(Project.sort_name, Project.id).correlate(Channel)
    )
    rows = await reader.execute(
        _fitting(
            text, has_project, Channel.channel_id, Channel.name, Channel.topic, Channel.member_count,
            Channel.last_message_at, json_rows(projects, ProjectThere),
        )
        .order_by(Channel.member_count.desc().nulls_last(), Channel.id.desc()).offset(offset).limit(limit)
    )
    return [ChannelRow(*row) for row in rows]


async def meeting_places(reader: Reader, slug: str) -> MeetingPlaces | None:
    """Where a project meets, by name, archived channels too (one statement)."""
    linked = _linked().order_by(Channel.name).correlate(Project)
    row = (await reader.execute(
        select(Project.slug, Project.name, json_rows(linked, LinkedChannel))
        .where(Project.slug == slug, Project.hidden_at.is_(None))
    )).one_or_none()
    return MeetingPlaces(*row) if row else None


async def channel_names(reader: Reader, *, chat: str) -> list[str]:
    """The names of a chat's channels that are in use, in their order (one statement)."""
    return list(await reader.scalars(
        select(Channel.name).where(Channel.chat == chat, Channel.gone_at.is_(None)).order_by(Channel.name)
    ))


def linked_channels() -> AnySelect:
    """The channels in use of a project, for the statement of its page."""
    return _linked().where(Channel.is_archived.is_(False)).order_by(Channel.name)


def _linked() -> AnySelect:
    query: AnySelect = (
        select(Channel.channel_id, Channel.name, Channel.is_archived)
        .join(ProjectChannel, ProjectChannel.channel_id == Channel.id)
        .where(ProjectChannel.project_id == Project.id, Channel.gone_at.is_(None))
    )
    return query


def _fitting(text: str, has_project: bool, *columns: object) -> AnySelect:
    query: AnySelect = select(*columns).select_from(Channel).where(  # type: ignore[call-overload]
        Channel.chat == WORKSPACE, Channel.is_archived.is_(False), Channel.gone_at.is_(None)
    )
    linked = (
        select(ProjectChannel.project_id).join(Project, Project.id == ProjectChannel.project_id)
        .where(ProjectChannel.channel_id == Channel.id, Project.hidden_at.is_(None))
    )
    if has_project:
        query = query.where(linked.exists())
    if text:
        named = linked.where(cast(Project.name, Text).icontains(text, autoescape=True))
        query = query.where(or_(
            Channel.name.icontains(text, autoescape=True), Channel.topic.icontains(text, autoescape=True),
            named.exists(),
        ))
    return query
