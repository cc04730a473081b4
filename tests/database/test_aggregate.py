from datetime import UTC, date, datetime

import msgspec
from sqlalchemy import select

from registry.database.aggregate import json_rows
from registry.database.engine import Database
from registry.projects.models import Link, Need, Project
from registry.projects.rules import LinkHealth
from tests.factories import a_link, a_need, a_project


class LinkRow(msgspec.Struct):
    url: str
    health: LinkHealth
    checked_at: datetime | None


class NeedRow(msgspec.Struct):
    key: str
    line: dict[str, str]
    opened_on: date | None
    links: list[LinkRow]


LINKS = (
    select(Link.url, Link.health, Link.checked_at).where(Link.project_id == Project.id).order_by(Link.url.desc())
    .correlate(Project)
)
NEEDS = (
    select(Need.key, Need.line, Need.opened_on, json_rows(LINKS, LinkRow).label("links"))
    .where(Need.project_id == Project.id).order_by(Need.key).correlate(Project)
)


async def test_rows_within_rows_come_back_as_structs_in_their_order(database: Database) -> None:
    checked = datetime(2026, 7, 25, 3, 4, 5, tzinfo=UTC)
    async with database.writing() as session:
        project = await a_project(session)
        await a_link(session, project=project, url="https://a.example", health=LinkHealth.DEAD, checked_at=checked)
        await a_link(session, project=project, url="https://b.example/\"坑\"")
        await a_need(session, project=project, key="writer", line={"zh-Hant": "寫“字”"}, opened_on=date(2020, 1, 4))
        await a_need(session, project=project, key="data")

    async with database.reading() as reader:
        rows = (await reader.execute(select(json_rows(NEEDS, NeedRow)).select_from(Project))).scalar_one()

    links = [
        LinkRow('https://b.example/"坑"', LinkHealth.UNKNOWN, None),
        LinkRow("https://a.example", LinkHealth.DEAD, checked),
    ]
    assert rows == [
        NeedRow("data", {}, None, links), NeedRow("writer", {"zh-Hant": "寫“字”"}, date(2020, 1, 4), links),
    ]


async def test_a_record_without_rows_has_an_empty_list(database: Database) -> None:
    async with database.writing() as session:
        await a_project(session)

    async with database.reading() as reader:
        rows = (await reader.execute(select(json_rows(LINKS, LinkRow)).select_from(Project))).scalar_one()

    assert rows == []
