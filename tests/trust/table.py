"""A plugin of pytest for ``make trust``: prints one line a promise with its figure, and writes ``docs/trust.md``."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.trust.promises import FIGURE, PROMISE, PROMISES, Promise

TABLE = Path(__file__).parents[2] / "docs" / "trust.md"
_HEAD = """\
# What you can trust

`make trust` keeps these promises: it measures each, then breaks something on purpose, to see that the check notices. It
writes this table when all held and all was noticed. What is not in this table is not promised here.

| | promise | measured | noticed when |
|---|---|---|---|
"""
_kept: dict[Promise, str] = {}
_noticed: set[Promise] = set()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note a promise that was kept, with its figure, or whose fault was noticed; also told by xdist's workers.

    Of a check that ``make test`` runs with smaller numbers the figure is that of its long form.
    """
    told: dict[str, Any] = dict(report.user_properties)
    if report.when != "call" or not report.passed or PROMISE not in told:
        return
    one = Promise(*told[PROMISE])
    if FIGURE in told:
        if one not in _kept or "trust" in report.keywords:
            _kept[one] = told[FIGURE]
    else:
        _noticed.add(one)


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int) -> None:
    """Say them; the table is written anew when nothing failed and no promise of the suite is missing."""
    for one in sorted(_kept):
        terminalreporter.write_line(f"{one.number:>2} {one.sentence} {_kept[one]}.")
    if exitstatus == 0 and set(_kept) == _noticed == set(suite()):
        TABLE.write_text(table(_kept), "utf-8")


def suite() -> list[Promise]:
    """Every promise of the files beside this one."""
    for file in sorted(Path(__file__).parent.glob("test_*.py")):
        import_module(f"tests.trust.{file.stem}")
    return sorted(PROMISES)


def table(kept: Mapping[Promise, str]) -> str:
    """The page that holds the figures."""
    lines = (f"| {one.number} | {one.sentence} | {figure} | {one.fault} |\n" for one, figure in sorted(kept.items()))
    return _HEAD + "".join(lines)


def written(page: str) -> Iterator[Promise]:
    """The promises of a page that ``table`` wrote."""
    for line in page.removeprefix(_HEAD).splitlines():
        number, sentence, _figure, fault = line.strip("| ").split(" | ")
        yield Promise(int(number), sentence, fault)
