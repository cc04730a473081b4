"""Our formats before PyPI's frictionless (data package), cffconvert (citation) and extruct (linked data).

Each runs in an environment of its own, made by uv, for cffconvert wants an old jsonschema and frictionless much else.
"""

import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from registry.database.engine import Database
from tests.conftest import on_one_database
from tests.factories import a_case, a_link, a_project, a_proposal, an_event
from tests.judges import run_from_pypi

pytestmark = pytest.mark.trust

_FRICTIONLESS = """
import json, sys
from frictionless import Package
report = Package(sys.argv[1]).validate()
print(json.dumps([error for task in report.tasks for error in task.errors] + report.errors, default=str))
"""
_EXTRUCT = """
import json, sys
import extruct
pages = [open(name, encoding="utf-8").read() for name in sys.argv[1:]]
print(json.dumps([extruct.extract(page, syntaxes=["json-ld", "opengraph"]) for page in pages]))
"""


@on_one_database
async def test_frictionless_finds_the_data_package_valid(
    client: AsyncTestClient, database: Database, tmp_path: Path
) -> None:
    async with database.writing() as session:
        project = await a_project(session, slug="萌典", name={"en": "=1+1", "zh-Hant": "萌典"})
        await a_proposal(session, event=await an_event(session, number=3), project=project)
        await a_link(session, project=project)
        await a_case(session, project=project)
    answer = await client.get("/data/package.zip")
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        archive.extractall(tmp_path)
    package = tmp_path / "datapackage.json"
    assert json.loads(run_from_pypi("frictionless==5.19.0", _FRICTIONLESS, package)) == []
    resources = {one["name"]: one["path"] for one in json.loads(package.read_text(encoding="utf-8"))["resources"]}
    events = tmp_path / resources["events"]
    events.write_text(events.read_text(encoding="utf-8").replace("3", "three"), encoding="utf-8")
    assert json.loads(run_from_pypi("frictionless==5.19.0", _FRICTIONLESS, package)) != []


@on_one_database
async def test_cffconvert_takes_the_citation_of_a_case(
    client: AsyncTestClient, database: Database, tmp_path: Path
) -> None:
    async with database.writing() as session:
        await a_case(session, slug="moe", title={"en": "Words & {signs}: 100%", "zh-Hant": "萌典"})
    file = tmp_path / "CITATION.cff"
    file.write_text((await client.get("/cases/moe/CITATION.cff")).text, encoding="utf-8")
    said = run_from_pypi("cffconvert==2.0.0", "cffconvert", "--validate", "-i", file, python=False)
    assert "are valid according to schema version 1.2.0" in said


@on_one_database
async def test_extruct_finds_the_linked_data_of_each_record(
    client: AsyncTestClient, database: Database, tmp_path: Path
) -> None:
    async with database.writing() as session:
        await an_event(session, slug="h1", name={"en": "</script>一"})
        await a_project(session, slug="map")
        await a_case(session, slug="moe")
    files = []
    for number, path in enumerate(("/events/h1", "/projects/map", "/cases/moe")):
        files.append(tmp_path / f"{number}.html")
        files[-1].write_text((await client.get(f"{path}?lang=en")).text, encoding="utf-8")
    found: list[Any] = json.loads(run_from_pypi("extruct==0.18.0", _EXTRUCT, *files))
    linked = [page["json-ld"][0] for page in found]
    assert [one["@type"] for one in linked] == [["Event", "Hackathon"], "CreativeWork", "Article"]
    assert linked[0]["name"] == "</script>一"
    pictures = [dict(page["opengraph"][0]["properties"])["og:image"] for page in found]
    site = "http://127.0.0.1:8000"
    assert pictures == [f"{site}{path}/card.png?lang=en" for path in ("/events/h1", "/projects/map", "/cases/moe")]
