"""A report out of what an import told: counts, lines, and the first records as they would become."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from registry.activity.rules import Subject
from registry.exchange.fields.text import public_line
from registry.exchange.loading.load import Loaded
from registry.exchange.problems import Outcome, Problems
from registry.exchange.rows import AnyRow, Sourced
from registry.uploads.rules import (
    MOST_LINES,
    PREVIEWED,
    LineKind,
    PreviewRow,
    Report,
    ReportLine,
    Sampled,
    SubjectCount,
)

_LONGEST_SHOWN = 200
_OUTCOMES = {
    Outcome.NEW: LineKind.NEW, Outcome.CHANGED: LineKind.CHANGED, Outcome.UNCHANGED: LineKind.UNCHANGED,
}
_UNSHOWN = frozenset({"name", "title", "display_name", "kind", "project", "event"})
"""Names stand above a record; how records refer to each other in a source tells a reader nothing."""
_WITHIN = ("url", "name", "key", "text")


def report_of(
    loaded: Sequence[Loaded], problems: Problems, rows: Sequence[Sourced[AnyRow]], columns: Iterable[Sampled] = ()
) -> Report:
    """The report of an import, or of one that was taken back."""
    refused = problems.refused
    lines = [*_problem_lines(problems), *_taken_lines(problems)]
    return Report(
        rows_read=problems.rows_read, counts=tuple(
            SubjectCount(
                one.subject, one.created, one.updated, one.unchanged,
                sum(problem.kind is one.subject for problem in refused),
            )
            for one in loaded
            if one.created or one.updated or one.unchanged or any(problem.kind is one.subject for problem in refused)
        ),
        lines=tuple(lines[:MOST_LINES]), left_off=max(0, len(lines) - MOST_LINES), preview=_preview(rows),
        columns=tuple(columns),
    )


def _problem_lines(problems: Problems) -> Iterable[ReportLine]:
    found = sorted(problems.found, key=lambda one: not one.is_refusal)
    for one in found:
        yield ReportLine(
            LineKind.REFUSED if one.is_refusal else LineKind.LEFT_OUT, one.file, one.row, one.kind, field=one.field,
            value=one.value, reason=one.reason,
        )


def _taken_lines(problems: Problems) -> Iterable[ReportLine]:
    for outcome, kind in _OUTCOMES.items():
        for one in problems.taken:
            if one.outcome is outcome:
                yield ReportLine(
                    kind, one.file, one.row, one.kind, name=public_line(one.name), field=", ".join(one.fields)
                )


def _preview(rows: Sequence[Sourced[AnyRow]]) -> tuple[PreviewRow, ...]:
    """The records of the first places in the source, each once."""
    places = list(dict.fromkeys(id(one.place) for one in rows))[:PREVIEWED]
    shown = {(type(one.row), one.key): one.row for one in reversed(rows) if id(one.place) in places}
    return tuple(
        PreviewRow(_subject_of(row), row.called, tuple(_fields(row))) for row in reversed(shown.values())
    )


def _subject_of(row: AnyRow) -> Subject:
    return {
        "EventRow": Subject.EVENT, "ProjectRow": Subject.PROJECT, "ProposalRow": Subject.PROPOSAL,
        "PersonRow": Subject.PERSON, "TagRow": Subject.TAG, "CaseRow": Subject.CASE,
    }[type(row).__name__]


def _fields(row: AnyRow) -> Iterable[tuple[str, str]]:
    for field, value in msgspec.to_builtins(row).items():
        text = _shown(value)
        if text and field not in _UNSHOWN:
            yield field, text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _shown(value: Any) -> str:
    """A field's value in one line."""
    if isinstance(value, dict):
        inner = [value[key] for key in _WITHIN if key in value] or list(value.values())
        return " / ".join(filter(None, map(_shown, inner[:1] if any(key in value for key in _WITHIN) else inner)))
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(_shown, value)))
    return public_line(str(value)) if value not in (None, False) else ""
