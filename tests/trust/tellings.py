"""A GitHub and a Slack where much happens at once, which tell of it late, twice, out of order or not at all."""

import json
import random
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from github import Auth
from sqlalchemy import func, select

from integrations.github.client import GitHubClient
from integrations.github.forge import GitHubForge
from integrations.github.sync import FORGE, GitHubSync
from integrations.github.webhooks import GitHubDoor, HookWork
from integrations.slack.bot import Bot
from integrations.slack.client import SlackClient
from integrations.slack.doors import Doors
from integrations.slack.heard import HEARD_JOB
from integrations.slack.workspace import SlackWorkspace
from registry.channels.looking import ChannelLook
from registry.channels.models import Channel
from registry.database.engine import Database
from registry.hooks.models import HookDelivery
from registry.ports import HookCall, Workplace
from registry.projects.rules import LinkKind
from registry.repositories.models import Repository
from registry.repositories.queries import repositories_of
from registry.repositories.rules import RepositoryState
from registry.roster.looking import RosterLook
from registry.roster.models import RosterMember
from registry.settings import Settings
from tests.factories import a_link, a_project
from tests.fakes.github import TOKEN, FakeGitHub
from tests.fakes.slack import TEAM_ID, FakeSlack
from tests.fakes.slack import TOKEN as SLACK_TOKEN
from tests.fakes.slack_sender import SIGNING_SECRET, signature_of
from tests.integrations.github.test_webhooks import SECRET, signed

NOW = datetime(2026, 7, 25, 1, tzinfo=UTC)
REPOSITORIES = (
    ("push", "renamed", "archived", "release"), ("renamed", "archived", "unarchived", "renamed"),
    ("push", "privatized"), ("privatized", "publicized", "push"), ("vanished", "back"),
    ("push", "renamed", "deleted"), ("transferred", "issues", "archived"),
)
"""What happens to repositories, one step a minute. Of one that vanishes and comes back nobody is told anything."""
CHANNELS = (
    ("created", "rename", "archive"), ("rename", "archive", "unarchive"), ("archive", "rename", "deleted"),
    ("created", "rename", "rename"),
)
MEMBERS = (("join", "renamed", "left"), ("renamed", "left", "back"), ("left",), ("join", "renamed", "renamed"))
STEPS, LATEST = 4, 4
"""Steps of a story, and the rounds after the last one in which something of it may still arrive."""
LOST, REPEATED = 0.25, 0.35
HALF_LOOK_AFTER = (0, 3)
_EVENTS = {"push": "push", "release": "release", "issues": "issues"}
Standing = dict[str, Any]


class Telling(NamedTuple):
    """One webhook: who tells it, under which id, what, and in which round it comes."""

    source: str
    delivery_id: str
    event: str
    body: bytes
    round: int


class Outside:
    """As many stories as ``orders`` on a GitHub and a Slack, and the registry that hears of them.

    Each repository, channel and member has a story of its own and is told of in an order of its own; the last of
    whatever happened is the truth.
    """

    def __init__(
        self, settings: Settings, database: Database, github: FakeGitHub, slack: FakeSlack, orders: int
    ) -> None:
        self.database, self.github, self.slack, self.orders = database, github, slack, orders
        self.told = self.ids = self.lost = 0
        self._settings = settings.model_copy(update={"slack_team_id": TEAM_ID})
        self._chance = random.Random(orders)  # noqa: S311 — the same in every run
        self._names = [f"g0v/p{number}" for number in range(orders)]
        self._pending: list[Telling] = []
        self._deleted: dict[str, Any] = {}
        self._now = NOW
        workspace = SlackWorkspace(SlackClient(token=SLACK_TOKEN, url=slack.url), team_id=TEAM_ID, url=slack.url)
        client = GitHubClient(
            api_url=github.url, auth=Auth.Token(TOKEN), kept_free=0, now=lambda: self._now, seconds_between_writes=0
        )
        github.limit = 1_000_000
        self._sync = GitHubSync(client, GitHubForge(web_url=github.url, api_url=github.url))
        self._channel_look = ChannelLook(workspace, sleep=_at_once)
        self._roster_look = RosterLook(workspace, clock=lambda: self._now, sleep=_at_once)
        self._github_door = GitHubDoor(SECRET)
        self._slack_door = Doors(Bot(self._settings, None)).all(SIGNING_SECRET)[0]

    async def begin(self) -> None:
        """All is as it was before, and looked at."""
        async with self.database.writing() as session:
            for number, name in enumerate(self._names):
                url = self.github.add_repository(name, updated_at=_said(NOW), pushed_at=_said(NOW))
                project = await a_project(session)
                await a_link(session, project=project, kind=LinkKind.REPOSITORY, url=url)
                if CHANNELS[number % len(CHANNELS)][0] != "created":
                    self.slack.add_channel(f"C{number}", f"c{number}", members=())
                if MEMBERS[number % len(MEMBERS)][0] != "join":
                    self.slack.add_user(f"U{number}", f"u{number}", updated=int(NOW.timestamp()))
        await self.look()

    async def happen(self) -> None:
        """All stories go on at once, and what is told arrives whenever it does; half of all is looked at meanwhile."""
        for step in range(STEPS + LATEST):
            self._now = NOW + (step + 1) * timedelta(minutes=1)
            for number in range(self.orders):
                for telling in self._tellings(number, step):
                    self._send(telling)
            await self._arrive(step)
            if step in HALF_LOOK_AFTER:
                await self.look(every=2)

    async def look(self, *, every: int = 1) -> None:
        """The registry looks by itself at all that it keeps, or at every second repository alone."""
        await self._sync.link(self.database, now=self._now)
        async with self.database.reading() as reader:
            due = await repositories_of(reader, forge=FORGE)
        report = await self._sync.look_at(self.database, due[::every], now=self._now)
        assert (report.failed, report.stopped_by) == (0, None)
        if every == 1:
            await self._channel_look.take_turn(self._workplace(), self._now)
            await self._roster_look.look(self.database)

    async def look_at_last(self) -> None:
        """The reconciliation, some hours later."""
        self._now += timedelta(hours=3)
        await self.look()

    async def known_repositories(self) -> list[Standing]:
        """What the registry knows of each repository in the end; of one that cannot be seen, only that."""
        async with self.database.reading() as reader:
            rows = (await reader.execute(select(Repository.__table__).order_by(Repository.id))).all()
        return [_standing(
            row.state, name=row.full_name, archived=row.is_archived, description=row.description, url=row.url,
            pushed_at=_said(row.pushed_at),
        ) for row in rows]

    def true_repositories(self) -> list[Standing]:
        """The same by GitHub's word."""
        by_number = {one["id"]: one for one in self.github.repositories.values()}
        return [
            _standing(
                RepositoryState.CLOSED if one["private"] else RepositoryState.PRESENT, name=one["full_name"],
                archived=one["archived"], description=one["description"], url=one["html_url"],
                pushed_at=one["pushed_at"],
            ) if (one := by_number.get(number)) else _standing(RepositoryState.GONE)
            for number in range(1, self.orders + 1)
        ]

    async def known_of_slack(self) -> list[dict[str, Any]]:
        """The channels in use and all members, as the registry knows them."""
        async with self.database.reading() as reader:
            channels = await reader.execute(
                select(Channel.channel_id, Channel.name, Channel.is_archived).where(Channel.gone_at.is_(None))
            )
            members = await reader.execute(
                select(RosterMember.subject, RosterMember.display_name, RosterMember.is_gone)
            )
            return [
                {one.channel_id: (one.name, one.is_archived) for one in channels},
                {one.subject: (one.display_name, one.is_gone) for one in members},
            ]

    def true_of_slack(self) -> list[dict[str, Any]]:
        """The same by Slack's word."""
        return [
            {one["id"]: (one["name"], one["is_archived"]) for one in self.slack.channels.values()},
            {f"{TEAM_ID}:{one['id']}": (one["profile"]["display_name"], one["deleted"])
             for one in self.slack.users.values()},
        ]

    async def kept(self) -> int:
        """How many deliveries the registry took for new; all are worked on."""
        async with self.database.reading() as reader:
            waiting = select(func.count()).where(HookDelivery.worked_at.is_(None))
            assert await reader.scalar(waiting) == 0
            return await reader.scalar(select(func.count()).select_from(HookDelivery)) or 0

    def _workplace(self) -> Workplace:
        return Workplace(self._settings, self.database, lambda: self._now)

    def _tellings(self, number: int, step: int) -> Iterator[Telling]:
        """What becomes of the number's repository, channel and member in this step, and what is told of it."""
        for source, stories, advance in self._kinds():
            story = stories[number % len(stories)]
            if step < len(story) and (said := advance(number, story[step])):
                event, body = said
                yield Telling(source, f"{source}-{number}-{step}-{event}", event, json.dumps(body).encode(), step)

    def _kinds(self) -> list[tuple[str, tuple[tuple[str, ...], ...], Callable[[int, str], tuple[str, Any] | None]]]:
        return [
            ("github", REPOSITORIES, self._advance_repository), ("slack", CHANNELS, self._advance_channel),
            ("slack", MEMBERS, self._advance_member),
        ]

    def _send(self, telling: Telling) -> None:
        """Put it on its way: perhaps late, perhaps twice or thrice, perhaps never."""
        if self._chance.random() < LOST:
            self.lost += 1
            return
        self.ids += 1
        copies = 1 + sum(self._chance.random() < REPEATED for _time in range(2))
        self._pending += [
            telling._replace(round=telling.round + self._chance.choice((0, 0, 1, 2, LATEST))) for _time in range(copies)
        ]

    async def _arrive(self, now: int) -> None:
        """What comes in this round comes in any order; then the jobs have their turn."""
        here = [one for one in self._pending if one.round == now]
        self._pending = [one for one in self._pending if one.round != now]
        self._chance.shuffle(here)
        for telling in here:
            self.told += 1
            assert await self._knock(telling) in {200, 202}
        await HookWork(self.github.url).take_turn(self._workplace(), self._now)
        await HEARD_JOB.work(self._workplace(), self._now)

    async def _knock(self, telling: Telling) -> int:
        if telling.source == "github":
            headers = signed(telling.body, x_github_event=telling.event, x_github_delivery=telling.delivery_id)
            call = HookCall(telling.body, headers, self._now)
            return (await self._github_door.answer(call, self.database)).status
        body = json.dumps({
            "type": "event_callback", "team_id": TEAM_ID, "event_id": telling.delivery_id,
            "event": json.loads(telling.body), "nonce": secrets.token_hex(4),
        }).encode()
        headers = signature_of(body, secret=SIGNING_SECRET, at=int(self._now.timestamp()))
        call = HookCall(body, {name.casefold(): text for name, text in headers.items()}, self._now)
        return (await self._slack_door.answer(call, self.database)).status

    def _advance_repository(self, number: int, step: str) -> tuple[str, Any] | None:
        name = self._names[number]
        repository = self.github.repositories.get(name)
        if step == "back":
            self.github.repositories[name] = self._deleted.pop(name)
            return None
        assert repository is not None
        if step in {"renamed", "transferred"}:
            owner, _, last = name.partition("/")
            self._names[number] = f"ocf/{last}" if step == "transferred" else f"{owner}/{last}x"
            self.github.rename(name, self._names[number])
            repository = self.github.repositories[self._names[number]]
        if step in {"deleted", "vanished"}:
            self._deleted[name] = self.github.repositories.pop(name)
        else:
            repository["updated_at"] = _said(self._now)
        if step == "push":
            repository.update(pushed_at=_said(self._now), description=f"pushed at {self._now}")
        if step in {"archived", "unarchived"}:
            repository["archived"] = step == "archived"
        if step in {"privatized", "publicized"}:
            repository["private"] = step == "privatized"
        if step == "vanished":
            return None
        told = {key: repository[key] for key in ("id", "full_name", "private", "archived", "updated_at")}
        return _EVENTS.get(step, "repository"), {"action": step, "repository": told}

    def _advance_channel(self, number: int, step: str) -> tuple[str, Any]:
        known = f"C{number}"
        told: Any = {"id": known, "name": f"c{number}"}
        if step == "created":
            self.slack.add_channel(known, f"c{number}", members=())
        elif step == "rename":
            told = {"id": known, "name": f"{self.slack.channels[known]['name']}-x"}
            self.slack.rename(known, told["name"])
        else:
            told = known
            if step == "deleted":
                del self.slack.channels[known]
            else:
                self.slack.channels[known]["is_archived"] = step == "archive"
        return f"channel_{step}", {"type": f"channel_{step}", "channel": told}

    def _advance_member(self, number: int, step: str) -> tuple[str, Any]:
        known = f"U{number}"
        if step == "join":
            self.slack.add_user(known, f"u{number}")
        member = self.slack.users[known]
        member["updated"] = int(self._now.timestamp())
        if step == "renamed":
            member["profile"] = {**member["profile"], "display_name": member["profile"]["display_name"] + "x"}
        if step in {"left", "back"}:
            member["deleted"] = step == "left"
        event = "team_join" if step == "join" else "user_change"
        return event, {"type": event, "user": member}


def told_of(standing: Standing) -> Standing:
    """As much of it as a webhook tells."""
    return {name: standing.get(name) for name in ("state", "name", "archived")}


def _standing(state: RepositoryState, **facts: Any) -> Standing:
    return {"state": state, **(facts if state is RepositoryState.PRESENT else {})}


def _said(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


async def _at_once(_seconds: float) -> None:
    """Sleep no time."""
