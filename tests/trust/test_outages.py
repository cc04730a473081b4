"""What people can trust: that what goes wrong at GitHub and Slack does not reach them."""

from datetime import timedelta
from itertools import count
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import msgspec
import pytest

from integrations.github.sync import GitHubSync
from registry.channels.queries import ChannelsSeen, channels_seen
from registry.database.engine import Database, Reader
from registry.repositories.queries import RepositoryDue
from registry.repositories.rules import RepositoryState
from registry.settings import Settings
from tests.announcements.test_news import a_pitch
from tests.conftest import in_trust, on_one_database
from tests.factories import an_event
from tests.fakes.github import FakeGitHub
from tests.fakes.slack import FakeSlack
from tests.pages import words
from tests.trust.outages import (
    CANARY,
    LAST_LOOK,
    TIMES_AS_MUCH,
    Outage,
    Rounds,
    a_newsroom,
    asking_github,
    change_at_github,
    connected,
    known_of_github,
    true_of_github,
)
from tests.trust.promises import promise, promised, replaced
from tests.trust.tellings import Outside, told_of

LOOK = GitHubSync._look
ROUNDS = 3
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
    16, "Whatever goes wrong at GitHub and Slack, every page answers, and all take at most 1.2 times their usual work.",
    fault="a project's page asks GitHub while it is drawn",
    planted=replaced("registry.projects.pages.project_code", asking_github),
)
async def test_pages_do_not_wait_for_others(settings: Settings, database: Database) -> str:
    times_as_much, numbers = list[float](), count(2)
    async with connected(settings, database) as site:
        await site.visit.play("administrator")
        pages = list(await site.pages())
        assert len(pages) > 70
        for outage in Outage:
            rounds = Rounds()
            for took, fault in ((rounds.usual, None), (rounds.out, outage)) * ROUNDS:
                change_at_github(site.servers.github, next(numbers))  # of what is the same GitHub sends no body
                site.servers.go_out(fault)
                assert await site.looks.take() == ([] if fault is None else ["GitHub", "Slack"])
                site.looks.now += timedelta(hours=1)
                for page in pages:
                    answer, seconds = await site.timed(page)
                    with promised():
                        assert answer.status_code == 200, (outage, page)
                    took[page].append(seconds)
            times_as_much.append(rounds.times_as_much())
            with promised():
                assert (rounds.waiting(), rounds.dearer()) == ([], []), outage
                assert times_as_much[-1] <= TIMES_AS_MUCH, outage
    return (
        f"{len(Outage)} faults of both, {len(pages)} pages: all answer 200, none waits, and together they take at most "
        f"{max(times_as_much):.2f} times their seconds of a processor"
    )


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
    day = LAST_LOOK.astimezone(ZoneInfo(settings.timezone))
    told = {page: words(text).casefold() for page, text in pages.items() if CANARY in text}
    assert {"/channels", "/projects/none", "/projects/none/code", "/start/issues"} <= set(told)
    with promised():
        assert [page for page, text in told.items() if f"as of {day:%b %-d, %Y}".casefold() not in text] == []
    return f"{len(told)} pages of {len(pages)} show something of theirs, all with its day"


@pytest.mark.trust
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
