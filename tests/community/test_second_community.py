"""A second community with a language, a ladder, needs, a Code and colours of its own, beside ours in one process."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest
from litestar.testing import AsyncTestClient

from registry.app import create_app
from registry.community import read_community
from registry.community.current import within
from registry.database.engine import Database
from registry.handbook import conduct
from registry.search.commands import rebuild
from registry.settings import Settings
from registry.stages.commands import advance_stage
from tests.conftest import application, postgresql_in_trust
from tests.factories import a_person, a_project, a_proposal, an_event
from tests.pages import main_of, page_of, words
from tests.stages.keepers import NOW, a_kept_project
from tests.visits import BASE, Visit, visit_to

STADTLABOR = Path(__file__).parent / "stadtlabor"
READ_BY_ANYONE = (
    "/", "/about", "/privacy", "/events", "/events/calendar", "/events/montag", "/projects", "/projects/karte",
    "/projects/karte/stage", "/proposals", "/people", "/people/ada", "/tags", "/needs", "/needs/kartografie",
    "/stages", "/stages/skizze", "/stages/werkzeug", "/handbook", "/handbook/pitching", "/search?q=Karte", "/start",
    "/api", "/api/v1/openapi.json", "/api/v1/projects", "/sign-in", "/report?about=/people/ada", "/no-such-page",
    "/sitemap.xml",
)
WITHOUT_FRAME = {"/api/v1/projects", "/sitemap.xml"}
READ_BY_ORGANISERS = (
    "/account", "/account/data", "/inbox", "/pitch/mine", "/events/new", "/events/montag/run", "/reports", "/audit",
    "/desk", "/desk/links", "/outbox", "/claims", "/duplicates", "/account/contributions", "/contributions/new",
    "/projects/karte/edit", "/people/ada/claim",
)


@pytest.fixture
def settings(database_url: str) -> Settings:
    """An installation of the Stadtlabor, which speaks German and English."""
    return Settings(database_url=database_url, page_cache=False, community_dir=STADTLABOR)


@pytest.fixture
async def record(database: Database, settings: Settings) -> None:
    """A project on the first stage that was pitched at an event, indexed for the search."""
    with within(settings.community):
        async with database.writing() as session:
            event = await an_event(session, slug="montag", name={"de": "Erster Montag"})
            project = await a_project(session, slug="karte", name={"de": "Stadtkarte"}, stage_key="skizze")
            await a_proposal(session, project=project, event=event, title={"de": "Stadtkarte"})
            await a_person(session, slug="ada", display_name="Ada", claimed_at=NOW)
            await rebuild(session)


@postgresql_in_trust
@pytest.mark.usefixtures("record")
async def test_no_page_of_it_speaks_of_ours(visit: Visit) -> None:
    await visit.play("organiser")
    pages = [*READ_BY_ANYONE, *READ_BY_ORGANISERS]
    said = {path: (await visit.client.get(path, headers={"accept-language": "de"})).text for path in pages}
    found = {path: re.findall(r"(?i).{30}(?:g0v|零時|台灣|Taiwan).{30}", text) for path, text in said.items()}
    assert {path: hits for path, hits in found.items() if hits} == {}
    assert [path for path in pages if "Stadtlabor" not in said[path] and path not in WITHOUT_FRAME] == []


@postgresql_in_trust
@pytest.mark.usefixtures("record")
async def test_its_pages_show_its_words_and_what_lacks_them_is_english(client: AsyncTestClient) -> None:
    front = await page_of(client, "/")  # nobody asked for a language: its first one
    assert '<html lang="de"' in front
    assert "Was wir zusammen bauen" in main_of(front)
    assert "Wir treffen uns an jedem ersten Montag." in main_of(front)
    assert "Download the data" in words(front)  # a message that its catalogue lacks
    assert "What we build together" in await page_of(client, "/?lang=en")
    stages = words(main_of(await page_of(client, "/stages?lang=de")))
    assert ("Skizze" in stages, "1 Projekt steht hier" in stages, "Explore" in stages) == (True, True, False)
    assert "Kartografie" in words(main_of(await page_of(client, "/needs")))
    assert "die Datenschutz-Grundverordnung (Artikel 13)" in words(main_of(await page_of(client, "/privacy")))
    assert "Die Protokolle unserer Montage" in words(main_of(await page_of(client, "/about")))
    assert (await client.get("/?lang=zh-Hant")).headers["content-language"] == "de"  # it does not speak Chinese


@pytest.mark.usefixtures("record")
async def test_the_search_finds_its_words(client: AsyncTestClient) -> None:
    assert 'href="/needs/kartografie"' in main_of(await page_of(client, "/search?q=Stadtpläne"))
    assert 'href="/projects/karte"' in main_of(await page_of(client, "/search?q=stadtkarte"))
    assert 'href="/needs/cartography"' not in main_of(await page_of(client, "/search?q=Kartografie"))


@postgresql_in_trust
async def test_a_project_moves_along_its_ladder(
    database: Database, settings: Settings, client: AsyncTestClient
) -> None:
    with within(settings.community):
        async with database.writing() as session:
            project, owner = await a_kept_project(session, slug="karte", stage_key="skizze")
            moved = await advance_stage(
                session, slug="karte", to="werkzeug", reason="Läuft.", revision=project.revision, by=owner, now=NOW
            )
            assert moved.unmet_checkpoints == ["frage"]
    way = words(main_of(await page_of(client, "/projects/karte/stage?lang=de")))
    assert ("Skizze" in way, "Werkzeug" in way, "Die Frage ist in einem Satz gesagt." in way) == (True, True, True)


@postgresql_in_trust
@pytest.mark.usefixtures("record")
async def test_an_event_begins_with_its_code_and_its_time_zone(visit: Visit) -> None:
    await visit.play("organiser")
    code = await visit.client.get("/events/montag/conduct/edit", headers={"accept-language": "de"})
    assert "Ich höre zu und lasse ausreden." in code.text
    assert "Harassment has no place here." not in code.text
    assert "Europe/Berlin" in (await visit.client.get("/events/new")).text


@postgresql_in_trust
async def test_one_registers_for_its_event_in_its_language_and_accepts_its_code(
    visit: Visit, database: Database, settings: Settings
) -> None:
    now = datetime.now(UTC)
    with within(settings.community):
        items = msgspec.to_builtins(conduct())
        async with database.writing() as session:
            await an_event(
                session, slug="offen", name={"de": "Nächster Montag"}, starts_on=(now + timedelta(days=9)).date(),
                is_all_day=False, timezone=settings.timezone, registration_opens_at=now, conduct=items,
            )
    visit.client.headers["accept-language"] = "de"
    here = "/events/offen/register"
    form = words(main_of((await visit.client.get(here)).text))
    assert ("Nächster Montag" in form, "Ich höre zu und lasse ausreden." in form, "Mitteleurop" in form,
            "g0v" in form) == (True, True, True, False)
    rules = {f"rule-{one['key']}": "yes" for one in items}
    answer = await visit.fill(here, here, badge_name="Ada", photo_consent="no", **rules)
    assert answer.status_code == 303
    assert "Ada" in words(main_of((await visit.client.get(answer.headers["location"])).text))


@postgresql_in_trust
async def test_two_communities_live_in_one_process(database_url: str) -> None:
    ours = Settings(database_url=database_url, page_cache=False)
    theirs = ours.model_copy(update={"community_dir": STADTLABOR})
    async with AsyncTestClient(application(ours)) as here, AsyncTestClient(create_app(theirs)) as there:
        for _again in range(2):
            assert "g0v" in await page_of(here, "/?lang=en")
            assert "g0v" not in await page_of(there, "/?lang=en")
            assert 'href="/stages/idea"' in await page_of(here, "/stages")
            assert 'href="/stages/skizze"' in await page_of(there, "/stages")


async def test_it_shows_its_logo_and_colours(client: AsyncTestClient) -> None:
    page = await page_of(client, "/")
    (colours,) = re.findall(r'<link rel="stylesheet" href="(/community/[^"]*)"', page)
    (logo,) = re.findall(r'<img src="(/community/[^"]*)" alt="">', page)
    sheet = await client.get(colours)
    assert sheet.headers["content-type"].startswith("text/css")
    assert "--band: light-dark(#0b4f5c, #06303a);" in sheet.text
    assert "--marigold: light-dark(#7fd0de, #7fd0de);" in sheet.text
    picture = await client.get(logo)
    assert picture.headers["content-type"] == "image/svg+xml"
    assert ET.fromstring(picture.text).attrib["viewBox"] == "0 0 36 36"  # noqa: S314 — our own file


@postgresql_in_trust
async def test_ours_asks_for_no_style_sheet_beside_the_houses(database_url: str) -> None:
    ours = Settings(database_url=database_url, page_cache=False)
    async with AsyncTestClient(application(ours), base_url=BASE) as client:
        page = await page_of(visit_to(client).client, "/")
    assert "/community/" not in page


def test_a_folder_without_a_file_falls_back_to_ours(tmp_path: Path) -> None:
    empty = read_community(tmp_path)
    assert (empty.called, empty.languages, empty.timezone) == ("g0v", ("en", "zh-Hant"), "Asia/Taipei")
    assert empty.owner_of("stages.toml").is_ours
