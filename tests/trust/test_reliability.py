"""What people can trust: that what they did is there, whatever fails beside it."""

import asyncio
from collections import defaultdict
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from litestar.testing import AsyncTestClient
from pydantic import SecretStr
from sqlalchemy import select

from integrations.github.sync import GitHubSync
from registry.channels.queries import ChannelsSeen, channels_seen
from registry.database.engine import Database, Reader
from registry.projects.queries.listing import project_cards
from registry.proposals.editing import written_pitch
from registry.proposals.models import Proposal
from registry.repositories.queries import RepositoryDue
from registry.repositories.rules import RepositoryState
from registry.search.queries import MOST_HITS
from registry.settings import Settings
from registry.tokens.rules import Scope
from tests.announcements.test_news import a_pitch
from tests.conftest import application, in_trust, on_one_database, postgresql_in_trust
from tests.factories import an_event
from tests.fakes.github import FakeGitHub
from tests.fakes.slack import FakeSlack
from tests.pages import words
from tests.tokens.scripts import a_script
from tests.trust.editors import (
    AT_FIRST,
    SERVERS,
    a_shared_pitch,
    all_at_once,
    browsers,
    each_in_a_hurry,
    history,
    text_now,
)
from tests.trust.long_lists import LongLists, asked_for, goes_on, lists
from tests.trust.outages import (
    CANARY,
    LAST_LOOK,
    Outage,
    Took,
    a_newsroom,
    asking_github,
    change_at_github,
    connected,
    known_of_github,
    slowest,
    true_of_github,
    waited,
)
from tests.trust.promises import promise, promised, replaced
from tests.trust.tellings import Outside, told_of
from tests.visits import BASE, visit_to

LOOK = GitHubSync._look
ROUNDS, MOST_TIMES = 2, 1.2
SIZES = (10, 1_000, 10_000)
orders_of_telling = pytest.mark.parametrize(
    ("database_url", "orders"), [("sqlite", 7), in_trust("postgresql", 100), in_trust("sqlite", 500)],
    indirect=["database_url"],
)


def _as_if_seen(self: GitHubSync, one: RepositoryDue, read: Any) -> Any:
    return LOOK(self, msgspec.structs.replace(one, state=RepositoryState.PRESENT), read)


async def _without_its_day(reader: Reader, **asked: Any) -> ChannelsSeen:
    return msgspec.structs.replace(await channels_seen(reader, **asked), seen_at=None)


async def _nothing_found(*_asked: Any, **_more: Any) -> None:
    return None


@pytest.mark.trust
@on_one_database
@promise(
    16, "Whatever goes wrong at GitHub and Slack, every page answers, in at most 1.2 times its usual time.",
    fault="a project's page asks GitHub while it is drawn",
    planted=replaced("registry.projects.pages.project_code", asking_github),
)
async def test_pages_do_not_wait_for_others(settings: Settings, database: Database) -> str:
    usual, out = defaultdict[tuple[Outage, str], list[Took]](list), defaultdict[tuple[Outage, str], list[Took]](list)
    async with connected(settings, database) as site:
        await site.visit.play("administrator")
        pages = list(await site.pages())
        assert len(pages) > 70
        for outage in [one for one in Outage for _round in range(ROUNDS)]:
            for is_out in (False, True):
                site.servers.go_out(outage if is_out else None)
                jobs = asyncio.create_task(site.looks.take())
                for page in pages:
                    answer, took = await site.timed(page)
                    with promised():
                        assert answer.status_code == 200, (outage, page)
                    (out if is_out else usual)[outage, page].append(took)
                assert await jobs or not is_out
                site.looks.now += timedelta(minutes=5)
    times = slowest(usual, out)
    with promised():
        assert (waited(usual, out), times <= MOST_TIMES) == ([], True), times
    return f"{len(pages)} pages, {len(Outage)} faults: all answer 200, in at most {times:.2f} times the usual time"


@pytest.mark.trust
@on_one_database
@promise(
    16, "Each public page of what GitHub or Slack told says as of when it is.",
    fault="the list of channels does not say when Slack told it",
    planted=replaced("registry.channels.pages.channels_seen", _without_its_day),
)
async def test_pages_say_how_old_they_are(settings: Settings, database: Database) -> str:
    async with connected(settings, database) as site:
        for outage in (Outage.ERROR, Outage.LIMITED):
            site.servers.go_out(outage)
            assert await site.looks.take() == ["GitHub", "Slack"]
        pages = await site.pages()
    told = {page: words(text).casefold() for page, text in pages.items() if CANARY in text}
    assert {"/channels", "/projects/none", "/projects/none/code", "/start/issues"} <= set(told)
    with promised():
        assert [page for page, text in told.items() if f"as of {LAST_LOOK:%b %-d, %Y}".casefold() not in text] == []
    return f"{len(told)} pages of {len(pages)} show something of theirs, all with its day"


@postgresql_in_trust
@promise(
    16, "After each of these faults nothing is lost and nothing doubled, here and there.",
    fault="what may have arrived is not looked for before it is sent again",
    planted=replaced("integrations.slack.workspace.SlackWorkspace.find_posted", _nothing_found),
)
async def test_nothing_is_lost_or_doubled_by_a_fault(settings: Settings, database: Database) -> str:
    async with a_newsroom(settings, database) as (newsroom, looks, servers):
        async with database.writing() as session:
            event = await an_event(session, name={"en": "Hackathon 75"}, starts_on=newsroom.clock.now.date())
        for number, outage in enumerate(Outage, start=1):
            await a_pitch(newsroom, f"Pitch {number}", event=event)
            change_at_github(servers.github, number)
            servers.go_out(outage)
            for minutes in (3, 20):
                await newsroom.later(minutes=minutes)
                looks.now = newsroom.clock.now
                assert "GitHub" in await looks.take()
            servers.go_out(None)
            await newsroom.later(minutes=60)
            looks.now = newsroom.clock.now
            assert await looks.take() == []
        read = newsroom.reads()
        with promised():
            assert read == [f"Pitched for Hackathon 75: Pitch {number}" for number in range(1, len(Outage) + 1)]
            assert await known_of_github(database) == true_of_github(servers.github)
    return f"{len(Outage)} faults: {len(read)} messages and what else happened, each there once"


@orders_of_telling
@promise(
    17, "In whatever order GitHub and Slack tell of things, twice or never, the record is right after the next look.",
    fault="what could not be seen is asked for as if it had been",
    planted=replaced("integrations.github.sync.GitHubSync._look", _as_if_seen),
)
async def test_any_order_of_webhooks_ends_in_the_same_record(
    settings: Settings, database: Database, orders: int
) -> str:
    with FakeGitHub() as github, FakeSlack() as slack, patch("registry.hooks.work.PAUSE_SECONDS", 0):
        outside = Outside(settings, database, github, slack, orders)
        await outside.begin()
        await outside.happen()
        assert await outside.known_of_slack() != outside.true_of_slack()
        await outside.look_at_last()
        known, kept = await outside.known_repositories(), await outside.kept()
    with promised():
        assert known == outside.true_repositories()
        assert await outside.known_of_slack() == outside.true_of_slack()
        assert kept == outside.ids
    return (
        f"{orders} orders: {outside.told} webhooks, {outside.told - outside.ids} of them repeated, {outside.lost} "
        "never came; 0 records differ"
    )


@orders_of_telling
@promise(
    17, "What GitHub tells late undoes nothing that is newer, even before the next look.",
    fault="what comes last is believed",
    planted=replaced("registry.repositories.commands.after_telling", lambda _known, told, **_now: told),
)
async def test_what_is_told_late_undoes_nothing(settings: Settings, database: Database, orders: int) -> str:
    with (
        FakeGitHub() as github, FakeSlack() as slack, patch("registry.hooks.work.PAUSE_SECONDS", 0),
        patch("tests.trust.tellings.LOST", 0), patch("tests.trust.tellings.HALF_LOOK_AFTER", ()),
    ):
        outside = Outside(settings, database, github, slack, orders)
        await outside.begin()
        await outside.happen()
        known = await outside.known_repositories()
    with promised():
        assert list(map(told_of, known)) == list(map(told_of, outside.true_repositories()))
    return f"{orders} orders, {outside.told} webhooks: 0 repositories moved back"


async def _unlocked(session: Any, slug: str, by: Any) -> Any:
    found = await written_pitch(session, slug, by)
    return await session.get_one(Proposal, found.id), found


async def _edited(settings: Settings, database: Database, editors: int) -> str:
    """Let as many edit a pitch: each change must replace what its writer saw, or come back with what was typed."""
    tokens = await a_shared_pitch(database, editors)
    async with browsers(settings, tokens) as visits:
        sent = [*await all_at_once(visits), *await each_in_a_hurry(visits)]
    landed = [(one.seen, one.written) for one in sent if one.status == 303]
    told = [one for one in sent if one.status == 409]
    changes, text = await history(database), await text_now(database)
    assert len(landed) + len(told) == len(sent) == 2 * editors
    with promised():
        assert sorted(changes) == sorted(landed)
        assert [before for before, _after in changes] == [AT_FIRST, *(after for _before, after in changes)][:-1]
        assert text == changes[-1][1]
        assert [one.kept for one in told] == [one.written for one in told]
    return f"{len(sent)} changes sent by {editors} people at {SERVERS} servers: 0 overwritten unseen, 0 texts lost"


@postgresql_in_trust
@pytest.mark.parametrize("editors", [10, in_trust(200)])
@promise(
    18, "However many edit one pitch at once, nobody overwrites what they have not seen.",
    fault="a form filled from an older revision is taken",
    planted=replaced("registry.proposals.commands.refuse_older_revision", lambda *_record, **_theirs: None),
)
async def test_nobody_overwrites_what_they_have_not_seen(settings: Settings, database: Database, editors: int) -> str:
    return await _edited(settings, database, editors)


@pytest.mark.parametrize("database_url", [in_trust("postgresql")], indirect=True)
@promise(
    18, "Two servers that change one pitch on PostgreSQL at the same instant wait for each other.",
    fault="the pitch is not locked while it is changed",
    planted=replaced("registry.proposals.commands._to_change", _unlocked),
)
async def test_two_servers_wait_for_each_other(settings: Settings, database: Database) -> str:
    return await _edited(settings, database, 60)


async def _asking_for_each(reader: Reader, *asked: Any, **more: Any) -> Any:
    cards = await project_cards(reader, *asked, **more)
    for _card in cards:
        await reader.execute(select(1))
    return cards


@pytest.mark.trust
@promise(
    20, "A list asks the database as often with 10,000 rows as with 10; the API's search once more above 500 finds.",
    fault="the list of projects asks once more for each of its rows",
    planted=replaced("registry.projects.pages.project_cards", _asking_for_each),
)
async def test_lists_ask_as_often_however_long_they_are(settings: Settings, database: Database) -> str:
    offering = settings.model_copy(update={
        "github_publish_repository": "g0v/record", "github_publish_token": SecretStr("token"),
    })
    record, counts = LongLists(database), dict[str, int]()
    async with AsyncTestClient(application(offering), base_url=BASE) as client:
        visit = await visit_to(client).play("administrator")
        await record.begin()
        script = await a_script(visit, Scope.READ)
        for rows in SIZES:
            await record.grow(rows)
            for route, address in lists(client.app).items():
                reader = script.client if "/me/" in route else client
                answer, asked = await asked_for(client, reader, address)
                assert (answer.status_code, goes_on(answer.text) or rows == SIZES[0]) == (200, True), address
                more = int(route == "/api/v1/search" and rows > MOST_HITS)
                with promised():
                    assert asked - more == counts.setdefault(route, asked), (address, rows)
    return f"{len(counts)} lists at {', '.join(f'{rows:,}' for rows in SIZES)} rows: none asks oftener"
