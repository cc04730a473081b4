"""Keeping the channels as the chat tells of them, and the projects that meet there."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from registry import ports
from registry.accounts.queries import Actor
from registry.activity.commands import note_change, send_later
from registry.activity.rules import Subject
from registry.channels.models import Channel, ProjectChannel
from registry.channels.rules import LONGEST_NAME, WORKSPACE, channel_name
from registry.checks import Checks
from registry.errors import NotFound
from registry.inbox.commands import tell
from registry.inbox.rules import NoticeKind
from registry.people.models import Person
from registry.projects.commands.parts import project_to_change
from registry.projects.models import Project
from registry.web.i18n import gettext as _

NEW_CHANNEL = "channel"
"""The kind of outbox message that makes a channel."""
MOST_CHANNELS = 20


async def record_channels(
    session: AsyncSession, found: Sequence[ports.ChatChannel], *, chat: str, now: datetime
) -> None:
    """Write down channels as the chat tells of them now."""
    known = {one.channel_id: one for one in await session.scalars(
        select(Channel).where(Channel.chat == chat, Channel.channel_id.in_([one.id for one in found]))
    )}
    for one in found:
        channel = known.get(one.id)
        if channel is None:
            channel = Channel(chat=chat, channel_id=one.id, name=one.name)
            session.add(channel)
        channel.name = one.name or channel.name
        channel.topic = one.topic or one.purpose
        channel.member_count = channel.member_count if one.members is None else one.members
        channel.is_archived, channel.gone_at, channel.seen_at = one.is_archived, None, now
    await session.flush()


async def note_channels_gone(session: AsyncSession, *, chat: str, now: datetime) -> None:
    """Note which channels a whole look at a chat, begun at ``now``, did not find; only ever after it came to its end.

    One that was made, or told of, while the look went on is there.
    """
    await session.execute(update(Channel).where(
        Channel.chat == chat, Channel.seen_at < now, Channel.gone_at.is_(None)
    ).values(gone_at=now))


async def note_last_messages(
    session: AsyncSession, *, chat: str, last: dict[str, datetime]
) -> None:
    """Note when something was last said in channels."""
    for channel in await session.scalars(
        select(Channel).where(Channel.chat == chat, Channel.channel_id.in_(last))
    ):
        channel.last_message_at = last[channel.channel_id]
    await session.flush()


async def hear_of_channel(
    session: AsyncSession, *, channel_id: str, now: datetime, name: str | None = None,
    is_archived: bool | None = None, is_gone: bool = False,
) -> None:
    """Take in what the chat tells of one channel by itself: its new name, that it was archived, opened or deleted.

    One that is not known yet begins with its name.
    """
    channel = await session.scalar(
        select(Channel).where(Channel.chat == WORKSPACE, Channel.channel_id == channel_id).with_for_update()
    )
    if channel is None:
        if name is None:
            return
        channel = Channel(chat=WORKSPACE, channel_id=channel_id, name=name, topic="", is_archived=False)
        session.add(channel)
    channel.name = name or channel.name
    channel.is_archived = channel.is_archived if is_archived is None else is_archived
    channel.gone_at = now if is_gone else None
    channel.seen_at = now
    await session.flush()


async def link_channel(session: AsyncSession, *, slug: str, channel: str, by: Actor, now: datetime) -> None:
    """Say that a project meets in a channel, named by its name or its id; twice is once.

    Raises:
        NotFound: there is no such project.
        BadInput: the chat has no such channel in use, or the project has too many.
    """
    project = await project_to_change(session, slug)
    checks = Checks()
    written = checks.line("channel", channel, longest=LONGEST_NAME + 1, is_required=True).removeprefix("#")
    found = await session.scalar(select(Channel).where(
        Channel.chat == WORKSPACE, Channel.gone_at.is_(None), Channel.is_archived.is_(False),
        (Channel.channel_id == written.upper()) | (Channel.name == written.casefold()),
    ).order_by(Channel.id).limit(1))
    linked = set(await session.scalars(
        select(ProjectChannel.channel_id).where(ProjectChannel.project_id == project.id)
    ))
    if written and found is None:
        checks.wrong("channel", _("The chat has no channel of that name in use. Look it up in the list of channels."))
    if len(linked) >= MOST_CHANNELS:
        checks.wrong("channel", _("Keep at most %(num)s channels.") % {"num": MOST_CHANNELS})
    checks.done()
    if found is not None and found.id not in linked:
        await _link(session, project, found, by=by.label, now=now)


async def unlink_channel(session: AsyncSession, *, slug: str, channel_id: str, by: Actor, now: datetime) -> None:
    """Say that a project no longer meets in a channel; the channel itself is left alone.

    Raises:
        NotFound: there is no such project, or it does not meet there.
    """
    project = await project_to_change(session, slug)
    row = (await session.execute(
        select(ProjectChannel, Channel.name).join(Channel, Channel.id == ProjectChannel.channel_id)
        .where(ProjectChannel.project_id == project.id, Channel.channel_id == channel_id)
    )).one_or_none()
    if row is None:
        raise NotFound(_("The project does not meet in that channel."))
    await session.delete(row[0])
    note_change(
        session, now=now, actor=by.label, action="channel unlinked", subject=Subject.PROJECT, subject_id=project.id,
        changes={"channel": [row[1], None]},
    )
    await session.flush()


async def ask_for_channel(
    session: AsyncSession, *, slug: str, name: str, with_team: bool, by: Actor, now: datetime
) -> None:
    """Let a channel be made for a project in the chat, and bring its team in where ``with_team`` says so.

    Raises:
        NotFound: there is no such project.
        BadInput: the name is not one that a channel can have, or there is a channel of that name.
    """
    project = await project_to_change(session, slug)
    checks = Checks()
    name = checks.line("name", name, longest=LONGEST_NAME, is_required=True).removeprefix("#")
    if name and channel_name(name, otherwise="-") != name:
        checks.wrong("name", _("Use small letters, digits and hyphens, such as budget-map."))
    elif await session.scalar(select(Channel.id).where(
        Channel.chat == WORKSPACE, Channel.name == name, Channel.gone_at.is_(None)
    )):
        checks.wrong("name", _("There is a channel of this name. Link it, or choose another name."))
    checks.done()
    note_change(
        session, now=now, actor=by.label, action="channel asked for", subject=Subject.PROJECT, subject_id=project.id,
        changes={"channel": [None, name], "with_team": [None, with_team]},
    )
    await send_later(
        session, key=f"channel:{project.id}:{name}:{now:%Y%m%d%H%M%S}", kind=NEW_CHANNEL, now=now,
        payload={"project": project.id, "name": name, "with_team": with_team, "by": by.label},
    )


async def keep_new_channel(
    session: AsyncSession, made: ports.ChatChannel, *, project_id: int, by: str, now: datetime
) -> None:
    """Write down a channel that was made for a project, link it, and tell whoever asked for it."""
    await record_channels(session, [made], chat=WORKSPACE, now=now)
    channel = (await session.scalars(
        select(Channel).where(Channel.chat == WORKSPACE, Channel.channel_id == made.id)
    )).one()
    project = await session.get(Project, project_id)
    if project is None or await session.get(ProjectChannel, (project_id, channel.id)) is not None:
        return
    await _link(session, project, channel, by=by, now=now)
    asker = await session.scalars(select(Person.id).where(Person.slug == by.removeprefix("person:")))
    tell(
        session, asker, kind=NoticeKind.CHANNEL_MADE, path=f"/projects/{project.slug}", now=now, channel=channel.name,
        project=project.name,
    )


async def _link(session: AsyncSession, project: Project, channel: Channel, *, by: str, now: datetime) -> None:
    session.add(ProjectChannel(project_id=project.id, channel_id=channel.id, linked_at=now))
    note_change(
        session, now=now, actor=by, action="channel linked", subject=Subject.PROJECT, subject_id=project.id,
        changes={"channel": [None, channel.name]},
    )
    await session.flush()
