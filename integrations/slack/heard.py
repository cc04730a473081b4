"""Events that change the record: kept as they come, and worked off in their order by a job.

What works on them is in ``LISTENERS``: by the event's type, a function of the session, what happened to a member or a
channel (``registry.ports``), and when we were told. Slack does not keep an order, so a listener compares what it knows.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from integrations.slack.answers import AnsweredChannel, AnsweredMember
from integrations.slack.workspace import channel_of, member_of
from registry.channels.commands import hear_of_channel
from registry.database.engine import settings_of
from registry.hooks.queries import Delivery
from registry.hooks.work import work_off
from registry.people.rules import IdentityProvider
from registry.ports import ChatChannel, ChatMember, Job, Workplace
from registry.roster.commands import record_members
from registry.roster.queries import sweep_of

SOURCE = "slack"
RHYTHM = timedelta(seconds=5)
Listener = Callable[[AsyncSession, ChatMember | ChatChannel, datetime], Awaitable[None]]
_OF_MEMBERS = ("team_join", "user_change")
_OF_CHANNELS = ("channel_created", "channel_rename", "channel_archive", "channel_unarchive", "channel_deleted")


async def _member_told(session: AsyncSession, member: ChatMember | ChatChannel, at: datetime) -> None:
    """Take a member's change into the roster, where the community keeps one."""
    if isinstance(member, ChatMember) and await sweep_of(session, IdentityProvider.SLACK):
        subject = f"{settings_of(session).slack_team_id}:{member.id}"
        await record_members(session, [(subject, member)], chat=IdentityProvider.SLACK, now=at)


async def _channel_named(session: AsyncSession, channel: ChatMember | ChatChannel, at: datetime) -> None:
    await hear_of_channel(session, channel_id=channel.id, name=channel.name or None, now=at)


async def _channel_archived(session: AsyncSession, channel: ChatMember | ChatChannel, at: datetime) -> None:
    await hear_of_channel(session, channel_id=channel.id, is_archived=True, now=at)


async def _channel_opened(session: AsyncSession, channel: ChatMember | ChatChannel, at: datetime) -> None:
    await hear_of_channel(session, channel_id=channel.id, is_archived=False, now=at)


async def _channel_gone(session: AsyncSession, channel: ChatMember | ChatChannel, at: datetime) -> None:
    await hear_of_channel(session, channel_id=channel.id, is_gone=True, now=at)


LISTENERS: dict[str, Listener] = {
    "team_join": _member_told, "user_change": _member_told, "channel_created": _channel_named,
    "channel_rename": _channel_named, "channel_archive": _channel_archived, "channel_unarchive": _channel_opened,
    "channel_deleted": _channel_gone,
}


def what_to_keep(event: Mapping[str, Any]) -> dict[str, Any] | None:
    """What of an event is kept: the member or channel as we know such, without addresses; none when nobody listens."""
    kind = str(event.get("type"))
    if kind not in LISTENERS:
        return None
    try:
        if kind in _OF_MEMBERS:
            return {"member": msgspec.to_builtins(member_of(msgspec.convert(event.get("user"), AnsweredMember)))}
        if kind in _OF_CHANNELS:
            told = event.get("channel")
            whole = told if isinstance(told, dict) else {"id": told}
            channel = channel_of(msgspec.convert(whole, AnsweredChannel))
            is_archived = kind in {"channel_archive", "channel_deleted"}
            return {"channel": msgspec.to_builtins(msgspec.structs.replace(channel, is_archived=is_archived))}
    except msgspec.ValidationError:
        return None
    return None


async def work_on(session: AsyncSession, delivery: Delivery, _now: datetime) -> None:
    """Let the listener of an event hear it."""
    listener = LISTENERS.get(delivery.event)
    if listener is None:
        return
    if "member" in delivery.payload:
        await listener(session, msgspec.convert(delivery.payload["member"], ChatMember), delivery.received_at)
    else:
        await listener(session, msgspec.convert(delivery.payload["channel"], ChatChannel), delivery.received_at)


async def _work(workplace: Workplace, now: datetime) -> None:
    await work_off(workplace.database, source=SOURCE, work_on=work_on, now=now)


HEARD_JOB = Job("hear what Slack told", RHYTHM, _work)
