"""A demo can be synchronised with a GitHub that is made up, and says so on every page."""

from datetime import UTC, datetime

from litestar.testing import AsyncTestClient
from pydantic import SecretStr

from integrations.github import forge_of
from integrations.github.client import GitHubClient, auth_of
from integrations.github.sync import FORGE, GitHubSync
from registry.app import create_app
from registry.database.engine import Database
from registry.projects.rules import LinkKind
from registry.repositories.queries import repositories_of
from registry.settings import Mode, Settings
from tests.conftest import on_one_database
from tests.factories import a_link, a_project
from tests.fakes.github import FakeGitHub
from tests.fakes.github_demo import WEB, environment, make_up, sample_repositories
from tests.pages import page_of, words


@on_one_database
async def test_a_demo_shows_code_that_is_made_up_and_says_so(settings: Settings, database: Database) -> None:
    now, names = datetime.now(UTC), sample_repositories()
    with FakeGitHub() as fake:
        make_up(fake, names, now=now)
        chosen = [name for name in names if fake.issues[name]][:2]
        async with database.writing() as session:
            for name in chosen:
                project = await a_project(session, slug=name.partition("/")[2])
                await a_link(session, project=project, kind=LinkKind.REPOSITORY, url=f"{WEB}/{name}")
        given = environment(fake)
        pretend = settings.model_copy(update={
            "github_api_url": given["KENG_GITHUB_API_URL"], "github_token": SecretStr(given["KENG_GITHUB_TOKEN"]),
        })
        client = GitHubClient(
            api_url=fake.url, auth=auth_of(pretend), kept_free=0, now=lambda: now, seconds_between_writes=0
        )
        sync = GitHubSync(client, forge_of(pretend))
        await sync.link(database, now=now)
        async with database.reading() as reader:
            due = await repositories_of(reader, forge=FORGE)
        assert (await sync.look_at(database, due, now=now)).changed == len(chosen)
        async with AsyncTestClient(create_app(pretend)) as browser:
            page = words(await page_of(browser, "/start/issues?lang=en"))
            assert "What it tells of code, commits and issues is made up." in page
            assert page.count("(made up 虛構)") == sum(len(fake.issues[name]) for name in chosen)
    assert len(names) > 100
    assert [
        settings.model_copy(update=fields).has_made_up_code
        for fields in ({}, {"github_api_url": pretend.github_api_url}, {"github_token": SecretStr("ghp_real")})
    ] == [False, False, False]
    assert not pretend.model_copy(update={"mode": Mode.PRODUCTION}).has_made_up_code
