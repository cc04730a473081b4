import csv
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from registry.cases.rules import Axis
from registry.exchange.case_axes import read_case_axes
from registry.exchange.problems import Problems
from registry.exchange.rows import AnswerRow, ProjectRow, Sourced

HEADER = [
    "時間戳記", "專案名稱", "坑主與團隊屬性(複選)", "專案目標設定(複選)", "推動歷程與時間(學習與探究實作)",
    "推動歷程與時間(完成雛型)", "複雜度 Complexity", "重用性 Modular", "數位性 Digital ", "公開性 Public",
]


def read(tmp_path: Path, *lines: list[str]) -> tuple[list[Sourced[ProjectRow]], Problems]:
    path = tmp_path / "survey.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADER, *lines])
    problems = Problems()
    return list(read_case_axes(path, ZoneInfo("Asia/Taipei"), problems)), problems


def test_a_line_gives_a_projects_answers_as_choices_and_as_written(tmp_path: Path) -> None:
    day = date(2023, 2, 11)
    (row,), problems = read(
        tmp_path,
        ["2023/2/11 上午 11:17:53", "公車時刻表 ", "學生, NGO團體", "完成雛形, 政策倡議", "3y", "6m",
         "需多人協同開發 Can’t do it alone", "元件化 Partially, 經驗共筆",
         "數位為主實體為輔 80% online", "部分適合公開"],
    )  # fmt: skip
    assert row.row == ProjectRow(
        name={"zh-Hant": "公車時刻表"},
        answers=(
            AnswerRow(axis=Axis.TEAM, choices=("student", "ngo"), text="學生, NGO團體", answered_on=day),
            AnswerRow(
                axis=Axis.GOALS, choices=("prototype", "advocacy"), text="完成雛形, 政策倡議", answered_on=day
            ),
            AnswerRow(
                axis=Axis.COMPLEXITY, choices=("several-people",), text="需多人協同開發 Can’t do it alone",
                answered_on=day,
            ),
            AnswerRow(axis=Axis.REUSE, choices=("components",), text="元件化 Partially, 經驗共筆", answered_on=day),
            AnswerRow(
                axis=Axis.DIGITAL, choices=("mostly-online",), text="數位為主實體為輔 80% online", answered_on=day
            ),
            AnswerRow(axis=Axis.OPENNESS, choices=("partly",), text="部分適合公開", answered_on=day),
            AnswerRow(
                axis=Axis.TIME, choices=("inquiry 3 year", "prototype 6 month"),
                text="學習與探究實作 3y, 完成雛型 6m", answered_on=day,
            ),
        ),
    )
    assert problems.found == []


def test_half_and_odd_answers_are_kept_in_words(tmp_path: Path) -> None:
    (row,), problems = read(
        tmp_path, ["2023/2/11 下午 1:00:00", "公車", "", "", "很久", "", "", "", "50%、50%", ""]
    )
    assert [(one.axis, one.choices, one.text) for one in row.row.answers] == [
        (Axis.DIGITAL, ("half",), "50%、50%"), (Axis.TIME, (), "學習與探究實作 很久")
    ]
    assert [(one.row, one.value, one.is_refusal) for one in problems.found] == [("line 2", "很久", False)]


def test_a_line_without_a_project_or_a_time_is_refused(tmp_path: Path) -> None:
    rows, problems = read(
        tmp_path, ["2023/2/11 上午 11:17:53", " ", *[""] * 8], ["昨天", "公車", *[""] * 8]
    )
    assert rows == []
    assert [(one.row, one.field) for one in problems.refused] == [("line 2", "專案名稱"), ("line 3", "時間戳記")]
