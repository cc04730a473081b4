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
from registry.hooks.queries import Delivery
from registry.hooks.work import work_off
from registry.ports import ChatChannel, ChatMember, Job, Workplace

SOURCE = "slack"
RHYTHM = timedelta(seconds=5)
Listener = Callable[[AsyncSession, ChatMember | ChatChannel, datetime], Awaitable[None]]
LISTENERS: dict[str, Listener] = {}
_OF_MEMBERS = ("team_join", "user_change")
_OF_CHANNELS = ("channel_created", "channel_rename", "channel_archive", "channel_unarchive", "channel_deleted")


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
