"""The data package: its description fits its files, each cell is of the type that the schema says, and keys hold."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import msgspec
from litestar.testing import AsyncTestClient

from registry.database.engine import Database
from tests.conftest import on_one_database
from tests.factories import a_case, a_project, a_proposal, an_event

_READ: dict[str, Callable[[str], Any]] = {
    "string": str, "integer": int, "boolean": {"true": True, "false": False}.__getitem__, "date": date.fromisoformat,
    "datetime": datetime.fromisoformat, "array": lambda cell: msgspec.json.decode(cell, type=list),
}


@on_one_database
async def test_a_package_is_made_once_for_each_state_of_the_record(
    client: AsyncTestClient, database: Database, statements: list[str]
) -> None:
    async with database.writing() as session:
        await a_project(session, slug="one")
    first = await client.get("/data/package.zip")
    statements.clear()
    again = await client.get("/data/package.zip")
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    known = await client.get("/data/package.zip", headers={"If-None-Match": first.headers["etag"]})
    assert (known.status_code, known.content, statements) == (304, b"", [])
    async with database.writing() as session:
        await a_project(session, slug="two")
    later = await client.get("/data/package.zip", headers={"If-None-Match": first.headers["etag"]})
    projects = zipfile.ZipFile(io.BytesIO(later.content)).read("projects.csv").decode()
    assert (later.status_code, "two," in projects) == (200, True)


@on_one_database
async def test_the_package_says_what_is_in_it(client: AsyncTestClient, database: Database) -> None:
    async with database.writing() as session:
        event = await an_event(session, slug="day", is_all_day=False, number=3)
        project = await a_project(session, slug="萌典", name={"en": "=1+1", "zh-Hant": "萌典"})
        await a_proposal(session, event=event, project=project)
        await a_case(session, project=project)
    answer = await client.get("/data/package.zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    package = msgspec.json.decode(archive.read("datapackage.json"))
    files = {one["name"]: one for one in package["resources"]}
    assert {*archive.namelist()} == {"datapackage.json", *(one["path"] for one in files.values())}
    rows: dict[str, list[dict[str, str]]] = {}
    for name, one in files.items():
        content = archive.read(one["path"])
        assert len(content) == one["bytes"]
        table = csv.DictReader(io.StringIO(content.decode(), newline=""))
        rows[name] = list(table)
        fields = {field["name"]: field for field in one["schema"]["fields"]}
        assert [*fields] == table.fieldnames
        for row in rows[name]:
            for column, cell in row.items():
                assert cell == "" or _READ[fields[column]["type"]](cell) is not None, (name, column)
        slugs = [row["slug"] for row in rows[name]]
        assert (len(slugs), "" in slugs) == (len(set(slugs)), False)
    for name, one in files.items():
        for key in one["schema"].get("foreignKeys", []):
            known = {row["slug"] for row in rows[key["reference"]["resource"]]}
            assert {row[key["fields"]] for row in rows[name]} <= known
    types = {field["name"]: field["type"] for field in files["events"]["schema"]["fields"]}
    assert (types["number"], types["starts_on"], types["starts_at"], types["name.zh-Hant"]) == (
        "integer", "date", "datetime", "string"
    )
    assert rows["projects"][0]["name.en"] == "'=1+1"
    assert [len(rows[name]) for name in ("events", "projects", "proposals", "cases")] == [1, 1, 1, 1]
