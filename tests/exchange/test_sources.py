from pathlib import Path

import pytest

from registry.activity.rules import Subject
from registry.exchange import sources
from registry.exchange.problems import Problem, Problems, UnreadableSource
from registry.exchange.sources import read_csv, read_json, read_yaml


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "sheet.csv"
    path.write_bytes(content)
    return path


def test_a_csv_is_read_with_a_byte_order_mark_doubled_and_nameless_columns(tmp_path: Path) -> None:
    path = written(tmp_path, "\ufeffName ,tag,tag,\n 公車 ,a,b,\"c\nd\"\n\n,,,\n".encode())
    problems = Problems()
    lines = list(read_csv(path, Subject.PROJECT, needed=("name",), problems=problems))
    assert [line.first("name") for line in lines] == [" 公車 "]
    assert lines[0].all("tag") == ["a", "b"]
    assert lines[0].all("") == ["c\nd"]
    assert lines[0].filled() == {"Name": " 公車 ", "tag": "b", "": "c\nd"}
    assert (problems.rows_read, problems.found) == (1, [])


def test_lines_that_are_broken_are_refused_one_by_one_and_told(tmp_path: Path) -> None:
    path = written(tmp_path, b"name,tag\ngood,x\nshort\nb\x00d,x\n\xe5\xff,x\nlast,x\n")
    problems = Problems()
    lines = list(read_csv(path, Subject.PROJECT, needed=("name",), problems=problems))
    assert [line.first("name") for line in lines] == ["good", "last"]
    assert [(one.file, one.row, one.field, one.value, one.reason) for one in problems.refused] == [
        ("sheet.csv", "line 3", "", "short", "the line has 1 cells, the header 2"),
        ("sheet.csv", "line 4", "name", "'b\\x00d'", "not UTF-8 text"),
        ("sheet.csv", "line 5", "name", "'\\udce5\\udcff'", "not UTF-8 text"),
    ]
    assert problems.rows_read == 5


@pytest.mark.parametrize("content", [b"", b"tag\nx\n", b'name\n"open', b"name\n" + b"x" * 200_000])
def test_a_file_that_is_no_csv_with_the_needed_columns_is_unreadable(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnreadableSource, match=r"sheet\.csv"):
        list(read_csv(written(tmp_path, content), Subject.PROJECT, needed=("name",), problems=Problems()))


def test_a_file_that_is_too_large_or_missing_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "LARGEST_YAML", 10)
    with pytest.raises(UnreadableSource, match="larger than"):
        read_yaml(written(tmp_path, b"name: 0123456789"))
    with pytest.raises(UnreadableSource, match="No such file"):
        read_json(tmp_path / "nothing.json")


@pytest.mark.parametrize(
    "content", [b"{", b"a: &x [1]\nb: [*x, *x]\n", b"!!python/object/apply:os.system ['true']", b"[" * 100_000]
)
def test_yaml_that_is_broken_or_plays_tricks_is_unreadable(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnreadableSource, match="not readable as YAML"):
        read_yaml(written(tmp_path, content))


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000])
def test_json_that_is_broken_is_unreadable(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnreadableSource, match="not readable as JSON"):
        read_json(written(tmp_path, content))


def test_only_the_first_reason_of_a_refused_row_counts_and_values_are_safe_to_print() -> None:
    problems = Problems()
    place = problems.at("sheet.csv", "line 2", Subject.EVENT)
    place.remark("link", "tbd", "kept as a note")
    place.refuse("date", "\x1b[31m" + "x" * 300, "no day")
    place.refuse("name", "", "empty")
    assert problems.refused == [
        Problem("sheet.csv", "line 2", "date", "[31m" + "x" * 195, "no day", Subject.EVENT)
    ]
