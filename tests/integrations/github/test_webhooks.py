"""What GitHub tells by itself: only GitHub is believed, once, in any order; the rest is acknowledged and left alone."""

import hashlib
import hmac
import json
import random
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import select

from integrations.github.webhooks import LARGEST_BODY, GitHubDoor, HookWork
from registry.activity.models import AuditEntry
from registry.app import create_app
from registry.database.engine import Database
from registry.hooks.models import HookDelivery
from registry.inbox.models import Notice
from registry.ports import HookCall, Workplace
from registry.repositories.commands import record_repositories
from registry.repositories.findings import RepositoryFound, RepositoryLook
from registry.repositories.models import ProjectRepository, Repository, RepositoryAlias
from registry.repositories.rules import RepositoryState
from registry.settings import Settings
from tests.conftest import postgresql_in_trust, statements_of
from tests.factories import a_membership, a_person, a_project

SECRET = "a secret that GitHub knows"
NOW = datetime(2026, 7, 25, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PATH = GitHubDoor.path


def told(action: str = "edited", *, minutes: int = 0, **repository: Any) -> dict[str, Any]:
    """A webhook's body; ``minutes`` is how long after NOW the repository was as it says."""
    moment = (NOW + minutes * MINUTE).isoformat()
    return {
        "action": action, "sender": {"login": "ada"}, "changes": {"name": {"from": 5}},
        "repository": {
            "id": 7, "full_name": "g0v/map", "private": False, "archived": False, "updated_at": moment,
            "pushed_at": 1_780_000_000, "unheard_of": [1], **repository,
        },
    }


def signed(body: bytes, *, secret: str = SECRET, **headers: str) -> dict[str, str]:
    """The headers with which GitHub sends a body."""
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {
        "x-hub-signature-256": signature, "x-github-event": "repository", "x-github-delivery": "1",
        "content-type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()},
    }


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[AsyncTestClient]:
    """An installation that listens to GitHub."""
    listening = Settings(database_url=settings.database_url, page_cache=False, github_webhook_secret=SECRET)
    async with AsyncTestClient(create_app(listening)) as client:
        yield client


@pytest.fixture
def written(database: Database) -> Iterator[list[str]]:
    """The statements that the writing engine runs."""
    yield from statements_of(SimpleNamespace(app=SimpleNamespace(state=SimpleNamespace(database=database))))


async def _tell(database: Database, *bodies: Any, event: str = "repository") -> None:
    """Let GitHub tell something, each under a name of its own."""
    for body in bodies:
        raw = json.dumps(body).encode()
        headers = signed(raw, x_github_event=event, x_github_delivery=f"{random.random()}")  # noqa: S311
        answer = await GitHubDoor(SECRET).answer(HookCall(raw, headers, NOW), database)
        assert (answer.status, answer.content) == (202, {"kept": True})


async def _work(database: Database, *, now: datetime = NOW + 60 * MINUTE) -> None:
    workplace = Workplace(Settings(), database, lambda: now)
    await HookWork("https://github.com").take_turn(workplace, now)


async def a_known_repository(database: Database, **fields: Any) -> None:
    """A repository, read an hour ago, of a project with an owner."""
    async with database.writing() as session:
        project = await a_project(session)
        await a_membership(session, project=project, person=await a_person(session))
        repository = Repository(**{
            "forge": "github", "forge_id": 7, "full_name": "g0v/map", "name_key": "g0v/map", "url": "https://x",
            "topics": [], "evidence": {}, "read_at": NOW - 60 * MINUTE, "etag": '"1"', **fields,
        })
        session.add(repository)
        await session.flush()
        session.add(ProjectRepository(project_id=project.id, repository_id=repository.id))


async def _all(database: Database, *columns: Any) -> list[tuple[Any, ...]]:
    async with database.reading() as reader:
        return [tuple(row) for row in await reader.execute(select(*columns).order_by(*columns))]


@postgresql_in_trust
async def test_whatever_else_is_signed_is_acknowledged_and_left_alone(
    site: AsyncTestClient, database: Database
) -> None:
    sent: list[tuple[str, Any]] = [
        ("star", told()), ("unheard_of", {}), ("repository", {}), ("repository", []), ("repository", None),
        ("repository", {"repository": None}), ("push", told(id="7")), ("push", told(id=10**30)),
        ("push", told(full_name="../../etc")), ("push", told(full_name="g0v/map\0")), ("push", told(updated_at=5)),
        ("push", told(updated_at="2026-07-25T01:00:00")), ("issues", told(action="x" * 99)), ("", told()),
        ("push", b"{"), ("push", b"\xff\xfe"),
        ("push", b""), ("push", b"[" * 100_000),
    ]
    for number, (event, content) in enumerate(sent):
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        answer = await site.post(PATH, content=raw, headers=signed(
            raw, x_github_event=event, x_github_delivery=f"{number}"
        ))
        assert (answer.status_code, answer.json()) == (202, {"ignored": True}), (event, content)
    form = urlencode({"payload": json.dumps(told())}).encode()
    ping = b'{"zen": "Keep it logically awesome.", "hook": {}}'
    large = json.dumps({**told(), "filler": "x" * 1_000}).encode().ljust(LARGEST_BODY)
    for raw, more in (
        (form, {"content_type": "application/x-www-form-urlencoded", "x_github_delivery": "\xe9" * 300}),
        (ping, {"x_github_event": "ping", "x_github_delivery": "p"}), (large, {"x_github_delivery": "large"}),
    ):
        headers = [(name.encode(), text.encode("latin-1")) for name, text in signed(raw, **more).items()]
        answer = await site.post(PATH, content=raw, headers=headers)
        assert (answer.status_code, answer.json()) == (202, {"kept": True})
    await _work(database)
    kept = await _all(database, HookDelivery.delivery_id, HookDelivery.worked_at)
    assert [name for name, _ in kept] == [hashlib.sha256(form).hexdigest(), "large", "p"]
    assert None not in {worked_at for _, worked_at in kept}


async def test_what_is_told_changes_the_registry_and_tells_the_owner(database: Database) -> None:
    await a_known_repository(database)
    steps: list[tuple[dict[str, Any], str, tuple[str, bool, RepositoryState]]] = [
        (told("renamed", minutes=1, full_name="g0v/taxes"),
         "repository_moved", ("g0v/taxes", False, RepositoryState.PRESENT)),
        (told("transferred", minutes=2, full_name="ocf/taxes"),
         "repository_moved", ("ocf/taxes", False, RepositoryState.PRESENT)),
        (told("archived", minutes=3, full_name="ocf/taxes", archived=True),
         "repository_archived", ("ocf/taxes", True, RepositoryState.PRESENT)),
        (told("unarchived", minutes=4, full_name="ocf/taxes"), "", ("ocf/taxes", False, RepositoryState.PRESENT)),
        (told("privatized", minutes=5, full_name="ocf/taxes", private=True),
         "repository_closed", ("ocf/taxes", False, RepositoryState.CLOSED)),
        (told("publicized", minutes=6, full_name="ocf/taxes"), "", ("ocf/taxes", False, RepositoryState.PRESENT)),
        (told("deleted", minutes=6, full_name="ocf/taxes"),
         "repository_gone", ("ocf/taxes", False, RepositoryState.GONE)),
        (told("edited", minutes=6, full_name="ocf/taxes"), "", ("ocf/taxes", False, RepositoryState.GONE)),
        (told("renamed", minutes=1, full_name="g0v/taxes"), "", ("ocf/taxes", False, RepositoryState.GONE)),
    ]
    notices: list[str] = []
    for body, notice, stands in steps:
        await _tell(database, body)
        await _work(database)
        notices += [notice] if notice else []
        assert await _all(database, Repository.full_name, Repository.is_archived, Repository.state) == [stands]
        assert [kind for _, kind in await _all(database, Notice.id, Notice.kind)] == notices
    assert await _all(database, RepositoryAlias.name_key) == [("g0v/map",), ("g0v/taxes",)]
    assert await _all(database, Repository.url, Repository.wanted_at, Repository.etag) == [
        ("https://github.com/ocf/taxes", NOW + 60 * MINUTE, None)
    ]
    assert len(await _all(database, AuditEntry.id, AuditEntry.actor)) == 7


async def test_another_repository_at_a_known_name_is_not_taken_for_the_one_we_know(database: Database) -> None:
    await a_known_repository(database)
    await _tell(database, told("created", minutes=9, id=8, archived=True), told(id=9, full_name="g0v/other"))
    await _work(database)
    assert await _all(database, Repository.full_name, Repository.is_archived, Repository.wanted_at) == [
        ("g0v/map", False, NOW + 60 * MINUTE)
    ]
    assert await _all(database, Notice.kind) == []


async def test_a_look_that_began_earlier_undoes_nothing_that_was_told_meanwhile(database: Database) -> None:
    await a_known_repository(database)
    async with database.reading() as reader:
        number = await reader.scalar(select(Repository.id))
    assert number is not None
    await _tell(database, told("archived", minutes=3, archived=True))
    await _tell(database, told(minutes=3, archived=True), event="push")
    await _work(database)
    found = RepositoryFound(
        forge_id=7, full_name="g0v/map", url="https://x", etag='"2"', pushed_at=NOW, updated_at=NOW + 2 * MINUTE
    )
    for updated_at, is_archived, is_wanted in ((NOW + 2 * MINUTE, True, True), (NOW + 4 * MINUTE, False, True)):
        async with database.writing() as session:
            look = RepositoryLook(number, msgspec.structs.replace(found, updated_at=updated_at))
            await record_repositories(session, looks=[look], by="test", now=NOW)
        (shown, wanted_at), = await _all(database, Repository.is_archived, Repository.wanted_at)
        assert (shown, wanted_at is not None) == (is_archived, is_wanted)


async def test_keeping_what_is_told_is_one_statement_and_leaving_it_alone_is_none(
    database: Database, written: list[str]
) -> None:
    for number in range(3):
        await _tell(database, told(minutes=number), event="push")
    assert [one.split()[0] for one in written] == ["INSERT"] * 3
    raw = json.dumps(told()).encode()
    await GitHubDoor(SECRET).answer(HookCall(raw, signed(raw, x_github_event="star"), NOW), database)
    assert len(written) == 3
    assert "sender" not in str(await _all(database, HookDelivery.payload))
