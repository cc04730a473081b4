"""What tests of importing do again and again."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.exchange.commands import ImportReport, import_source
from registry.exchange.formats import Format
from registry.exchange.loading.load import load
from registry.exchange.problems import Problems
from registry.exchange.rows import AnyRow, EventRow, Pitch, Sourced

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
ZONE = "Asia/Taipei"


def sourced(key: str, row: AnyRow, problems: Problems | None = None, *pitches: Pitch) -> Sourced[AnyRow]:
    """A row as a source would give it."""
    place = (problems or Problems()).at("sheet.csv", key, Subject.PROJECT)
    return Sourced(place, key, row, pitches=pitches)


def an_event_row(number: int = 7, day: date = date(2014, 2, 22)) -> EventRow:
    """A numbered hackathon."""
    return EventRow(number=number, name={"zh-Hant": f"第{number}次測試松"}, starts_on=day)


async def taken(
    database: Database, *rows: Sourced[AnyRow], source: str = "sheet"
) -> dict[Subject, tuple[int, int, int]]:
    """Load rows of a source; give (created, updated, unchanged) of each kind that it met."""
    async with database.writing() as session:
        loaded = await load(session, rows, source=source, now=NOW, timezone=ZONE)
    counts = {one.subject: (one.created, one.updated, one.unchanged) for one in loaded}
    return {subject: count for subject, count in counts.items() if any(count)}


async def imported(database: Database, source: Format, path: Path, *, dry_run: bool = False) -> ImportReport:
    """Import a source as the command line does."""
    return await import_source(database, source=source, path=path, now=NOW, timezone=ZONE, dry_run=dry_run)


def totals(report: ImportReport) -> dict[Subject, tuple[int, int, int]]:
    """(created, updated, unchanged) of each kind that an import met."""
    return {
        one.subject: (one.created, one.updated, one.unchanged)
        for one in report.loaded
        if one.created or one.updated or one.unchanged
    }


async def rows_of(database: Database, *columns: Any) -> list[Any]:
    """Columns of a table, in the order in which the rows were made."""
    table = columns[0].class_
    async with database.reading() as reader:
        return list(await reader.execute(select(*columns).order_by(table.id)))
