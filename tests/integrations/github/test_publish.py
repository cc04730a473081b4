"""Records go to a repository as pull requests, over real sockets: once, up to date, and with reasons where not."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from github import Auth
from pydantic import SecretStr, ValidationError
from sqlalchemy import select, update

from integrations.github import connect
from integrations.github.client import GitHubClient
from integrations.github.publish import (
    ARCHIVED,
    CHANGED_THERE,
    CLOSED,
    EMPTY,
    MOVED,
    NO_REPOSITORY,
    NO_WRITING,
    PROTECTED,
    PullRequests,
)
from registry.activity.delivery import deliver_kind
from registry.activity.models import AuditEntry, OutboxMessage
from registry.cases.models import CaseStudy
from registry.database.engine import Database
from registry.events.models import Event
from registry.ports import Outgoing, TryLater, Undeliverable, Workplace
from registry.publishing.commands import offer_changed, offer_record
from registry.publishing.models import Publication
from registry.publishing.rules import PULL_REQUEST, Collection
from registry.settings import Settings
from tests.conftest import on_one_database
from tests.factories import a_case, an_event
from tests.fakes.github import TOKEN
from tests.fakes.github_pulls import FakePulls
from tests.fakes.http import Reply
from tests.pages import main_of, words
from tests.visits import Visit

NAME = "g0v/record"
NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
README = {"README.md": "# The record"}


@pytest.fixture
def github() -> Iterator[FakePulls]:
    """GitHub with a repository for records."""
    with FakePulls() as fake:
        fake.add_record(NAME, README)
        yield fake


@pytest.fixture
def place(settings: Settings, database: Database) -> Workplace:
    return Workplace(settings, database, lambda: NOW)


def _pulls(github: FakePulls, place: Workplace, *, token: str = TOKEN, pause: float = 0) -> PullRequests:
    client = GitHubClient(
        api_url=github.url, auth=Auth.Token(token), kept_free=0, now=lambda: NOW, seconds=5,
        seconds_between_writes=pause,
    )
    return PullRequests(client, NAME, base_url=place.settings.base_url)


async def _offer(place: Workplace, collection: Collection, slug: str) -> None:
    async with place.database.writing() as session:
        await offer_record(
            session, collection=collection, slug=slug, base_url=place.settings.base_url, by="ada", now=NOW
        )


async def _case(place: Workplace) -> str:
    """A case that was offered; the message that carries it out is due."""
    async with place.database.writing() as session:
        case = await a_case(session, slug="a-map", title={"en": "A budget", "zh-Hant": "預算"})
    await _offer(place, Collection.CASES, "a-map")
    return f"keng/case-{case.id}"


async def test_a_record_is_one_pull_request_brought_up_to_date_in_place(github: FakePulls, place: Workplace) -> None:
    branch, pulls = await _case(place), _pulls(github, place)
    async with place.database.writing() as session:
        await an_event(session, slug="第一次", name={"zh-Hant": "第一次黑客松"})
    await _offer(place, Collection.EVENTS, "第一次")
    await _offer(place, Collection.EVENTS, "第一次")
    assert await deliver_kind(place, PULL_REQUEST, pulls) == 2
    assert [pull["title"] for pull in github.pulls[NAME]] == ["Case study: A budget", "Event: 第一次黑客松"]
    assert set(github.files_on(NAME, branch)) == {"README.md", "cases/a-map.en.md", "cases/a-map.zh-Hant.md"}
    assert github.files_on(NAME, "main") == README
    github.writes.clear()
    await _offer(place, Collection.CASES, "a-map")
    await offer_changed(place, NOW)
    await deliver_kind(place, PULL_REQUEST, pulls)
    assert github.writes == []
    async with place.database.writing() as session:
        await session.execute(update(Event).values(name={"zh-Hant": "第零次黑客松"}))
    await offer_changed(place, NOW)
    assert await deliver_kind(place, PULL_REQUEST, pulls) == 1
    assert [pull["title"] for pull in github.pulls[NAME]] == ["Case study: A budget", "Event: 第零次黑客松"]
    assert [what.split(" ")[0] for _, what in github.writes] == ["POST", "POST", "PATCH", "PATCH"]
    async with place.database.reading() as reader:
        actors = list(await reader.scalars(select(AuditEntry.actor).order_by(AuditEntry.id)))
        urls = set(await reader.scalars(select(Publication.url)))
    assert (actors, urls) == (
        ["ada", "ada", "ada", "publishing"], {f"{github.url}/{NAME}/pull/{number}" for number in (1, 2)}
    )


@on_one_database
async def test_merged_changed_and_hidden_records_are_followed(github: FakePulls, place: Workplace) -> None:
    branch, pulls = await _case(place), _pulls(github, place)
    await deliver_kind(place, PULL_REQUEST, pulls)
    github.merge(NAME, keeps_branch=True)
    github.writes.clear()
    await _offer(place, Collection.CASES, "a-map")
    await deliver_kind(place, PULL_REQUEST, pulls)
    assert (github.writes, len(github.pulls[NAME])) == ([], 1)
    async with place.database.writing() as session:
        await session.execute(update(CaseStudy).values(hidden_at=NOW))
    await offer_changed(place, NOW)
    assert await deliver_kind(place, PULL_REQUEST, pulls) == 1
    assert (github.files_on(NAME, branch), github.pulls[NAME][1]["title"][:9]) == (README, "Take out:")
    async with place.database.writing() as session:
        await session.execute(update(CaseStudy).values(hidden_at=None))
    await offer_changed(place, NOW)
    assert await deliver_kind(place, PULL_REQUEST, pulls) == 1
    assert (github.pulls[NAME][1]["state"], branch in github.branches[NAME]) == ("closed", False)


@on_one_database
async def test_what_may_be_out_is_looked_for_wherever_it_broke_off(github: FakePulls, place: Workplace) -> None:
    branch, pulls = await _case(place), _pulls(github, place)
    async with place.database.reading() as reader:
        payload = (await reader.scalars(select(OutboxMessage.payload))).one()
    message = Outgoing(key="k", kind=PULL_REQUEST, payload=payload, attempt=1, may_be_out=False)
    github.lost = ["/git/trees", "/git/commits", "/git/refs", "/pulls"]
    for _step in range(4):
        with pytest.raises(TryLater) as broken:
            await pulls.deliver(message, place.database)
        assert broken.value.may_be_out
    await pulls.deliver(message, place.database)
    assert (github.lost, len(github.pulls[NAME]), len(github.branches[NAME])) == ([], 1, 2)
    assert "cases/a-map.en.md" in github.files_on(NAME, branch)
    writes = len(github.writes)
    await pulls.deliver(message, place.database)
    assert len(github.writes) == writes


@on_one_database
async def test_each_refusal_is_a_sentence_and_nothing_is_forced(github: FakePulls, place: Workplace) -> None:
    branch, pulls = await _case(place), _pulls(github, place)
    async with place.database.reading() as reader:
        payload = (await reader.scalars(select(OutboxMessage.payload))).one()
    message = Outgoing(key="k", kind=PULL_REQUEST, payload=payload, attempt=1, may_be_out=False)

    async def refusal() -> str:
        with pytest.raises((Undeliverable, TryLater)) as told:
            await pulls.deliver(message, place.database)
        return str(told.value)

    repository = github.repositories[NAME]
    told = []
    for fields in ({"permissions": {"push": False}}, {"archived": True, "permissions": {"push": True}}):
        github.repositories[NAME] = {**repository, **fields}
        told.append(await refusal())
    github.repositories[NAME] = repository
    for path, reply in (
        ("", Reply({"message": "Not Found"}, 404)),
        ("/git/ref/heads/main", Reply({"message": "Git Repository is empty."}, 409)),
        ("/git/trees", Reply({"message": "Resource not accessible by personal access token"}, 403)),
        ("/git/trees", Reply({"message": "Not Found"}, 404)),
        ("/git/refs", Reply({"message": "Repository rule violations found"}, 422)),
        ("/git/refs", Reply({"message": "Reference already exists"}, 422)),
    ):
        github.fail_next(f"/repos/{NAME}{path}", reply)
        told.append(await refusal())
    assert told == [NO_WRITING, ARCHIVED, NO_REPOSITORY, EMPTY, NO_WRITING, NO_WRITING, PROTECTED, MOVED]
    github.fail_next(f"/repos/{NAME}", Reply({"message": "slow down"}, 429, {"Retry-After": "90"}))
    with pytest.raises(TryLater) as wait:
        await pulls.deliver(message, place.database)
    assert wait.value.after == timedelta(seconds=90)
    pulls = _pulls(github, place)
    assert (github.pulls[NAME], list(github.branches[NAME])) == ([], ["main"])
    await deliver_kind(place, PULL_REQUEST, pulls)
    github.commit_files(NAME, branch, {"cases/a-map.en.md": "reviewed"})
    assert await refusal() == CHANGED_THERE
    assert github.files_on(NAME, branch)["cases/a-map.en.md"] == "reviewed"
    github.pulls[NAME][0]["state"] = "closed"
    assert await refusal() == CLOSED
    pulls = _pulls(github, place, token="revoked")
    assert "KENG_GITHUB_TOKEN" in await refusal()
    with pytest.raises(ValidationError, match="OWNER/NAME"):
        Settings(github_publish_repository="https://github.com/g0v/record")


@on_one_database
async def test_changes_are_a_second_apart(github: FakePulls, place: Workplace) -> None:
    await _case(place)
    await deliver_kind(place, PULL_REQUEST, _pulls(github, place, pause=0.2))
    moments = [moment for moment, _ in github.writes]
    assert len(moments) == 4
    assert min(after - before for before, after in pairwise(moments)) > 0.19
    with_token = Settings(
        github_publish_repository=NAME, github_publish_token=SecretStr("ghp_writes"), database_url="sqlite:///x"
    )
    assert (set(connect(with_token).deliverers), set(connect(Settings()).deliverers)) == ({PULL_REQUEST}, set())


@on_one_database
async def test_an_organiser_publishes_from_the_events_desk(visit: Visit, database: Database) -> None:
    async with database.writing() as session:
        await an_event(session, slug="hackathon-9", name={"en": "The ninth"})
        await a_case(session, slug="a-map", title={"en": "A budget"})
    await visit.play("organiser")
    answer = await visit.submit("/publishing", "/publishing/events/hackathon-9")
    shown = words(main_of((await visit.client.get("/publishing")).text))
    assert (answer.status_code, "No repository is set up" in shown) == (404, True)
    visit.client.app.state.connections = _with(visit)  # type: ignore[attr-defined]
    try:
        run = await visit.fill("/events/hackathon-9/run", "/publishing/events/hackathon-9")
        assert (run.status_code, run.headers["location"]) == (303, "/events/hackathon-9/run?done=record-offered")
        await visit.fill("/publishing", "/publishing/cases/a-map")
        shown = words(main_of((await visit.client.get("/publishing")).text))
        assert ("Case studies not offered yet" in shown, shown.count("On its way.")) == (False, 2)
    finally:
        visit.client.app.state.connections = visit.client.app.state.connections_before  # type: ignore[attr-defined]


def _with(visit: Visit) -> object:
    state = visit.client.app.state  # type: ignore[attr-defined]
    state.connections_before = state.connections
    own = Settings(github_publish_repository=NAME, github_publish_token=SecretStr("ghp_writes"))
    return connect(own)
