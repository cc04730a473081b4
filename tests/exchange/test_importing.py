"""The community's four formats together, as the command line takes them: small files of our own."""

import json
from pathlib import Path

import pytest

from registry.activity.models import Provenance
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.events.models import Event
from registry.exchange.formats import Format
from registry.exchange.problems import UnreadableSource
from registry.exchange.queries import NamedRecord, count_open_candidates, open_candidates
from registry.projects.models import Project
from registry.proposals.models import Proposal
from tests.exchange.acts import imported, rows_of, totals

EVENT = "g0v hackath35n | 台灣零時政府第参拾伍次試辦黑客松"


@pytest.fixture
def sources(tmp_path: Path) -> dict[Format, Path]:
    """One event, two projects, three pitches, told four times in four ways."""
    (tmp_path / "events").mkdir()
    (tmp_path / "events" / "35.yaml").write_text("name: 台灣零時政府第參拾伍次試辦黑客松\nid: 35\ndate: 2019/07/20\n")
    (tmp_path / "sheet.csv").write_text(
        "\ufeffdate,project id,event name,project,three brief,guideline,owner name\n"
        f"2019/7/20,00000001,{EVENT},vTaiwan -1,\"公車、時刻\",待補,小明\n"
        f"2019/7/20,00000002,{EVENT},路平地圖,,https://github.com/keng/road,小明\n"
        f"someday,00000003,{EVENT},沒有日期,,,\n"
    )
    (tmp_path / "hub").mkdir()
    hub = {
        "aray-events": [{
            "id": "e", "name": EVENT, "startDate": "2019-07-20T01:00:00Z", "endDate": "2019-07-20T10:00:00Z",
            "location": {"name": "禮堂"},
        }],
        "aray-projects": [
            {"id": "v", "name": "vTaiwan -2 "}, {"id": "r", "name": "路平"}, {"id": "n", "name": "新手村地圖"}
        ],
        "aray-events-projects": [
            {"id": "1", "eventId": "e", "projectId": "v", "title": "vTaiwan"},
            {"id": "2", "eventId": "e", "projectId": "r", "title": "路平地圖"},
            {"id": "3", "eventId": "e", "projectId": "n", "title": "新手村地圖"},
            {"id": "4", "eventId": "lost", "projectId": "n", "title": "新手村地圖"},
        ],
    }  # fmt: skip
    for name, entries in hub.items():
        (tmp_path / "hub" / f"{name}.json").write_text(json.dumps(entries))
    (tmp_path / "survey.csv").write_text(
        "時間戳記,專案名稱,坑主與團隊屬性(複選)\n2023/2/11 上午 11:17:53,vTaiwan,學生\n"
        "2023/2/11 上午 11:18:00,路平地圖升級版,學生\n"
    )
    return {
        Format.JOTHON_EVENTS: tmp_path / "events", Format.G0V_DB: tmp_path / "sheet.csv",
        Format.ARAY: tmp_path / "hub", Format.CASE_AXES: tmp_path / "survey.csv",
    }


async def test_four_sources_make_one_record_and_a_second_run_changes_nothing(
    database: Database, sources: dict[Format, Path]
) -> None:
    first = [totals(await imported(database, source, path)) for source, path in sources.items()]
    assert first == [
        {Subject.EVENT: (1, 0, 0)},
        {
            Subject.EVENT: (0, 1, 0), Subject.PROJECT: (2, 0, 0), Subject.PROPOSAL: (2, 0, 0),
            Subject.PERSON: (2, 0, 0), Subject.TAG: (2, 0, 0),
        },
        {Subject.EVENT: (0, 1, 0), Subject.PROJECT: (1, 1, 1), Subject.PROPOSAL: (1, 0, 2)},
        {Subject.PROJECT: (1, 1, 0)},
    ]
    assert await rows_of(database, Event.slug, Event.number, Event.place) == [("hackath35n", 35, {"zh-Hant": "禮堂"})]
    assert [name for (name,) in await rows_of(database, Project.name)] == [
        {"en": "vTaiwan -1"}, {"zh-Hant": "路平"}, {"zh-Hant": "新手村地圖"}, {"zh-Hant": "路平地圖升級版"}
    ]
    for source, path in sources.items():
        again = totals(await imported(database, source, path))
        assert [(created, updated) for created, updated, _ in again.values()] == [(0, 0)] * len(again)


async def test_a_dry_run_reports_the_same_and_changes_nothing(
    database: Database, sources: dict[Format, Path]
) -> None:
    await imported(database, Format.JOTHON_EVENTS, sources[Format.JOTHON_EVENTS])
    dry = await imported(database, Format.G0V_DB, sources[Format.G0V_DB], dry_run=True)
    assert await rows_of(database, Proposal.id) == []
    assert await rows_of(database, Provenance.source) == [("jothon-events",)]
    wet = await imported(database, Format.G0V_DB, sources[Format.G0V_DB])
    assert (totals(dry), dry.problems.found) == (totals(wet), wet.problems.found)
    assert [(one.file, one.row, one.field, one.value, one.is_refusal) for one in wet.problems.found] == [
        ("sheet.csv", "line 2", "guideline", "待補", False), ("sheet.csv", "line 4", "date", "someday", True)
    ]
    assert len(await rows_of(database, Proposal.id)) == 2


async def test_a_source_that_breaks_off_leaves_nothing_behind(database: Database, tmp_path: Path) -> None:
    (tmp_path / "tags.json").write_text('[{"slug": "t", "name": {"en": "T"}}]')
    (tmp_path / "events.json").write_text("{}")
    with pytest.raises(UnreadableSource, match=r"events\.json: a list was expected"):
        await imported(database, Format.JSON, tmp_path)
    assert await rows_of(database, Provenance.id) == []


async def test_open_candidates_are_listed_by_likeness_and_paged(
    database: Database, sources: dict[Format, Path]
) -> None:
    for source, path in sources.items():
        await imported(database, source, path)
    async with database.reading() as reader:
        assert await count_open_candidates(reader) == 2
        listed = await open_candidates(reader, limit=10)
        assert await open_candidates(reader, limit=1, offset=1) == listed[1:]
        assert await open_candidates(reader, limit=1, offset=2) == []
    assert [(one.left, one.right, one.signs, one.likeness) for one in listed] == [
        (
            NamedRecord("路平", {"zh-Hant": "路平"}), NamedRecord("路平地圖升級版", {"zh-Hant": "路平地圖升級版"}),
            ["name_contained"], 0.571,
        ),
        (NamedRecord("小明", {"": "小明"}), NamedRecord("小明-2", {"": "小明"}), ["same_name"], 0.5),
    ]
