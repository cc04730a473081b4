"""A plugin of pytest for ``make trust``: prints one line a promise with its figure, and writes ``docs/trust.md``."""

# ruff: noqa: E501 — to be wrapped
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.trust.promises import FIGURE, PROMISE, Promise

TABLE = Path(__file__).parents[2] / "docs" / "trust.md"
_HEAD = """\
# What you can trust

`make trust` keeps these promises: it measures each, writes this table, and then breaks each on purpose, to see that the
check notices. What is not in this table is not promised here.

| | promise | measured | noticed when |
|---|---|---|---|
"""
_kept: dict[Promise, str] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note the figure of a promise that was kept; also told by xdist's workers."""
    told: dict[str, Any] = dict(report.user_properties)
    if report.when == "call" and report.passed and PROMISE in told:
        _kept[Promise(*told[PROMISE])] = told[FIGURE]


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int) -> None:
    """Say them; the table is written anew when nothing failed and no promise of it is missing."""
    for one in sorted(_kept):
        terminalreporter.write_line(f"{one.number:>2} {one.sentence} {_kept[one]}.")
    if exitstatus == 0 and {(one.number, one.sentence) for one in _kept} >= set(written(TABLE.read_text() if TABLE.exists() else "")):
        TABLE.write_text(table(_kept))


def table(kept: Mapping[Promise, str]) -> str:
    """The page that holds the figures."""
    return _HEAD + "".join(f"| {one.number} | {one.sentence} | {kept[one]} | {one.fault} |\n" for one in sorted(kept))


def written(page: str) -> Iterable[tuple[int, str]]:
    """The promises of a page that ``table`` wrote."""
    for line in page.removeprefix(_HEAD).splitlines():
        number, sentence = line.split(" | ")[:2]
        yield int(number.removeprefix("| ")), sentence
