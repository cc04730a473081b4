"""Events that change the record, of members and channels: kept as they come, and worked off in their order by a job.

Slack keeps no order, and not every event arrives: they are hints that come early, and the regular look at all members
and channels is the truth.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from integrations.slack.answers import AnsweredChannel, AnsweredMember
from integrations.slack.workspace import channel_of, member_of
from registry.channels.commands import hear_of_channel
from registry.hooks.queries import Delivery
from registry.hooks.work import work_off
from registry.people.rules import IdentityProvider
from registry.ports import ChatMember, Job, Workplace
from registry.roster.commands import record_members
from registry.roster.queries import sweep_of

SOURCE = "slack"
RHYTHM = timedelta(seconds=5)
_OF_MEMBERS = ("team_join", "user_change")
_OF_CHANNELS: Mapping[str, Mapping[str, bool]] = {
    "channel_created": {}, "channel_rename": {}, "channel_archive": {"is_archived": True},
    "channel_unarchive": {"is_archived": False}, "channel_deleted": {"is_gone": True},
}


def what_to_keep(event: Mapping[str, Any]) -> dict[str, Any] | None:
    """What of an event is kept: a member or channel as we know such, without addresses; none for any other event."""
    kind = event.get("type")
    try:
        if kind in _OF_MEMBERS:
            return {"member": msgspec.to_builtins(member_of(msgspec.convert(event.get("user"), AnsweredMember)))}
        if kind in _OF_CHANNELS:
            told = event.get("channel")
            channel = channel_of(msgspec.convert(told if isinstance(told, dict) else {"id": told}, AnsweredChannel))
            return {"channel": channel.id, "name": channel.name}
    except msgspec.ValidationError:
        return None
    return None


async def work_on(session: AsyncSession, delivery: Delivery, now: datetime, *, team: str) -> None:
    """Take in what an event told; of members where the community keeps a roster, which ``keng slack sync`` begins."""
    if delivery.event in _OF_MEMBERS:
        member = msgspec.convert(delivery.payload["member"], ChatMember)
        if await sweep_of(session, IdentityProvider.SLACK):
            await record_members(session, [(f"{team}:{member.id}", member)], chat=IdentityProvider.SLACK, now=now)
    else:
        await hear_of_channel(
            session, channel_id=delivery.payload["channel"], name=delivery.payload["name"] or None, now=now,
            **_OF_CHANNELS[delivery.event],
        )


async def _work(workplace: Workplace, now: datetime) -> None:
    """Job: work on the events that Slack told."""
    team = workplace.settings.slack_team_id
    await work_off(workplace.database, source=SOURCE, work_on=partial(work_on, team=team), now=now)


HEARD_JOB = Job("hear what Slack told", RHYTHM, _work)
