import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from registry.events.rules import Attendance, EventKind
from registry.exchange.aray import read_aray
from registry.exchange.problems import Problems, UnreadableSource
from registry.exchange.rows import AnyRow, EventRow, LinkRow, Pitch, ProjectRow, ProposalRow, Sourced
from registry.projects.rules import LinkKind

TAIPEI = ZoneInfo("Asia/Taipei")


def an_event(**fields: Any) -> dict[str, Any]:
    return {
        "id": "e1", "projectId": "hub", "name": "g0v hackath1n | 台灣零時政府第壹次試辦黑客松", "type": "實體活動",
        "description": "", "startDate": "2013-01-26T17:00:00.000Z", "endDate": "2013-01-27T10:00:00.000Z",
        "location": {"name": "禮堂", "address": "某路 1 號"}, "link": "https://tickets.example/1", **fields,
    }


def a_project(**fields: Any) -> dict[str, Any]:
    return {"id": "p1", "status": "active", "name": "公車時刻表", "description": "", "links": [], "slackChannel": "",
            **fields}  # fmt: skip


def a_pitch(**fields: Any) -> dict[str, Any]:
    return {"id": "x1", "eventId": "e1", "projectId": "p1", "status": "confirmed", "title": "公車 update", **fields}


def read(
    folder: Path, events: list[Any], projects: list[Any] | None = None, pitches: list[Any] | None = None
) -> tuple[list[Sourced[AnyRow]], Problems]:
    files = {"aray-events": events, "aray-projects": projects or [], "aray-events-projects": pitches or []}
    for name, entries in files.items():
        (folder / f"{name}.json").write_text(json.dumps(entries), encoding="utf-8")
    problems = Problems()
    return list(read_aray(folder, TAIPEI, problems)), problems


def test_events_projects_and_pitches_are_read_with_their_references(tmp_path: Path) -> None:
    rows, problems = read(
        tmp_path, [an_event()],
        [a_project(links=[{"name": "x", "url": "https://github.com/keng/bus"}], slackChannel="bus,#bus")],
        [a_pitch()],
    )
    assert [one.row for one in rows] == [
        EventRow(
            number=1, kind=EventKind.LARGE, name={"en": "g0v hackath1n", "zh-Hant": "台灣零時政府第壹次試辦黑客松"},
            starts_on=date(2013, 1, 27), starts_at=datetime(2013, 1, 26, 17, tzinfo=UTC),
            ends_at=datetime(2013, 1, 27, 10, tzinfo=UTC), place={"zh-Hant": "禮堂"}, address="某路 1 號",
            attendance=Attendance.ONSITE, registration_url="https://tickets.example/1",
        ),
        ProjectRow(
            name={"zh-Hant": "公車時刻表"},
            links=(
                LinkRow(url="https://github.com/keng/bus", kind=LinkKind.REPOSITORY),
                LinkRow(url="https://g0v-tw.slack.com/channels/bus", kind=LinkKind.CHAT, label="#bus"),
            ),
        ),
        ProposalRow(event="e1", project="p1", title={"zh-Hant": "公車 update"}),
    ]
    assert [one.pitches for one in rows] == [(), (Pitch("e1", "公車 update"),), ()]
    assert problems.found == []


def test_places_of_one_hackathon_become_one_event(tmp_path: Path) -> None:
    rows, problems = read(
        tmp_path,
        [
            an_event(name="hackath1n | 台灣零時政府第壹次試辦黑客松 - 台北場"),
            an_event(id="e2", name="hackath1n | 台灣零時政府第壹次試辦黑客松 - 台中場", location={"name": "咖啡館"}),
        ],
    )
    (event,) = rows
    assert isinstance(event.row, EventRow)
    assert (event.key, event.also) == ("e1", ("e2",))
    assert event.row.name["zh-Hant"] == "台灣零時政府第壹次試辦黑客松"
    assert event.row.place == {"zh-Hant": "台北場 禮堂、台中場 咖啡館"}
    assert event.row.address is None
    assert problems.found == []


def test_the_later_date_of_a_postponed_hackathon_holds_and_is_told(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, [an_event(), an_event(id="e2", startDate="2013-03-03T01:00:00Z", endDate="")])
    (event,) = rows
    assert isinstance(event.row, EventRow)
    assert (event.key, event.row.starts_on, event.row.starts_at) == ("e2", date(2013, 3, 3), None)
    assert [(one.row, one.field, one.is_refusal) for one in problems.found] == [("entry 1", "startDate", False)]


def test_an_event_without_a_start_is_passed_on_without_a_day(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, [an_event(startDate="", endDate="")])
    assert isinstance(rows[0].row, EventRow)
    assert (rows[0].row.starts_on, rows[0].row.starts_at, rows[0].row.ends_at) == (None, None, None)


def test_odd_fields_are_told_and_left_out(tmp_path: Path) -> None:
    rows, problems = read(
        tmp_path, [an_event(link="tickets", endDate="2013-01-01T00:00:00Z")],
        [a_project(links=[{"url": "之後補"}], slackChannel="@ming")],
    )
    assert isinstance(rows[0].row, EventRow)
    assert (rows[0].row.registration_url, rows[0].row.ends_at) == (None, None)
    assert rows[1].row == ProjectRow(name={"zh-Hant": "公車時刻表"})
    assert {(one.file, one.field) for one in problems.found} == {
        ("aray-events.json", "link"), ("aray-events.json", "endDate"), ("aray-projects.json", "links"),
        ("aray-projects.json", "slackChannel"),
    }
    assert problems.refused == []


def test_entries_of_another_shape_are_refused_one_by_one(tmp_path: Path) -> None:
    rows, problems = read(
        tmp_path, [an_event(), {"id": 5}, "x", an_event(id="e9", name=" ")],
        [a_project(), a_project(id="p2", links="x"), a_project(id="p3", name="a\x00b")],
        [a_pitch(status="pending"), a_pitch(id="x2", status="?"), a_pitch(id="x3", title="")],
    )
    assert [one.key for one in rows] == ["e1", "p1", "x3"]
    assert rows[2].row == ProposalRow(event="e1", project="p1", title={"zh-Hant": "公車時刻表"})
    assert {(one.file, one.row, one.field) for one in problems.refused} == {
        ("aray-events.json", "entry 2", "id"), ("aray-events.json", "entry 3", ""),
        ("aray-events.json", "entry 4", "name"), ("aray-projects.json", "entry 2", "links"),
        ("aray-projects.json", "entry 3", ""), ("aray-events-projects.json", "entry 1", "status"),
        ("aray-events-projects.json", "entry 2", "status"),
    }
    assert problems.rows_read == 10


def test_a_dump_that_lacks_a_file_or_is_no_list_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="No such file"):
        list(read_aray(tmp_path, TAIPEI, Problems()))
    (tmp_path / "aray-events.json").write_text("{}")
    with pytest.raises(UnreadableSource, match="a list was expected"):
        list(read_aray(tmp_path, TAIPEI, Problems()))
