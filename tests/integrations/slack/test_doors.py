"""Who knocks must be Slack, is heard once, and is answered before Slack gives up."""

import asyncio
import json
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from integrations.slack.doors import is_signed
from integrations.slack.heard import HEARD_JOB
from registry.channels.models import Channel
from registry.hooks.models import HookDelivery
from registry.people.rules import IdentityProvider
from registry.ports import HookCall, Workplace
from registry.roster.commands import keep_place
from registry.roster.models import RosterMember
from tests.fakes.slack import TEAM_ID
from tests.fakes.slack_sender import SIGNING_SECRET, signature_of
from tests.integrations.slack.conftest import Site

NOW = datetime(2026, 7, 25, 1, tzinfo=UTC)
AT = int(NOW.timestamp())
BODY = b'{"type": "url_verification", "challenge": "abc"}'


def _call(body: bytes, headers: dict[str, str]) -> HookCall:
    return HookCall(body, {key.lower(): value for key, value in headers.items()}, NOW)


@given(
    body=st.one_of(st.binary(max_size=60), st.just(BODY)),
    at=st.one_of(st.text(max_size=12), st.just(str(AT))),
    signature=st.one_of(st.text(max_size=80), st.just(signature_of(BODY, secret=SIGNING_SECRET, at=AT)[
        "X-Slack-Signature"
    ])),
)
def test_whatever_else_is_sent_is_refused_and_nothing_falls_over(body: bytes, at: str, signature: str) -> None:
    right = signature_of(BODY, secret=SIGNING_SECRET, at=AT)
    given_headers = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": signature}
    is_right = (body, given_headers) == (BODY, right)
    assert is_signed(_call(body, given_headers), SIGNING_SECRET) is is_right


async def test_only_slack_is_heard_and_its_first_question_is_answered(site: Site) -> None:
    challenged = await site.sender.send("events", BODY, form=False)
    assert (challenged.status_code, challenged.json()) == (200, {"challenge": "abc"})
    forged = [
        await site.sender.send("events", BODY, headers={"X-Slack-Signature": "v0=" + "0" * 64}, form=False),
        await site.sender.send("commands", b"text=help&user_id=U1", headers={"X-Slack-Request-Timestamp": "soon"}),
        await site.client.post("/hooks/slack/interactivity", content=b"payload={}"),
    ]
    assert [one.status_code for one in forged] == [401, 401, 401]
    recorded = signature_of(b"text=help&user_id=U1", secret=SIGNING_SECRET, at=int(time.time()))
    replayed = [await site.sender.send("commands", b"text=help&user_id=U1", headers=recorded) for _time in range(2)]
    assert [one.status_code for one in replayed] == [200, 409]
    strange = [
        await site.sender.send("events", b'["no object"]'), await site.sender.send("events", b"{" * 5_000),
        await site.sender.send("events", b'{"type": "event_callback", "x": "\\ud800"}'),
        await site.sender.send("interactivity", b"payload=%7B"), await site.sender.send("commands", b"text=help"),
    ]
    assert [one.status_code for one in strange] == [400] * 5
    for event in ({"type": "never_heard_of"}, {"type": "user_change"}, {"type": "link_shared"}):
        assert (await site.sender.event(event)).status_code == 200
    await site.settled()


async def test_what_changes_the_record_is_kept_once_without_addresses_and_worked_on_later(site: Site) -> None:
    site.slack.add_user("U7", "小明\0", deleted=True)
    change = {"type": "user_change", "user": site.slack.users["U7"]}
    told: list[dict[str, Any]] = [
        {"type": "channel_created", "channel": {"id": "C7", "name": "edu", "created": 1}},
        {"type": "channel_rename", "channel": {"id": "C7", "name": "edu-教育", "created": 1}},
        {"type": "channel_archive", "channel": "C7", "user": "U7"},
        {"type": "channel_archive", "channel": 7}, {"type": "user_change", "user": {"id": 7}},
    ]
    async with site.database.writing() as session:  # the community keeps a roster
        await keep_place(session, chat=IdentityProvider.SLACK, cursor="", seen=0, started_at=NOW)
    for headers in ({}, {"X-Slack-Retry-Num": "1"}, {"X-Slack-Retry-Num": "2"}):
        assert (await site.sender.event(change, event_id="Ev1", headers=headers)).status_code == 200
    for event in told:
        assert (await site.sender.event(event)).status_code == 200
    async with site.database.reading() as reader:
        kept = [str(one) for one in await reader.scalars(select(HookDelivery.payload).order_by(HookDelivery.id))]
        before = await reader.scalar(select(func.count()).select_from(RosterMember))
    assert (len(kept), "canary" in "".join(kept), before) == (4, False, 0)
    workplace = Workplace(site.client.app.state.settings, site.database, lambda: NOW)
    for _turn in range(2):
        await HEARD_JOB.work(workplace, NOW)
    async with site.database.reading() as reader:
        member = (await reader.execute(
            select(RosterMember.subject, RosterMember.display_name, RosterMember.is_gone)
        )).one()
        channel = (await reader.execute(select(Channel.channel_id, Channel.name, Channel.is_archived))).one()
    assert (tuple(member), tuple(channel)) == ((f"{TEAM_ID}:U7", "小明", True), ("C7", "edu-教育", True))


async def test_slack_is_answered_in_time_though_the_database_is_slow(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await site.member("U1")
    doors = site.client.app.state.connections.hooks[0].hear.__self__
    monkeypatch.setattr(doors, "_seconds", 0.05)
    database = site.client.app.state.database
    reading, writing = database.reading, database.writing

    @asynccontextmanager
    async def slowly_read() -> Any:
        await asyncio.sleep(0.3)
        async with reading() as reader:
            yield reader

    @asynccontextmanager
    async def slowly_write() -> Any:
        await asyncio.sleep(0.3)
        async with writing() as session:
            yield session

    monkeypatch.setattr(database, "reading", slowly_read)
    monkeypatch.setattr(database, "writing", slowly_write)
    clock = asyncio.get_running_loop().time
    began = clock()
    answer = await site.sender.command("find budget", user="U1")
    assert (answer.status_code, answer.content, clock() - began < 0.3) == (200, b"", True)
    await site.settled()
    assert [one["text"] for one in site.slack.responses] == ["Nothing was found for “budget”."]
    dialogue = await site.open("pitch")
    began = clock()
    sent = await site.sender.submit_view(dialogue, user="U1", **{"title-en": "Tax map"})
    assert (sent.json()["response_action"], clock() - began < 0.3) == ("update", True)
    assert "One moment" in json.dumps(sent.json(), ensure_ascii=False)
    await site.settled()
    refused = site.slack.views[dialogue]
    assert "This is needed." in refused["blocks"][0]["text"]["text"]
    assert next(one for one in refused["blocks"] if one.get("block_id") == "title-en")["element"]["initial_value"] == (
        "Tax map"
    )
