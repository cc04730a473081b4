"""A registry beside a GitHub and a Slack that go out of order in every way there is."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Any, NamedTuple

import httpx
from github import Auth
from litestar import Litestar
from pydantic import SecretStr
from sqlalchemy import select

from integrations.github.client import GitHubClient
from integrations.github.forge import GitHubForge
from integrations.github.sync import FORGE, GitHubSync
from integrations.slack.client import SlackClient
from integrations.slack.workspace import SlackWorkspace
from registry.announcements.rules import FactKind
from registry.app import create_app
from registry.channels.looking import ChannelLook
from registry.channels.models import Channel, ProjectChannel
from registry.database.engine import Database, Reader
from registry.ports import ChatRefused, TryLater, Workplace
from registry.projects.rules import LinkKind
from registry.repositories.code_queries import ProjectCode, project_code
from registry.repositories.models import Repository, RepositoryContributor, RepositoryRelease, StarterIssue
from registry.repositories.queries import repositories_of
from registry.repositories.rules import RepositoryState
from registry.settings import Settings
from tests.accounts.routes import example, routes
from tests.announcements.chats import Newsroom
from tests.factories import (
    a_case,
    a_credit,
    a_link,
    a_membership,
    a_person,
    a_project,
    a_proposal,
    a_registration,
    a_slot,
    a_tag,
    an_event,
)
from tests.fakes.github import TOKEN, FakeGitHub
from tests.fakes.http import FakeServer, Reply
from tests.fakes.slack import TEAM_ID, FakeSlack
from tests.fakes.slack import TOKEN as SLACK_TOKEN
from tests.visits import BASE, Visit

PATIENCE, HANGS = 2, 7
"""Seconds that the registry's jobs wait for an answer here, and how long one takes that hangs."""
SECONDS_OF_NOISE = 2.0
"""What a busy machine may add to a page that waits for nobody: less than any time-out of ours."""
TIMES_AS_MUCH = 1.2
"""How much more of a processor all pages, or one of them, may take while GitHub and Slack are out of order."""
SECONDS_BESIDE = 0.005
"""What may be added to one page: the clock of a thread, and what else a process does, count a few milliseconds."""
NAME = "g0v/none"
CANARY = "canary-7d1e"
DAY = timedelta(days=1)
LAST_LOOK = datetime.now(UTC).replace(microsecond=0) - 400 * DAY
STREAMS = ("/live", "stream")


class Outage(StrEnum):
    """How a system can be out of order. Of the last four some have done what was asked of them."""

    ERROR = "500"
    REFUSED = "refused"
    LIMITED = "429"
    BROKEN = "broken JSON"
    CUT = "half a body"
    SILENT = "silence"


class Faulty(FakeServer):
    """A fake that goes out of order on demand; what is asked of it happens all the same, where it was heard."""

    outage: Outage | None = None

    def go_out(self, outage: Outage | None) -> None:
        """Be out of order from now on, or in order again."""
        if self.outage is Outage.REFUSED:
            self.listen()
        self.outage = outage
        if outage is Outage.REFUSED:
            self.hang_up()

    def __exit__(self, *error: object) -> None:
        self.go_out(None)
        super().__exit__(*error)

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        match self.outage:
            case Outage.REFUSED:
                raise ConnectionAbortedError
            case Outage.LIMITED:
                return Reply({"message": "Too many requests", "ok": False, "error": "ratelimited"}, 429)
        reply = super().answer(method, target, headers, body)
        match self.outage:
            case Outage.ERROR:
                return Reply({"message": "oops"}, 500)
            case Outage.BROKEN:
                return Reply(raw=b'{"ok": true, "id": 1')
            case Outage.CUT:
                return reply._replace(is_cut=True)
            case Outage.SILENT:
                return reply._replace(seconds=HANGS)
        return reply


class FaultyGitHub(Faulty, FakeGitHub):
    """GitHub."""


class FaultySlack(Faulty, FakeSlack):
    """Slack."""


class Looks:
    """The looks at both that the jobs take, of a registry that does not wait for long; ``now`` is their moment."""

    def __init__(self, settings: Settings, database: Database, github: FakeGitHub, slack: FakeSlack) -> None:
        self.now = LAST_LOOK
        self._settings, self._database = settings, database
        client = GitHubClient(
            api_url=github.url, auth=Auth.Token(TOKEN), kept_free=0, now=self.clock, seconds=PATIENCE,
            seconds_between_writes=0,
        )
        self._sync = GitHubSync(client, GitHubForge(web_url=github.url, api_url=github.url))
        self._channel_look = ChannelLook(SlackWorkspace(
            SlackClient(token=SLACK_TOKEN, url=slack.url, seconds=PATIENCE), team_id=TEAM_ID, url=slack.url
        ), sleep=_at_once)

    def clock(self) -> datetime:
        """The moment."""
        return self.now

    async def take(self) -> list[str]:
        """Look at everything; whose trouble there was."""
        trouble = []
        await self._sync.link(self._database, now=self.now)
        async with self._database.reading() as reader:
            due = await repositories_of(reader, forge=FORGE)
        report = await self._sync.look_at(self._database, due, now=self.now)
        if report.failed or report.stopped_by:
            trouble.append("GitHub")
        try:
            await self._channel_look.take_turn(Workplace(self._settings, self._database, self.clock), self.now)
        except (TryLater, ChatRefused):
            trouble.append("Slack")
        return trouble


class Took(NamedTuple):
    """The seconds of a page: by the clock, and of a processor, which do not depend on who else uses the machine."""

    clock: float
    processor: float


class Connected:
    """An installation that is connected to both, as an administrator and a visitor see it."""

    def __init__(self, app: Litestar, client: httpx.AsyncClient, looks: Looks, servers: "Both") -> None:
        self.app, self.looks, self.servers = app, looks, servers
        self.visit = Visit(client)

    async def pages(self) -> dict[str, str]:
        """What each page that is there says, by its address."""
        found = {}
        for one in routes(self.app):
            address = example(one.path)
            if one.method == "GET" and not any(word in address for word in (*STREAMS, ".")):
                answer = await self.visit.client.get(address)
                if answer.status_code == 200 and answer.headers["content-type"].startswith("text/html"):
                    found[address] = answer.text
        return found

    async def timed(self, page: str) -> tuple[httpx.Response, Took]:
        """A page, and what it took."""
        clock, processor = time.perf_counter(), time.process_time()
        answer = await self.visit.client.get(page)
        return answer, Took(time.perf_counter() - clock, time.process_time() - processor)


class Both(NamedTuple):
    """GitHub and Slack."""

    github: FaultyGitHub
    slack: FaultySlack

    def go_out(self, outage: Outage | None) -> None:
        """Let both be out of order, or in order again."""
        self.github.go_out(outage)
        self.slack.go_out(outage)


@contextmanager
def both() -> Iterator[Both]:
    """Both, in order."""
    with FaultyGitHub() as github, FaultySlack() as slack:
        yield Both(github, slack)


@asynccontextmanager
async def connected(settings: Settings, database: Database) -> AsyncIterator[Connected]:
    """An installation with a record of each kind, of which both have told something at their last look, long ago."""
    with both() as servers:
        await _fill(database, *servers)
        connecting = settings.model_copy(update={
            "github_web_url": servers.github.url, "github_api_url": servers.github.url,
            "github_token": SecretStr(TOKEN), "slack_url": servers.slack.url, "slack_bot_token": SecretStr(SLACK_TOKEN),
            "slack_team_id": TEAM_ID,
        })
        looks = Looks(settings, database, *servers)
        assert await looks.take() == []
        looks.now = datetime.now(UTC)
        app: Any = create_app(connecting)
        stack = AsyncExitStack()
        await stack.enter_async_context(app.lifespan())
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE)
        try:
            yield Connected(app, await stack.enter_async_context(client), looks, servers)
        finally:
            await stack.aclose()  # not with what went wrong: the application would put it into a group


@asynccontextmanager
async def a_newsroom(settings: Settings, database: Database) -> AsyncIterator[tuple[Newsroom, Looks, Both]]:
    """A newsroom whose messages go to a channel, and a project whose repository is looked at."""
    with both() as servers:
        newsroom = Newsroom(settings, database, servers.slack, seconds=PATIENCE)
        await newsroom.open(FactKind.PITCHED)
        async with database.writing() as session:
            project = await a_project(session)
            await a_link(session, project=project, kind=LinkKind.REPOSITORY, url=servers.github.add_repository(NAME))
        looks = Looks(settings, database, *servers)
        looks.now = newsroom.clock.now
        assert await looks.take() == []
        yield newsroom, looks, servers


class Rounds:
    """What each page took in some rounds: usually, and while GitHub and Slack are out of order."""

    def __init__(self) -> None:
        self.usual: defaultdict[str, list[Took]] = defaultdict(list)
        self.out: defaultdict[str, list[Took]] = defaultdict(list)

    def waiting(self) -> list[str]:
        """The pages that let their reader wait for somebody who does not answer."""
        usual = {page: min(took.clock for took in tooks) for page, tooks in self.usual.items()}
        return [
            page for page, tooks in self.out.items()
            if min(took.clock for took in tooks) > usual[page] + SECONDS_OF_NOISE
        ]

    def dearer(self) -> list[str]:
        """The pages that take more of a processor then."""
        usual = _processor_seconds(self.usual)
        return [
            page for page, seconds in _processor_seconds(self.out).items()
            if seconds > usual[page] * TIMES_AS_MUCH + SECONDS_BESIDE
        ]

    def times_as_much(self) -> float:
        """What all pages take of a processor then, in terms of what they usually take."""
        return sum(_processor_seconds(self.out).values()) / sum(_processor_seconds(self.usual).values())


def _processor_seconds(rounds: Mapping[str, Sequence[Took]]) -> dict[str, float]:
    """What each page takes of a processor, the median of its rounds."""
    return {page: median(took.processor for took in tooks) for page, tooks in rounds.items()}


async def asking_github(reader: Reader, project_id: int, **more: Any) -> ProjectCode:
    """A fault: what a project's page shows of its code, asked for while the page is drawn."""
    code = await project_code(reader, project_id, **more)
    for one in code.repositories:
        base = one.url.removesuffix(f"/{one.full_name}")
        await GitHubForge(web_url=base, api_url=base).describe_repository(one.url)
    return code


def change_at_github(github: FakeGitHub, number: int) -> None:
    """Let something happen there: a push, a release, an issue to start with."""
    url, said = f"{github.url}/{NAME}", f"{LAST_LOOK - 9 * DAY + timedelta(minutes=number):%Y-%m-%dT%H:%M:%SZ}"
    github.repositories[NAME].update(pushed_at=said, updated_at=said)
    github.contributors[NAME] = []
    github.add_contributor(NAME, 1, f"{CANARY}-login", number)
    github.releases.setdefault(NAME, []).insert(0, {
        "tagName": f"v{number}", "name": CANARY, "url": f"{url}/r/{number}", "publishedAt": said, "isDraft": False,
        "isPrerelease": False,
    })
    github.issues.setdefault(NAME, []).insert(0, {
        "number": number, "title": f"Draw {CANARY}", "url": f"{url}/i/{number}", "createdAt": said,
        "labels": {"nodes": [{"name": "good first issue"}]},
    })


async def known_of_github(database: Database) -> dict[str, list[Any]]:
    """What the registry knows of its repositories."""
    columns: dict[str, Any] = {
        "state": Repository.state, "releases": RepositoryRelease.tag, "issues": StarterIssue.number,
        "commits": RepositoryContributor.commit_count,
    }
    async with database.reading() as reader:
        return {name: list(await reader.scalars(select(column).order_by(column))) for name, column in columns.items()}


def true_of_github(github: FakeGitHub) -> dict[str, list[Any]]:
    """The same by GitHub's word."""
    return {
        "state": [RepositoryState.PRESENT], "releases": sorted(one["tagName"] for one in github.releases[NAME]),
        "issues": sorted(one["number"] for one in github.issues[NAME]),
        "commits": [one["contributions"] for one in github.contributors[NAME]],
    }


async def _fill(database: Database, github: FakeGitHub, slack: FakeSlack) -> None:
    url = github.add_repository(NAME, readme=f"# {CANARY}", language="Python")
    github.files[NAME]["LICENSE"] = "MIT"
    github.add_commit(NAME, f"{LAST_LOOK - 9 * DAY:%Y-%m-%dT%H:%M:%SZ}", f"{CANARY}-login", 1)
    change_at_github(github, 1)
    slack.add_channel("C1", CANARY)
    async with database.writing() as session:
        event = await an_event(session, slug="none", starts_on=(datetime.now(UTC) + timedelta(days=9)).date())
        project = await a_project(session, slug="none")
        person = await a_person(session, slug="none", is_public=True)
        await a_membership(session, project=project, person=person)
        await a_link(session, project=project, kind=LinkKind.REPOSITORY, url=url)
        pitch = await a_proposal(session, event=event, project=project, slug="none")
        await a_credit(session, proposal=pitch, person=person)
        await a_slot(session, event=event, proposal=pitch)
        await a_registration(session, event=event, person=person)
        await a_tag(session, project, slug="none")
        await a_case(session, project=project, slug="none")
        channel = Channel(chat="workspace", channel_id="C1", name=CANARY, seen_at=LAST_LOOK)
        session.add(channel)
        await session.flush()
        session.add(ProjectChannel(project_id=project.id, channel_id=channel.id, linked_at=LAST_LOOK))


async def _at_once(_seconds: float) -> None:
    """Sleep no time."""
    await asyncio.sleep(0)
