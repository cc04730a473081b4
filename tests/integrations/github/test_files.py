"""What lies in a repository comes onto its project's page, and fills what nobody has written."""

import asyncio
import json
import signal
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import func, select

from registry.activity.models import AuditEntry
from registry.app import create_app
from registry.database.engine import Database
from registry.inbox.models import Notice
from registry.people.models import Contribution
from registry.projects.commands.parts import set_project_parts
from registry.projects.models import Link, Project
from registry.projects.rules import LinkKind
from registry.repositories.models import CommitWeek, Repository, RepositoryContributor
from registry.settings import Settings
from tests.conftest import postgresql_in_trust
from tests.databases import SqliteDatabase
from tests.factories import a_link, a_membership, a_person, a_project
from tests.fakes.github import FakeGitHub
from tests.integrations.github.killed import BATCH
from tests.integrations.github.test_sync import NAME, NOW, look
from tests.pages import main_of, words
from tests.visits import BASE, Visit, visit_to

G0V = {
    "author": "g0v", "name": "Budget map", "name_zh": "預算地圖", "description": "Where taxes go", "status": "done",
    "licenses": "free for all",
}


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    """GitHub on loopback, with a repository that tells of its project in files."""
    with FakeGitHub() as fake:
        fake.add_repository(
            NAME, readme="# Map\n\n[Help](CONTRIBUTING.md) ![](shot.png) <script>alert(1)</script>",
            description="看見稅金", homepage="budget.example.org", license={"spdx_id": "MIT"},
        )
        fake.files[NAME] |= {"g0v.json": json.dumps(G0V), "CONTRIBUTING.md": "x"}
        fake.add_contributor(NAME, 1, "ada", 5)
        fake.add_contributor(NAME, 2, "bob", 1)
        yield fake


async def _project(database: Database, github: FakeGitHub, **fields: Any) -> Project:
    async with database.writing() as session:
        project = await a_project(session, **fields)
        await a_link(session, project=project, kind=LinkKind.REPOSITORY, url=f"{github.url}/{NAME}")
        await a_membership(session, project=project, person=await a_person(session))
    return project


async def _changed(database: Database, github: FakeGitHub, **fields: Any) -> None:
    github.repositories[NAME] |= fields
    await look(database, github, now=NOW + timedelta(days=1))


async def _one(database: Database, *columns: Any) -> tuple[Any, ...]:
    async with database.reading() as reader:
        return tuple((await reader.execute(select(*columns))).one())


async def test_files_fill_what_nobody_has_written_and_what_was_taken_out_stays_out(
    database: Database, github: FakeGitHub, client: AsyncTestClient
) -> None:
    project = await _project(database, github, name={"zh-Hant": "政府預算"}, summary={}, code_licence=None)
    await look(database, github)
    texts = (Project.name, Project.summary, Project.code_licence)
    assert await _one(database, *texts) == (
        {"en": "Budget map", "zh-Hant": "政府預算"}, {"en": "Where taxes go", "zh-Hant": "看見稅金"}, "MIT"
    )
    async with database.reading() as reader:
        sites = select(Link.url).where(Link.kind == LinkKind.SITE)
        assert list(await reader.scalars(sites)) == ["https://budget.example.org"]
    history = words(main_of((await client.get(f"/projects/{project.slug}/history")).text))
    assert "Added to from its repository" in history
    async with database.writing() as session:
        row = await session.get_one(Project, project.id)
        await set_project_parts(
            session, project=row, now=NOW, parts={"summary": {"en": "Ours"}, "code_licence": None, "links": []}
        )
    github.files[NAME]["g0v.json"] = json.dumps({**G0V, "description": "Taxes"})
    await _changed(database, github, stargazers_count=9)
    assert await _one(database, *texts) == ({"en": "Budget map", "zh-Hant": "政府預算"}, {"en": "Ours"}, None)


async def test_the_readme_stands_on_the_page_and_faults_on_a_page_for_the_projects_people(
    visit: Visit, database: Database, github: FakeGitHub
) -> None:
    project = await _project(database, github)
    for _time in range(2):
        await look(database, github)
        await _changed(database, github, stargazers_count=_time)
    page = (await visit.client.get(f"/projects/{project.slug}")).text
    assert "From its README" in words(main_of(page))
    assert (f'href="{github.url}/{NAME}/blob/main/CONTRIBUTING.md"' in page, "alert(1)" in page) == (True, False)
    assert (await visit.client.get(f"/projects/{project.slug}/repositories")).status_code == 403
    await visit.play("organiser")
    shown = words(main_of((await visit.client.get(f"/projects/{project.slug}/repositories")).text))
    assert "“status” is “done”. Write one of these instead: planning, pre-alpha," in shown
    assert "“licenses” is “free for all”. Write the licence's SPDX identifier instead, such as MIT" in shown
    assert "Commits of more than one person" in shown
    assert "this site has no access to their forge" in shown
    assert await _one(database, Notice.kind, Notice.path) == (
        "repository_faulty", f"/projects/{project.slug}/repositories"
    )
    await _changed(database, github, private=True)
    page = words(main_of((await visit.client.get(f"/projects/{project.slug}")).text))
    shown = words(main_of((await visit.client.get(f"/projects/{project.slug}/repositories")).text))
    assert ("From its README" in page, "It is private, or not ours to see." in shown) == (False, True)


@postgresql_in_trust
async def test_a_pitch_begins_from_what_is_known_of_a_repository_when_github_is_silent(
    database: Database, settings: Settings, github: FakeGitHub
) -> None:
    await _project(database, github)
    await look(database, github)
    silent = Settings(
        database_url=settings.database_url, page_cache=False, github_web_url=github.url,
        github_api_url="http://127.0.0.1:9",
    )
    async with AsyncTestClient(create_app(silent), base_url=BASE) as client:
        visit = await visit_to(client).play("proposer")
        begun = await visit.fill("/pitch", "/pitch", repository=f"{github.url}/{NAME.upper()}.git")
        unknown = await visit.fill("/pitch", "/pitch", repository=f"{github.url}/g0v/other")
        page = (await visit.client.get(begun.headers["location"])).text
    assert (begun.status_code, unknown.status_code) == (303, 400)
    assert ('value="Budget map"' in page, "Where taxes go" in page, "budget.example.org" in page) == (
        True, True, True
    )


@pytest.mark.trust
async def test_a_look_killed_in_the_middle_counts_nothing_twice(sqlite: SqliteDatabase, github: FakeGitHub) -> None:
    url = sqlite.cleaned()
    database = Database(Settings(database_url=url, page_cache=False))
    names = [f"g0v/p{number}" for number in range(2 * BATCH + 1)]
    async with database.writing() as session:
        project = await a_project(session)
        for name in names:
            await a_link(session, project=project, kind=LinkKind.REPOSITORY, url=github.add_repository(name))
            github.add_contributor(name, 1, "ada", 3)
            github.add_commit(name, "2024-04-30T08:00:00Z", "ada", 1)
    in_the_second_batch = BATCH + 2
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.integrations.github.killed", url, github.url, f"{in_the_second_batch}"
    )
    assert await killed.wait() == -signal.SIGKILL
    assert await _one(database, func.count(Repository.read_at), func.count(Repository.id)) == (BATCH, len(names))
    assert await _one(database, func.count(RepositoryContributor.account_id)) == (BATCH,)
    github.forget()
    report = await look(database, github)
    assert (report.changed, report.failed) == (BATCH + 1, 0)
    assert github.requests["GET /repos/g0v/p0/contributors"] == 0
    assert await _one(database, func.count(), func.sum(RepositoryContributor.commit_count)) == (
        len(names), 3 * len(names)
    )
    assert await _one(database, func.count(), func.sum(CommitWeek.commit_count)) == (len(names), len(names))
    assert await _one(database, func.count(Contribution.id)) == (0,)
    assert (await _one(database, func.count(AuditEntry.id)))[0] == 0
    await database.close()
