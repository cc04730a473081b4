"""What Slack tells of members and channels by itself is taken into the roster and the list of channels."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from integrations.slack.heard import what_to_keep, work_on
from registry.channels.models import Channel
from registry.database.engine import Database
from registry.hooks.queries import Delivery
from registry.people.rules import IdentityProvider
from registry.roster.commands import keep_place
from registry.roster.models import RosterMember
from registry.settings import Settings

NOW = datetime(2026, 7, 25, 1, tzinfo=UTC)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_members_and_channels_follow_what_is_told_where_a_roster_is_kept(settings: Settings) -> None:
    database = Database(settings.model_copy(update={"slack_team_id": "T1"}))

    async def tell(kind: str, **fields: Any) -> None:
        kept = what_to_keep({"type": kind, **fields})
        assert kept is not None
        assert "canary" not in str(kept)
        async with database.writing() as session:
            await work_on(session, Delivery(1, kind, kept, NOW, 0), NOW)

    def member(name: str, updated: int, **fields: Any) -> dict[str, Any]:
        return {"user": {"id": "U1", "updated": updated, "profile": {"display_name": name, "email": "a@canary"},
                         **fields}}

    await tell("team_join", **member("Too early", 1_700_000_000))
    async with database.writing() as session:
        await keep_place(session, chat=IdentityProvider.SLACK, cursor="", seen=0, started_at=NOW)
    await tell("team_join", **member("小明", 1_700_000_000, tz="Asia/Taipei"))
    await tell("user_change", **member("小明明", 1_700_000_009))
    await tell("user_change", **member("Older", 1_700_000_005, deleted=True))
    await tell("channel_created", channel={"id": "C1", "name": "edu-新"})
    await tell("channel_created", channel={"id": "C2", "name": "two"})
    await tell("channel_rename", channel={"id": "C1", "name": "edu-教育-🎒"})
    await tell("channel_archive", channel="C1")
    await tell("channel_deleted", channel="C2")
    async with database.reading() as reader:
        members = (await reader.execute(
            select(RosterMember.subject, RosterMember.display_name, RosterMember.is_gone)
        )).all()
        channels = (await reader.execute(
            select(Channel.name, Channel.is_archived, Channel.gone_at).order_by(Channel.channel_id)
        )).all()
    await database.close()
    assert [tuple(row) for row in members] == [("T1:U1", "小明明", False)]
    assert [tuple(row) for row in channels] == [("edu-教育-🎒", True, None), ("two", False, NOW)]
