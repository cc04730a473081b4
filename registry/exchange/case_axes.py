"""Format ``case-axes``: the survey of project owners about the axes of comparison, as the form exports it."""

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from registry.activity.rules import Subject
from registry.cases.rules import Axis
from registry.exchange.fields.dates import read_duration, read_moment
from registry.exchange.fields.text import public_line
from registry.exchange.problems import Problems
from registry.exchange.rows import AnswerRow, ProjectRow, Sourced
from registry.exchange.sources import CsvRow, read_csv
from registry.languages import in_its_language

_GOALS = {
    "學習與探究實作": "inquiry", "完成雛形": "prototype", "完成雛型": "prototype", "完整產品": "product",
    "政策倡議": "advocacy",
}
_CHOICES: dict[Axis, dict[str, str]] = {
    Axis.TEAM: {"學生": "student", "社會人士": "working-adult", "ngo團體": "ngo", "法人機構": "legal-entity"},
    Axis.GOALS: _GOALS,
    Axis.COMPLEXITY: {"solo": "solo", "alone": "several-people", "multi": "several-disciplines"},
    Axis.REUSE: {"資料釋出": "data-released", "元件化": "components", "明確支援": "meant-for-spin-offs"},
    Axis.DIGITAL: {"100%": "all-online", "80% online": "mostly-online", "50%": "half", "80% offline": "mostly-offline"},
    Axis.OPENNESS: {"唯恐天下不知": "public", "部分適合公開": "partly"},
}
_HEADINGS = {
    Axis.TEAM: "坑主與團隊屬性", Axis.GOALS: "專案目標設定", Axis.COMPLEXITY: "複雜度", Axis.REUSE: "重用性",
    Axis.DIGITAL: "數位性", Axis.OPENNESS: "公開性",
}
_TIME_SPENT = "推動歷程與時間"


def read_case_axes(path: Path, zone: ZoneInfo, problems: Problems) -> Iterator[Sourced[ProjectRow]]:
    """Read the survey: each line names a project and gives its answers. ``zone`` is the form's.

    A choice that is none of the handbook's stays in the answer's text. The form numbers nothing, so that a line's key
    is made of its time and its project.

    Raises:
        UnreadableSource: no CSV with a time and a project's name.
    """
    for line in read_csv(path, Subject.PROJECT, needed=("時間戳記", "專案名稱"), problems=problems):
        name = public_line(line.first("專案名稱"))
        if not name:
            line.place.refuse("專案名稱", "", "this field must be filled in")
            continue
        try:
            day = read_moment(line.first("時間戳記"), zone).astimezone(zone).date()
        except ValueError as error:
            line.place.refuse("時間戳記", line.first("時間戳記"), error)
            continue
        answers = [_answer(axis, line, day) for axis in _HEADINGS]
        answers.append(_time_spent(line, day))
        key = hashlib.blake2b(f"{line.first('時間戳記')} {name}".encode(), digest_size=8).hexdigest()
        row = ProjectRow(name=in_its_language(name), answers=tuple(one for one in answers if one.choices or one.text))
        yield Sourced(line.place, key, row)


def _answer(axis: Axis, line: CsvRow, day: date) -> AnswerRow:
    written = public_line(" ".join(line.beneath(_HEADINGS[axis])))
    pieces = [piece.strip() for piece in re.split(r"[,，]", written) if piece.strip()]
    found = [_choice(axis, piece) for piece in pieces]
    return AnswerRow(
        axis=axis, choices=tuple(dict.fromkeys(choice for choice in found if choice)), text=written or None,
        answered_on=day,
    )


def _choice(axis: Axis, piece: str) -> str | None:
    folded = piece.casefold()
    return next((key for words, key in _CHOICES[axis].items() if words in folded), None)


def _time_spent(line: CsvRow, day: date) -> AnswerRow:
    """Read one length of time for each goal; a choice is "goal amount unit", such as "prototype 6 month"."""
    choices: dict[str, None] = {}
    written = []
    for heading, key in _GOALS.items():
        for cell in line.beneath(f"{_TIME_SPENT}({heading})"):
            written.append(f"{heading} {cell}")
            try:
                spent = read_duration(cell)
            except ValueError as error:
                line.place.remark(f"{_TIME_SPENT}({heading})", cell, error)
                continue
            choices[f"{key} {spent.amount} {spent.unit}"] = None
    text = public_line(", ".join(written)) or None
    return AnswerRow(axis=Axis.TIME, choices=tuple(choices), text=text, answered_on=day)
