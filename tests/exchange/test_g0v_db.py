import csv
from datetime import date
from pathlib import Path

import pytest

from registry.events.rules import EventKind
from registry.exchange.g0v_db import read_g0v_db
from registry.exchange.problems import Problems, UnreadableSource
from registry.exchange.rows import CreditRow, EventRow, LinkRow, ProjectRow, ProposalRow
from registry.projects.rules import LinkKind

HEADER = [
    "date", "project id", "event name", "project ", "three brief", "three brief", "manpower", "guideline", "",
    "other document", "video link", "continue maintain", "owner name", "slack channel", "license code",
    "license data", " education project", "purpose", "tags",
]
EVENT = "g0v hackath11n | 台灣零時政府第拾壹次試辦黑客松"


def a_line(**cells: str) -> list[str]:
    filled = {"date": "2014/12/20", "project id": "00000001", "event name": EVENT, "project ": "公車時刻表", **cells}
    return [filled.pop(name, "") for name in HEADER]


def read(tmp_path: Path, *lines: list[str]) -> tuple[list[EventRow | ProjectRow | ProposalRow], Problems]:
    path = tmp_path / "sheet.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADER, *lines])
    problems = Problems()
    return [one.row for one in read_g0v_db(path, problems)], problems  # type: ignore[misc]


def test_a_line_becomes_an_event_a_project_and_its_pitch(tmp_path: Path) -> None:
    rows, problems = read(
        tmp_path,
        a_line(**{
            "three brief": "公車、時刻；OSM", "manpower": "前端工程師、設計師、會煮飯的人",
            "guideline": "hackmd.io/abc\nhttps://github.com/Keng/Bus", "other document": "bus.example",
            "video link": "https://video.example/1", "continue maintain": "yes", "owner name": "小明, Mei Lin",
            "slack channel": " #bus", "license code": "MIT / CC BY 4.0", " education project": "Yes",
            "purpose": "讓<b>人</b>準時。", "tags": "交通",
        }),
    )
    assert rows == [
        EventRow(
            number=11, kind=EventKind.LARGE, starts_on=date(2014, 12, 20),
            name={"en": "g0v hackath11n", "zh-Hant": "台灣零時政府第拾壹次試辦黑客松"},
        ),
        ProjectRow(
            name={"zh-Hant": "公車時刻表"}, summary={"zh-Hant": "讓人準時。"}, tags=("公車", "時刻", "OSM", "交通"),
            code_licence="MIT", content_licence="CC-BY-4.0",
            links=(
                LinkRow(url="https://github.com/Keng/Bus", kind=LinkKind.REPOSITORY),
                LinkRow(url="https://bus.example", kind=LinkKind.SITE),
                LinkRow(url="https://g0v-tw.slack.com/channels/bus", kind=LinkKind.CHAT, label="#bus"),
            ),
        ),
        ProposalRow(
            event="event 11", project="00000001", position=1, title={"zh-Hant": "公車時刻表"},
            summary={"zh-Hant": "讓人準時。"}, needs_text="前端工程師、設計師、會煮飯的人",
            needs=("front-end", "designer"),
            code_licence="MIT", content_licence="CC-BY-4.0", is_for_education=True, continued=True,
            links=(
                LinkRow(url="https://hackmd.io/abc", kind=LinkKind.NOTE),
                LinkRow(url="https://video.example/1", kind=LinkKind.VIDEO),
            ),
            credits=(CreditRow(name="小明"), CreditRow(name="Mei Lin")),
        ),
    ]
    assert problems.found == []


def test_prose_in_a_link_column_is_told_and_kept_as_a_note_without_contacts(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, a_line(guideline="還沒寫，問 ming@example.org"))
    assert isinstance(rows[2], ProposalRow)
    assert (rows[2].links, rows[2].notes) == ((), "還沒寫，問 […]")
    assert [(one.row, one.field, one.reason, one.is_refusal) for one in problems.found] == [
        ("line 2", "guideline", "not a link: kept as a note", False)
    ]


def test_contact_details_leave_no_trace_wherever_they_were_written(tmp_path: Path) -> None:
    canary = "canary@secret.example"
    cells = {name: f"x, {canary}" for name in HEADER if name not in {"date", "project id"}}
    rows, problems = read(tmp_path, a_line(**cells))
    assert len(rows) == 3
    assert canary not in repr(rows)
    assert canary not in repr(problems.found)


def test_an_uncertain_licence_stays_as_written_with_the_pitch_and_off_the_project(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, a_line(**{"license code": "CC-BY", "license data": "還在想"}))
    assert [(row.code_licence, row.content_licence) for row in rows[1:]] == [  # type: ignore[union-attr]
        (None, None), ("CC-BY", "還在想")
    ]


def test_pitches_keep_their_order_within_an_event_and_another_date_is_told(tmp_path: Path) -> None:
    rows, problems = read(
        tmp_path, a_line(), a_line(**{"project id": "2", "project ": "路平 ", "date": "2014/12/21"}),
        a_line(**{"project id": "3", "event name": "g0v hackath12n", "date": "2015/2/14"}),
    )
    pitches = [row for row in rows if isinstance(row, ProposalRow)]
    assert [(one.event, one.position, one.title) for one in pitches] == [
        ("event 11", 1, {"zh-Hant": "公車時刻表"}), ("event 11", 2, {"zh-Hant": "路平"}),
        ("event 12", 1, {"zh-Hant": "公車時刻表"}),
    ]
    assert [(one.row, one.value, one.reason) for one in problems.found] == [
        ("line 3", "2014/12/21", "the event was on 2014-12-20: that is kept")
    ]


def test_a_refused_line_gives_nothing_at_all(tmp_path: Path) -> None:
    rows, problems = read(
        tmp_path, a_line(date="20 Dec"), a_line(**{"project ": " \x08"}), a_line(**{"project id": ""}),
        a_line(**{"event name": ""}),
    )
    assert rows == []
    assert [(one.row, one.field) for one in problems.refused] == [
        ("line 2", "date"), ("line 3", "project"), ("line 4", "project id"), ("line 5", "event name")
    ]


def test_the_column_without_a_name_and_both_columns_of_one_name_are_read(tmp_path: Path) -> None:
    line = a_line(**{"": "幫等車的人。"})
    line[4], line[5] = "公車", "時刻"
    rows, _ = read(tmp_path, line)
    assert isinstance(rows[1], ProjectRow)
    assert (rows[1].summary, rows[1].tags) == ({"zh-Hant": "幫等車的人。"}, ("公車", "時刻"))


def test_prose_where_names_should_be_is_told_and_no_credit(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, a_line(**{"owner name": "x" * 101}))
    assert rows[2].credits == ()  # type: ignore[union-attr]
    assert [one.field for one in problems.found] == ["owner names"]


def test_a_sheet_without_the_needed_columns_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("date,project\n2014/1/1,x\n", encoding="utf-8")
    with pytest.raises(UnreadableSource, match="project id, event name"):
        list(read_g0v_db(path, Problems()))
