"""The roster of the chat: read slowly and to its end, kept by what is told later, and what follows when one leaves."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from litestar.testing import AsyncTestClient
from pydantic import SecretStr
from sqlalchemy import func, select

from integrations.slack.cli import examine
from integrations.slack.client import SlackClient
from integrations.slack.workspace import SlackWorkspace
from registry.accounts.commands import start_session
from registry.accounts.models import SignInSession
from registry.activity.models import AuditEntry
from registry.database.engine import Database
from registry.people.models import Identity
from registry.people.rules import IdentityProvider
from registry.ports import ChatMember, TryLater, Workplace
from registry.privacy.commands import erase_person
from registry.roster.commands import record_members
from registry.roster.looking import AGAIN_AFTER, RosterLook
from registry.roster.models import RosterMember
from registry.settings import Settings
from tests.conftest import application, on_one_database
from tests.factories import a_person
from tests.fakes.http import Reply
from tests.fakes.slack import TEAM_ID, TOKEN, FakeSlack
from tests.pages import words
from tests.visits import BASE, visit_to

NOW = datetime(2026, 7, 25, 1, tzinfo=UTC)
SLACK = IdentityProvider.SLACK


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        yield fake


class Look:
    """A look at a workspace whose sleeping is noted, and moves the fake's minute."""

    def __init__(self, slack: FakeSlack) -> None:
        self.slack, self.now, self.minute = slack, NOW, 0.0
        slack.clock = lambda: self.minute
        self.roster = RosterLook(
            SlackWorkspace(SlackClient(token=TOKEN, url=slack.url), team_id=TEAM_ID, url=slack.url),
            clock=lambda: self.now, sleep=self.sleep,
        )

    async def sleep(self, seconds: float) -> None:
        self.minute += seconds
        self.now += timedelta(seconds=seconds)


async def gone(database: Database) -> list[str]:
    async with database.reading() as reader:
        return list(await reader.scalars(
            select(RosterMember.subject).where(RosterMember.is_gone).order_by(RosterMember.subject)
        ))


@on_one_database
async def test_the_desk_and_the_check_say_so_until_somebody_has_begun_to_keep_the_members(
    slack: FakeSlack, settings: Settings, database: Database
) -> None:
    said = "The chat's members · are not kept Run `keng slack sync` once"
    connected = settings.model_copy(update={
        "slack_url": slack.url, "slack_bot_token": SecretStr(TOKEN), "slack_team_id": TEAM_ID,
    })
    slack.add_user("U1", "x")
    pages = []
    for own in (settings, connected):
        async with AsyncTestClient(application(own), base_url=BASE) as client:
            visit = await visit_to(client).play("organiser")
            pages.append(said in words((await client.get("/desk")).text))
            if own is connected:
                await Look(slack).roster.look(database)
                pages.append(said in words((await visit.client.get("/desk")).text))
    assert pages == [False, True, False]
    assert f"members: kept; last look at all of them on {NOW.date()}" in (await examine(connected))[0]


async def test_a_look_goes_on_where_it_stopped_and_calls_nobody_gone_before_its_end(
    slack: FakeSlack, settings: Settings, database: Database
) -> None:
    for number in range(1_050):
        slack.add_user(f"U{number:04}", f"成員 {number}", is_bot=number == 7)
    slack.limits["users.list"] = 20
    look = Look(slack)
    seen: list[int] = []
    await look.roster.take_turn(Workplace(settings, database, lambda: NOW), NOW)  # nobody has begun: nothing is kept
    assert slack.requests["POST /api/users.list"] == 0
    await look.roster.look(database, on_progress=seen.append)
    assert (seen[-1], slack.requests["POST /api/users.list"], look.minute) == (1_050, 6, 15.0)
    async with database.reading() as reader:
        rows = (await reader.execute(select(RosterMember.__table__))).all()
    assert (len(rows), "canary" in str(rows), sum(row.is_bot for row in rows)) == (1_050, False, 1)
    assert (rows[0].subject, rows[0].timezone) == (f"{TEAM_ID}:U0000", "Asia/Taipei")

    del slack.users["U1049"]
    slack.users["U0003"].update(deleted=True, updated=1_800_000_000)
    look.now += AGAIN_AFTER
    later = Workplace(settings, database, lambda: look.now)
    slack.fail_next("/api/users.list", Reply({"ok": True, "members": list(slack.users.values())[:200],
                                               "response_metadata": {"next_cursor": "200"}}))
    slack.fail_next("/api/users.list", Reply(raw=b"", status=502))
    with pytest.raises(TryLater):
        await look.roster.take_turn(later, look.now)
    assert await gone(database) == [f"{TEAM_ID}:U0003"]  # told so; the one who is missing was not looked for yet
    slack.requests.clear()
    await look.roster.take_turn(later, look.now)
    assert slack.requests["POST /api/users.list"] == 5
    assert await gone(database) == [f"{TEAM_ID}:U0003", f"{TEAM_ID}:U1049"]
    await look.roster.take_turn(later, look.now)
    assert slack.requests["POST /api/users.list"] == 5


async def test_a_pause_is_sat_out_and_a_cursor_that_slack_forgot_begins_anew(
    slack: FakeSlack, database: Database
) -> None:
    for number in range(250):
        slack.add_user(f"U{number}", "x")
    look = Look(slack)
    slack.fail_next("/api/users.list", Reply({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "40"}))
    slack.fail_next("/api/users.list", Reply({"ok": True, "members": [], "response_metadata": {"next_cursor": "old"}}))
    slack.fail_next("/api/users.list", Reply({"ok": False, "error": "invalid_cursor"}))
    looked = await look.roster.look(database, waits=True)
    assert (looked.seen, looked.gone, look.minute) == (250, 0, 46.0)


async def test_who_leaves_is_signed_out_stays_in_the_history_and_who_was_erased_is_not_written_again(
    database: Database
) -> None:
    async with database.writing() as session:
        person = await a_person(session, display_name="Ada Canary")
        session.add(Identity(person_id=person.id, provider=SLACK, subject="T1:U1", verified_at=NOW))
        await start_session(session, person_id=person.id, browser="", now=NOW, life=timedelta(days=9), instead_of=None)

    async def told(name: str, *, minutes: int, is_gone: bool = False) -> None:
        async with database.writing() as session:
            await record_members(session, [("T1:U1", ChatMember(
                id="U1", name=name, is_gone=is_gone, timezone="Asia/Taipei",
                changed_at=NOW + timedelta(minutes=minutes),
            ))], chat=SLACK, now=NOW)

    await told("Ada Canary", minutes=5)
    await told("An older name", minutes=3, is_gone=True)
    assert await gone(database) == []
    await told("Ada Canary", minutes=9, is_gone=True)
    await told("Ada Canary", minutes=9, is_gone=True)
    async with database.reading() as reader:
        assert await reader.scalar(select(func.count()).select_from(SignInSession)) == 0
        assert list(await reader.scalars(select(AuditEntry.action))) == ["left the chat"]
        assert await reader.scalar(select(func.count()).select_from(Identity)) == 1
    async with database.writing() as session:
        await erase_person(session, person_id=person.id, now=NOW)
    await told("Ada Canary", minutes=99)
    async with database.reading() as reader:
        row = (await reader.execute(select(RosterMember.__table__))).one()
    assert (row.display_name, row.timezone, row.is_forgotten, row.is_gone) == ("", None, True, False)
