"""Links are looked at slowly, all of them within a week, and what is said of them is careful."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from registry.database.engine import Database
from registry.outside import Outside
from registry.ports import Connections, Workplace
from registry.projects import link_health
from registry.projects.link_health import A_HOST_A_TURN, links_due, look_at
from registry.projects.models import Link
from registry.projects.rules import LinkCheck, LinkHealth, link_after
from registry.settings import Mode, Settings
from tests.factories import a_link, a_project, a_proposal, an_event
from tests.fakes.http import FakeServer, Reply

NOW = datetime(2026, 7, 25, 1, tzinfo=UTC)
DEAD, ALIVE, UNKNOWN = LinkHealth.DEAD, LinkHealth.ALIVE, LinkHealth.UNKNOWN


async def _resolve(_host: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"]


@pytest.fixture
def workplace(settings: Settings, database: Database) -> Workplace:
    return Workplace(settings, database, lambda: NOW)


async def test_a_turn_writes_down_what_answers(workplace: Workplace, database: Database) -> None:
    with FakeServer() as server:
        server.route("GET", "/here", lambda _asked: Reply({}))
        server.route("GET", "/moved", lambda _asked: Reply(status=301, headers={"Location": "/here"}))
        server.route("GET", "/busy", lambda _asked: Reply({}, 429))
        async with database.writing() as session:
            project = await a_project(session)
            proposal = await a_proposal(session, event=await an_event(session), project=project)
            for path in ("here", "moved", "gone", "busy"):
                await a_link(session, project=project, url=f"{server.url}/{path}")
            session.add(Link(proposal_id=proposal.id, url="http://127.0.0.1:1/", health=ALIVE))
            session.add(Link(proposal_id=proposal.id, url="ftp://example.org/"))
        async with database.reading() as reader:
            due = await links_due(reader, now=NOW)
        outside = Outside(resolve=_resolve, may_be_asked=lambda _address: True)
        for _turn in range(4):
            await look_at(workplace, due, NOW, outside=outside, pause_seconds=0)
            async with database.reading() as reader:
                due = await links_due(reader, now=NOW)
    async with database.reading() as reader:
        rows = (await reader.execute(
            select(Link.url, Link.health, Link.failed_checks, Link.checked_at).order_by(Link.id)
        )).all()
    assert [(row.url.rpartition("/")[2] or row.url, row.health, row.failed_checks) for row in rows] == [
        ("here", ALIVE, 0), ("moved", ALIVE, 0), ("gone", DEAD, 1), ("busy", UNKNOWN, 0),
        ("http://127.0.0.1:1/", ALIVE, 1), ("ftp://example.org/", UNKNOWN, 0),
    ]
    assert {row.checked_at for row in rows} == {NOW}


async def test_no_host_is_asked_in_haste_and_everything_gets_its_turn_within_a_week(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_health, "TURNS_A_WEEK", 20)
    async with database.writing() as session:
        project, hidden = await a_project(session), await a_project(session, hidden_at=NOW)
        session.add_all(
            Link(project_id=project.id, url=f"https://host-{max(number, 30)}.example.org/{number}")
            for number in range(60)
        )
        session.add(Link(project_id=hidden.id, url="https://spam.example.org/"))
    seen: Counter[str] = Counter()
    now = NOW
    for _turn in range(20):
        async with database.reading() as reader:
            due = await links_due(reader, now=now)
        assert max(map(len, due), default=0) <= A_HOST_A_TURN
        chosen = [link for host in due for link in host]
        seen.update(link.url for link in chosen)
        async with database.writing() as session:
            for link in chosen:
                (await session.get_one(Link, link.id)).checked_at = now
        now += timedelta(minutes=10)
    assert (len(seen), set(seen.values()), "https://spam.example.org/" in seen) == (60, {1}, False)
    async with database.reading() as reader:
        assert await links_due(reader, now=NOW + timedelta(days=6)) == []
        assert sum(map(len, await links_due(reader, now=NOW + timedelta(days=7)))) > 0


@pytest.mark.parametrize(("status", "before", "after"), [
    (200, (DEAD, 7), (ALIVE, 0)), (399, (UNKNOWN, 0), (ALIVE, 0)), (404, (ALIVE, 0), (DEAD, 1)),
    (410, (UNKNOWN, 0), (DEAD, 1)), (403, (UNKNOWN, 0), (UNKNOWN, 0)), (429, (ALIVE, 2), (ALIVE, 0)),
    (401, (DEAD, 3), (UNKNOWN, 0)), (500, (ALIVE, 0), (ALIVE, 1)), (503, (ALIVE, 2), (DEAD, 3)),
    (None, (UNKNOWN, 0), (UNKNOWN, 1)), (None, (UNKNOWN, 2), (DEAD, 3)), (None, (DEAD, 3), (DEAD, 4)),
])
def test_what_a_check_says(
    status: int | None, before: tuple[LinkHealth, int], after: tuple[LinkHealth, int]
) -> None:
    assert link_after(status, before=LinkCheck(*before)) == LinkCheck(*after)


def test_a_demo_asks_nobody_unless_its_settings_say_so() -> None:
    from registry.jobs.schedule import jobs_of  # noqa: PLC0415

    def looks(**settings: object) -> bool:
        jobs = jobs_of(Connections(), Settings(secret_key="x" * 40, **settings))  # type: ignore[arg-type]
        return "look at links" in [job.name for job in jobs]

    assert [looks(), looks(check_links=True), looks(mode=Mode.PRODUCTION)] == [False, True, True]
    assert looks(mode=Mode.PRODUCTION, check_links=False) is False
