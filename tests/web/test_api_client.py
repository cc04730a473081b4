"""The client for Python and the programs that show it, against the running application over a real socket."""

import asyncio
import runpy
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from litestar.testing import AsyncTestClient, TestClient

from registry.accounts.queries import Actor
from registry.accounts.rules import Role
from registry.database.engine import Database
from registry.settings import Settings
from registry.tokens.commands import make_token
from registry.tokens.rules import Scope
from registry.web.api import keng_client
from registry.web.api.client_file import CLIENT, client_source
from registry.web.api.keng_client import ChangedProject, Keng, KengError
from tests.conftest import application, on_one_database
from tests.factories import a_membership, a_need, a_person, a_project, a_proposal, an_event
from tests.fakes.http import FakeServer, Reply
from tests.reading_on import answer

EXAMPLES = CLIENT.parent / "examples"
NOW = datetime.now(UTC)


class Site(FakeServer):
    """The application behind a socket."""

    client: TestClient

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        """What the application answers."""
        said = self.client.request(method, target, headers=headers, content=body)
        passed = ("content-type", "retry-after")
        return Reply(
            status=said.status_code, raw=said.content,
            headers={name: said.headers[name] for name in passed if name in said.headers},
        )


async def _fill(settings: Settings) -> str:
    """What the examples tell of; a token of the owner of the budget map."""
    database = Database(settings)
    async with database.writing() as session:
        await an_event(session, slug="hackathon-70", starts_on=(NOW + timedelta(days=20)).date())
        project = await a_project(session, slug="budget-map", name={"en": "Budget map"}, last_active_on=NOW.date())
        await a_need(session, project=project, line={"en": "Draw a legend."})
        asleep = await a_project(session, slug="asleep")
        await a_need(session, project=asleep)
        for number, day in enumerate((date(2021, 5, 1), date(2023, 5, 1), date(2023, 6, 1))):
            event = await an_event(session, slug=f"event-of-{number}", starts_on=day)
            await a_proposal(session, event=event, project=asleep)
        person = await a_person(session, slug="ada", display_name="Ada")
        await a_membership(session, project=project, person=person)
        actor = Actor(person_id=person.id, slug="ada", name="Ada", roles=frozenset({Role.MEMBER}))
        token = await make_token(session, name="test", scopes=list(Scope), days="7", by=actor, now=NOW)
    await database.close()
    return token


@pytest.fixture
def site(settings: Settings) -> Iterator[tuple[str, str]]:
    """The address of the site, and a token."""
    with Site() as server:
        served = settings.model_copy(update={"base_url": server.url})
        token = asyncio.run(_fill(served))
        with TestClient(application(served)) as client:
            server.client = client
            yield server.url, token


@on_one_database
def test_each_example_prints_what_its_page_says_and_the_client_tells_of_refusals(
    site: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    address, token = site
    monkeypatch.setenv("KENG_ADDRESS", address)
    monkeypatch.setenv("KENG_TOKEN", token)
    monkeypatch.setitem(sys.modules, "keng_client", keng_client)
    programs = sorted((path for path in EXAMPLES.glob("*.py") if path.stem != "__init__"), reverse=True)
    assert len(programs) == 3
    for program in programs:
        runpy.run_path(str(program))
        printed = capsys.readouterr().out
        assert printed == program.with_suffix(".txt").read_text(), program.name

    keng = Keng(address, token=token)
    assert (keng.get_me().id, [one.state for one in keng.list_my_proposals()]) == ("ada", ["submitted"])
    project = keng.get_project("budget-map")
    assert (project.last_active_on, project.needs[0].line) == (NOW.date(), {"en": "Draw a legend."})
    keng.change_project("budget-map", ChangedProject(revision=project.revision, summary={"en": "New."}))
    with pytest.raises(KengError) as late:
        keng.change_project("budget-map", ChangedProject(revision=project.revision, summary={"en": "Late."}))
    assert (late.value.status, late.value.revision) == (409, keng.get_project("budget-map").revision)
    with pytest.raises(KengError, match="There is no such record"):
        keng.get_event("none")
    with pytest.raises(KengError, match="needs an access token"):
        Keng(address).get_me()


@on_one_database
async def test_the_client_is_made_of_the_description_and_served_with_its_examples(client: AsyncTestClient) -> None:
    document = await answer(client, "/api/v1/openapi.json")
    source = client_source(document)
    assert source == CLIENT.read_text(), "run `make client`"
    served = await client.get("/api/keng_client.py")
    assert (served.text, served.headers["content-type"]) == (source, "text/plain; charset=utf-8")
    names = {
        operation["operationId"] for methods in document["paths"].values() for operation in methods.values()
    }
    made = {name.replace("_", "") for name in vars(Keng) if not name.startswith("_")}
    assert made == {name.lower() for name in names}
    page = (await client.get("/api/examples?lang=zh-Hant")).text
    assert page.count("keng_client import") == 3
