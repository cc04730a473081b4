"""A topic that sources name in English and in Chinese is one topic."""

from sqlalchemy import select

from registry.activity.models import AuditEntry
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.exchange.problems import Problems
from registry.exchange.rows import ProjectRow, TagRow
from registry.projects.models import Project, ProjectTag, Tag
from registry.projects.queries.topics import tag_by_slug
from tests.exchange.acts import rows_of, sourced, taken

AIR = TagRow(slug="air-pollution", name={"zh-Hant": "空汙", "en": "Air pollution"})


def a_project_row(name: str, *tags: str) -> ProjectRow:
    return ProjectRow(name={"en": name}, tags=tags)


async def _topics(database: Database) -> list[tuple[str, str]]:
    async with database.reading() as reader:
        rows = await reader.execute(
            select(Project.slug, Tag.slug).join(ProjectTag, ProjectTag.project_id == Project.id)
            .join(Tag, Tag.id == ProjectTag.tag_id).order_by(Project.slug, Tag.slug)
        )
        return [(project, tag) for project, tag in rows]


async def test_a_topic_is_found_by_its_name_in_either_language(database: Database) -> None:
    rows = [
        sourced("t", AIR), sourced("1", a_project_row("a", "空汙")), sourced("2", a_project_row("b", "AIR  Pollution")),
        sourced("3", a_project_row("c", "空汙", "air pollution", "air-pollution")),
        sourced("4", a_project_row("d", "水")),
    ]
    assert await taken(database, *rows) == {Subject.PROJECT: (4, 0, 0), Subject.TAG: (2, 0, 0)}
    assert await _topics(database) == [(slug, "air-pollution") for slug in "abc"] + [("d", "水")]
    assert await taken(database, *rows) == {Subject.PROJECT: (0, 0, 4), Subject.TAG: (0, 0, 1)}
    async with database.reading() as reader:
        topics = [await tag_by_slug(reader, slug) for slug in ("air-pollution", "水")]
    assert [[(one.source, one.file, one.row) for one in topic.provenance] for topic in topics if topic] == [
        [("sheet", "sheet.csv", "t")], [("sheet", "sheet.csv", "4")],
    ]


async def test_a_known_topic_gains_the_name_it_lacks_and_the_report_says_under_which_address(
    database: Database,
) -> None:
    await taken(database, sourced("1", a_project_row("a", "空汙")))
    problems = Problems()
    rows = [sourced("t", AIR, problems), sourced("2", a_project_row("b", "air-pollution"), problems)]
    assert await taken(database, *rows, source="hub") == {Subject.PROJECT: (1, 0, 0), Subject.TAG: (0, 1, 0)}
    assert await rows_of(database, Tag.slug, Tag.name) == [("空汙", AIR.name)]
    assert await _topics(database) == [("a", "空汙"), ("b", "空汙")]
    assert [(one.field, one.value, one.is_refusal) for one in problems.found] == [("slug", "air-pollution", False)]
    assert await taken(database, *rows, source="hub") == {Subject.PROJECT: (0, 0, 1), Subject.TAG: (0, 0, 1)}
    audit = await rows_of(database, AuditEntry.actor, AuditEntry.subject, AuditEntry.changes)
    assert [one for one in audit if one.subject is Subject.TAG] == [
        ("import:sheet", Subject.TAG, {}), ("import:hub", Subject.TAG, {"name": {"en": "Air pollution"}}),
    ]


async def test_topics_that_one_source_tells_apart_stay_apart_whatever_they_are_called(database: Database) -> None:
    rows = [
        sourced("1", TagRow(slug="map", name={"en": "Map", "zh-Hant": "地圖"})),
        sourced("2", TagRow(slug="atlas", name={"en": "Atlas", "zh-Hant": "地圖"})),
    ]
    assert await taken(database, *rows) == {Subject.TAG: (2, 0, 0)}
    assert await taken(database, *rows) == {Subject.TAG: (0, 0, 2)}
