from datetime import date
from pathlib import Path

import pytest

from registry.events.rules import EventKind, EventState
from registry.exchange.jothon_events import read_jothon_events
from registry.exchange.problems import Problems, UnreadableSource
from registry.exchange.rows import EventRow


def read(tmp_path: Path, **files: str) -> tuple[dict[str, EventRow], Problems]:
    for stem, text in files.items():
        (tmp_path / f"{stem.removeprefix('f')}.yaml").write_text(text, encoding="utf-8")
    problems = Problems()
    return {one.key: one.row for one in read_jothon_events(tmp_path, problems)}, problems


def test_a_file_becomes_an_event_with_its_number_texts_and_playlists(tmp_path: Path) -> None:
    events, problems = read(
        tmp_path,
        f0="name: 台灣零時政府第零次試辦黑客松\nid: 0\ndate: 2012/12/01\nsubtitle: |\n  第一次見面。\n"
        "description: |\n  一起<b>寫</b>程式。<script>alert(1)</script>\n\n  * 帶電腦\n"
        "video_pitch: https://video.example/p\nusebookmode: true\n",
    )
    assert events == {
        "0": EventRow(
            number=0, kind=EventKind.LARGE, name={"zh-Hant": "台灣零時政府第零次試辦黑客松"},
            starts_on=date(2012, 12, 1),
            summary={"zh-Hant": "第一次見面。"}, description={"zh-Hant": "一起寫程式。\n\n* 帶電腦"},
            video_urls={"pitch": "https://video.example/p"},
        )
    }
    assert problems.found == []


def test_both_forms_of_dates_and_yamls_own_are_read(tmp_path: Path) -> None:
    events, _ = read(
        tmp_path, f1="name: 一\nid: 1\ndate: 2024/1/6", f2="name: 二\nid: 2\ndate: 2024/01/06",
        f3="name: 三\nid: 3\ndate: 2024-01-06",
    )
    assert [event.starts_on for event in events.values()] == [date(2024, 1, 6)] * 3


def test_a_gathering_without_an_ordinal_has_the_pages_number_but_is_no_numbered_hackathon(tmp_path: Path) -> None:
    events, problems = read(tmp_path, f10="name: Summit Unconference 開放聚會\nid: 10\ndate: 2014/11/09")
    assert (events["10"].number, events["10"].kind) == (None, EventKind.OTHER)
    assert problems.found == []


def test_what_is_odd_is_told_and_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    events, problems = read(
        tmp_path,
        f11="name: 台灣零時政府第拾貳次試辦黑客松\nid: 11\ndate: 2014/12/20\nvideo_demo: 之後補\nmood: good\n",
        f12="name: 台灣零時政府第拾貳次試辦黑客松\nid: 12\ndate: soon\n", f13="- a\n- b\n", f14="name: [",
        f15="id: 15\ndate: 2014/12/20\n", f16="name: x\nid: one\ndate: 2014/12/20\n",
    )
    assert events.keys() == {"11"}
    assert events["11"].number == 12
    assert [(one.file, one.field, one.is_refusal) for one in problems.found] == [
        ("11.yaml", "mood", False), ("11.yaml", "id", False), ("11.yaml", "video_demo", False),
        ("12.yaml", "date", True), ("13.yaml", "id", True), ("14.yaml", "", True), ("15.yaml", "name", True),
        ("16.yaml", "id", True),
    ]
    assert (problems.rows_read, len(problems.refused)) == (6, 5)


def test_a_cancelled_event_says_so(tmp_path: Path) -> None:
    events, _ = read(tmp_path, f1="name: '[取消] 第壹次基礎建設松'\nid: 1\ndate: 2014/12/20")
    assert events["1"].state is EventState.CANCELLED
    assert events["1"].name == {"zh-Hant": "第壹次基礎建設松"}
    assert events["1"].kind is EventKind.INFRASTRUCTURE


def test_a_folder_without_files_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="one YAML file an event"):
        read(tmp_path)
