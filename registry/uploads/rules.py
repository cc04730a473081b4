"""How many uploaded files are kept, and what a report of it holds."""

from enum import StrEnum

import msgspec

from registry.activity.rules import Subject

MOST_KEPT = 20
"""Files of one person at a time."""
MOST_ROWS = 1_000
"""Rows of a file on the page: matching them takes seconds, in which nobody else can write."""
MOST_LINES = 10_000
"""Lines of a report; a file with more problems is to be mended first anyway."""
PREVIEWED = 5
SAMPLED = 3


class LineKind(StrEnum):
    """What became, or would become, of a row or of one of its fields; the first need somebody's eyes most."""

    REFUSED = "refused"
    LEFT_OUT = "left_out"
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class ReportLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of a report: which row of which file, what it speaks of, and of a field what stands there and why."""

    kind: LineKind
    file: str
    row: str
    subject: Subject
    name: str = ""
    field: str = ""
    value: str = ""
    reason: str = ""


class SubjectCount(msgspec.Struct, frozen=True):
    """How many records of a kind are new, changed and unchanged, and how many rows about them are refused."""

    subject: Subject
    new: int
    changed: int
    unchanged: int
    refused: int


class PreviewRow(msgspec.Struct, frozen=True):
    """A record as it would become: its name, and its fields with what would stand in them."""

    subject: Subject
    name: str
    fields: tuple[tuple[str, str], ...]


class Sampled(msgspec.Struct, frozen=True):
    """A column of a table: its heading, and what stands in its first filled cells."""

    heading: str
    cells: tuple[str, ...]


class Report(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an import would do, or did. ``unreadable`` says why the file as a whole cannot be taken.

    ``left_off`` is how many lines there were beyond those that are kept.
    """

    rows_read: int = 0
    counts: tuple[SubjectCount, ...] = ()
    lines: tuple[ReportLine, ...] = ()
    preview: tuple[PreviewRow, ...] = ()
    columns: tuple[Sampled, ...] = ()
    unreadable: str = ""
    left_off: int = 0

    @property
    def refused(self) -> int:
        """How many rows are refused."""
        return sum(one.refused for one in self.counts)

    @property
    def gained(self) -> int:
        """How many records are made or added to."""
        return sum(one.new + one.changed for one in self.counts)
