"""Anybody's table: its columns are guessed, its bytes understood, and a packed file cannot do harm."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.exchange import packed as packing
from registry.exchange.encodings import big5_text, decode_text
from registry.exchange.formats import Format
from registry.exchange.loading.limits import is_within_limits
from registry.exchange.matching import TableKind, field_keys, guess_columns, guess_kind, is_repeatable
from registry.exchange.packed import unpack
from registry.exchange.problems import Problems, UnreadableSource
from registry.exchange.recognising import recognise
from registry.exchange.rows import EventRow, ProjectRow
from registry.exchange.table import read_table
from tests.exchange.acts import ZONE


@pytest.mark.parametrize(("headings", "kind", "columns"), [
    ("Project Name|GitHub|Looking for|Tags", TableKind.PROJECTS, "name|repository|needs_text|tags"),
    ("坑名|英文名稱|程式碼|徵求|共筆|別名", TableKind.PROJECTS, "name|name.en|repository|needs_text|note|aliases"),
    ("name.en|name.zh-Hant|summary.en|slug", TableKind.PROJECTS, "name.en|name.zh-Hant|summary.en|"),
    ("活動名稱|活動日期|地點|報名網址", TableKind.EVENTS, "name|starts_on|place|registration_url"),
    ("Title|Start|End|Venue", TableKind.EVENTS, "name|starts_at|ends_at|place"),
    ("date|event name|project|owner names|purpose|slack channel|license code|license data", TableKind.PITCHES,
     "starts_on|event|project|credits|summary|chat|code_licence|content_licence"),
    ("提案|提案人（可多位）|大松|日期", TableKind.PITCHES, "title|credits|event|starts_on"),
])
def test_columns_are_guessed_from_headings_in_english_and_chinese(headings: str, kind: TableKind, columns: str) -> None:
    names = headings.split("|")
    assert (guess_kind(names), guess_columns(kind, names)) == (kind, columns.split("|"))


@given(st.sampled_from(TableKind), st.lists(st.text(max_size=12) | st.sampled_from(["name", "名稱", "tags", "標籤"])))
def test_no_field_is_given_twice_that_may_stand_once(kind: TableKind, headings: Sequence[str]) -> None:
    guessed = [key for key in guess_columns(kind, headings) if key]
    assert set(guessed) <= set(field_keys(kind))
    once = [key for key in guessed if not is_repeatable(kind, key)]
    assert len(once) == len(set(once))


def test_the_columns_that_a_person_chose_count_and_each_field_is_told(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "a;b;c;d;e\n地圖;Map;30;'=1;https://example.org/a b\nx\n", encoding="utf-16", newline=""
    )
    problems = Problems()
    columns = ("name", "name.en", "stage", "summary", "links")
    (one,) = read_table(path, ZoneInfo(ZONE), problems, kind=TableKind.PROJECTS, columns=columns)
    assert isinstance(one.row, ProjectRow)
    assert (one.row.name, one.row.summary, [link.url for link in one.row.links]) == (
        {"zh-Hant": "地圖", "en": "Map"}, {"en": "=1"}, ["https://example.org/a"]
    )
    assert [(problem.row, problem.field, problem.value) for problem in problems.found] == [
        ("line 2", "stage", "30"), ("line 2", "links", "b"), ("line 3", "", "x"),
    ]


def test_an_event_of_a_table_has_its_hours(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("活動名稱,開始時間,結束時間,次數\n第七次松,2024/05/04 09:00,2024-05-04 18:00,7\n空,,,\n")
    problems = Problems()
    (one,) = read_table(path, ZoneInfo(ZONE), problems)
    assert isinstance(one.row, EventRow)
    assert (str(one.row.starts_at), str(one.row.ends_at), one.row.number) == (
        "2024-05-04 01:00:00+00:00", "2024-05-04 10:00:00+00:00", 7
    )
    assert [problem.row for problem in problems.refused] == ["line 3"]


@given(st.text(), st.lists(st.text(max_size=8), max_size=3))
def test_any_text_as_a_table_is_read_or_refused_with_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, body: str, headings: Sequence[str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(f"{','.join(['project', *headings])}\n{body}".encode("utf-8", "surrogatepass"))
    problems = Problems()
    try:
        rows = list(read_table(path, ZoneInfo(ZONE), problems))
    except UnreadableSource as error:
        rows, sentence = [], str(error)
        assert "any.csv" in sentence
    assert sum(map(is_within_limits, rows)) <= problems.rows_read * 3


@pytest.mark.parametrize(("content", "text"), [
    ("\ufeff名稱".encode(), "名稱"), ("名稱,簡介".encode("cp950"), "名稱,簡介"), ("名稱".encode("utf-16"), "名稱"),
    ("預算地圖 budget".encode("big5"), "預算地圖 budget"), (b"plain", "plain"),
    ("政府预算开放数据".encode("gb2312"), None), ("好的一行\n".encode() + b"\xe5\xff", "好的一行\n\udce5\udcff"),
])
def test_a_text_is_utf8_or_certainly_something_else(content: bytes, text: str | None) -> None:
    read = decode_text(content)
    assert read == text if text is not None else any("\udc80" <= letter <= "\udcff" for letter in read)


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1))
def test_utf8_is_never_taken_for_big5(text: str) -> None:
    assert (big5_text(text.encode()), decode_text(text.encode())) == ("", text)


def a_zip(path: Path, *files: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return path


def a_link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = 0o120777 << 16
    return entry


@pytest.mark.parametrize("files", [
    [("../out", b"")], [("/etc/x", b"")], [("a\\..\\b", b"")], [("C:x", b"")], [(a_link("link"), b"/etc/passwd")],
    [("bomb", b"\0" * 3_000_000)], [(f"{number}", b"") for number in range(501)],
])
def test_a_packed_file_that_could_do_harm_is_refused_and_writes_nothing(
    tmp_path: Path, files: list[tuple[str | zipfile.ZipInfo, bytes]]
) -> None:
    (tmp_path / "to").mkdir()
    with pytest.raises(UnreadableSource, match=r"x\.zip"):
        unpack(a_zip(tmp_path / "x.zip", *files), tmp_path / "to")
    assert list((tmp_path / "to").iterdir()) == []


def test_a_packed_file_that_lies_about_its_length_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "LARGEST_UNPACKED", 100_000)
    written = a_zip(tmp_path / "x.zip", ("a", bytes(range(256)) * 1000)).read_bytes()
    length = (256_000).to_bytes(4, "little")
    (tmp_path / "x.zip").write_bytes(written.replace(length, (10).to_bytes(4, "little")))
    (tmp_path / "to").mkdir()
    with pytest.raises(UnreadableSource):
        unpack(tmp_path / "x.zip", tmp_path / "to")
    assert sum(file.stat().st_size for file in (tmp_path / "to").iterdir()) <= 100_000


@pytest.mark.parametrize(("name", "content", "source"), [
    ("a.ICS", "", Format.ICALENDAR), ("a.txt", "BEGIN:VCALENDAR", Format.ICALENDAR), ("g0v.json", "", Format.G0V_JSON),
    ("a.json", '[{"@type": "Event"}]', Format.HACKATHON_JSON),
    ("datapackage.json", '{"resources": []}', Format.DRIBDAT),
    ("x.json", '{"author": "a"}', Format.G0V_JSON), ("x.json", '{"bornAt": "a"}', Format.CIVIC_JSON),
    ("publiccode.yml", "", Format.PUBLICCODE), ("x.csv", "", Format.TABLE), ("x.json", "{", None), ("x.bin", "?", None),
])
def test_a_format_is_recognised_by_name_or_first_words(
    tmp_path: Path, name: str, content: str, source: Format | None
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_text(content)
    assert recognise(tmp_path / "in" / name) == recognise(tmp_path / "in") == source
    (tmp_path / "in" / "projects.csv").write_text("slug\n")
    assert recognise(tmp_path / "in") is Format.CSV
