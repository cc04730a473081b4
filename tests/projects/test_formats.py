"""A project for other programs: its files are read back by the readers of repositories' files, its card by a frame."""

import json

import pytest
import yaml
from litestar.testing import AsyncTestClient

from registry.database.engine import Database
from registry.handbook import ladder
from registry.handbook.faults import ladder_faults
from registry.handbook.statuses import CIVIC, DRIBDAT, G0V, MEANINGLESS, PUBLICCODE, STATUSES
from registry.projects.rules import LinkKind
from registry.repositories.files.formats import read_files
from tests.conftest import on_one_database
from tests.factories import a_link, a_membership, a_need, a_person, a_project

TABLE = {
    "idea": ("planning", "Ideation", "concept", "challenge"),
    "blueprint": ("pre-alpha", "Ideation", "concept", "researched"),
    "prototype": ("alpha", "Alpha", "development", "prototyped"), "release": ("beta", "Beta", "beta", "launched"),
    "sustain": ("production", "Production", "stable", "live"), "impact": ("mature", "Production", "stable", "live"),
}
ENDED = {G0V: "archived", CIVIC: "Archival", PUBLICCODE: "obsolete"}
BACK = {
    G0V: ("idea", "blueprint", "prototype", "release", "sustain", "release", "retired", "sustain", "impact", "dormant",
          "", ""),
    CIVIC: ("idea", "prototype", "release", "sustain", "retired"),
    PUBLICCODE: ("idea", "prototype", "release", "sustain", "retired"),
    DRIBDAT: ("idea", "idea", "blueprint", "blueprint", "prototype", "release", "sustain"),
}


@pytest.mark.parametrize("stage", TABLE)
def test_each_stage_has_its_word_in_each_vocabulary_and_comes_back_from_it(stage: str) -> None:
    for vocabulary, word in zip(STATUSES, TABLE[stage], strict=True):
        assert ladder().status(vocabulary, stage, "active") == word
        first = ladder().stage_called(vocabulary, word)
        assert first is not None
        assert (first.elsewhere[vocabulary], ladder().position(first.key) <= ladder().position(stage)) == (word, True)
    assert {vocabulary: ladder().status(vocabulary, stage, "retired") for vocabulary in ENDED} == ENDED


@pytest.mark.parametrize("vocabulary", STATUSES)
def test_each_word_of_each_vocabulary_means_one_stage_or_standing_or_nothing(vocabulary: str) -> None:
    for word, meaning in zip(STATUSES[vocabulary], BACK[vocabulary], strict=True):
        stage, standing = ladder().stage_called(vocabulary, word), ladder().standing_called(vocabulary, word)
        assert [one.key for one in (stage, standing) if one] == ([meaning] if meaning else [])
        assert (not meaning) == (word in MEANINGLESS)


def test_a_word_that_a_format_does_not_know_is_a_fault() -> None:
    stage = type(ladder().stage[0])
    broken = [
        stage(one.key, one.name, one.summary, elsewhere={"g0v": "planing", "gov": "beta"}) for one in ladder().stage[:1]
    ]
    faults = ladder_faults(type(ladder())(tuple(broken), ladder().standing), languages=("en",))
    assert [("planning" in one, "gov" in one) for one in faults] == [(True, False), (False, True)]


@on_one_database
async def test_files_for_a_repository_are_understood_by_those_who_read_them(
    client: AsyncTestClient, database: Database
) -> None:
    async with database.writing() as session:
        project = await a_project(
            session, slug="map", name={"en": "Budget: map", "zh-Hant": "預算地圖"}, summary={"en": "See # where."},
            description={"en": "Budgets as drawings.\n\n- Draws every budget\n- Compares years\n\n" + "More. " * 30},
            stage_key="prototype", code_licence="MIT",
        )
        await a_link(session, project=project, kind=LinkKind.REPOSITORY, url="https://github.com/g0v/map")
        await a_link(session, project=project, kind=LinkKind.SITE, url="https://map.example.org")
        await a_need(session, project=project, key="ui")
        await a_membership(session, project=project, person=await a_person(session, display_name="Au Au"))
        await a_membership(session, project=project, person=await a_person(
            session, display_name="Hidden", is_public=False))
        await a_project(session, slug="bare", name={"zh-Hant": "新坑"})
    texts = {
        file: (await client.get(f"/projects/map/{file}")).text for file in ("g0v.json", "publiccode.yml")
    }
    assert "Hidden" not in "".join(texts.values())
    for file, text in texts.items():
        read = read_files({file: text})
        assert (read.faults, read.stated.code_licence, read.stated.site) == ([], "MIT", "https://map.example.org")
        assert read.stated.summary == {"en": "See # where."}
    g0v = json.loads(texts["g0v.json"])
    assert (g0v["g0v_json"], g0v["author"], g0v["status"], g0v["needs"], g0v["repository"]["type"]) == (
        "v2", "Au Au", "alpha", ["designer"], "git"
    )
    public = yaml.safe_load(texts["publiccode.yml"])
    assert (public["developmentStatus"], public["maintenance"], public["description"]["en"]["features"]) == (
        "development", {"type": "community", "contacts": [{"name": "Au Au"}]}, ["Draws every budget", "Compares years"]
    )
    assert 150 <= len(public["description"]["en"]["longDescription"]) <= 10_000
    bare = (await client.get("/projects/bare/publiccode.yml")).text
    assert {line for line in bare.splitlines() if line.startswith("#")} == {
        "# url: ?", "# description: ?", "# legal.license: ?", "# maintenance.contacts: ?"
    }
    assert (await client.get("/projects/bare/elsewhere?lang=en")).text.count("Still to be written by you") == 2


@on_one_database
async def test_only_the_card_may_stand_in_frames_of_other_sites(
    client: AsyncTestClient, database: Database, statements: list[str]
) -> None:
    async with database.writing() as session:
        await a_project(session, slug="map", name={"en": "<Map>"})
    statements.clear()
    card = await client.get("/projects/map/card")
    assert len(statements) == 1
    assert ("frame-ancestors *" in card.headers["content-security-policy"], "&lt;Map&gt;" in card.text) == (True, True)
    assert "<form" not in card.text
    for path in ("/projects/map", "/projects/map/elsewhere", "/"):
        policy = (await client.get(path)).headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
