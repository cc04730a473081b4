"""What people can trust: that what they did is there, whatever fails beside it."""

from typing import Any
from unittest.mock import patch

import msgspec
import pytest

from integrations.github.sync import GitHubSync
from registry.database.engine import Database
from registry.proposals.editing import written_pitch
from registry.proposals.models import Proposal
from registry.repositories.queries import RepositoryDue
from registry.repositories.rules import RepositoryState
from registry.settings import Settings
from tests.conftest import in_trust, postgresql_in_trust
from tests.fakes.github import FakeGitHub
from tests.fakes.slack import FakeSlack
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
from tests.trust.promises import promise, promised, replaced
from tests.trust.tellings import Outside, told_of

LOOK = GitHubSync._look
orders_of_telling = pytest.mark.parametrize(
    ("database_url", "orders"), [("sqlite", 7), in_trust("postgresql", 100), in_trust("sqlite", 500)],
    indirect=["database_url"],
)


def _as_if_seen(self: GitHubSync, one: RepositoryDue, read: Any) -> Any:
    return LOOK(self, msgspec.structs.replace(one, state=RepositoryState.PRESENT), read)


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
