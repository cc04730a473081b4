"""Importing a source and exporting the record, each as one act."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from registry.database.engine import Database
from registry.exchange.export import public_record
from registry.exchange.formats import Format
from registry.exchange.loading.load import PHASES, Loaded, load
from registry.exchange.own_formats import Written, write_own_csv, write_own_json
from registry.exchange.problems import Problems
from registry.exchange.reading import read_source
from registry.search.commands import rebuild


class ImportReport(msgspec.Struct, frozen=True):
    """What an import did, or would have done, and what it could not take."""

    loaded: list[Loaded]
    problems: Problems


async def import_source(
    database: Database, *, source: Format, path: Path, now: datetime, timezone: str, dry_run: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> ImportReport:
    """Load one source into the registry in one transaction; a dry run does the same and takes it back.

    ``timezone`` is the community's; ``progress`` is told each phase as it begins.

    Raises:
        UnreadableSource: the source as a whole cannot be read; nothing is loaded.
    """
    problems = Problems()
    progress(PHASES[0])
    rows = read_source(source, path, ZoneInfo(timezone), problems)
    async with database.writing() as session:
        loaded = await load(session, rows, source=source.value, now=now, timezone=timezone, progress=progress)
        if dry_run:
            await session.rollback()
        elif any(one.touched for one in loaded):
            progress("indexing")
            await rebuild(session)
    return ImportReport(loaded, problems)


async def export_record(
    database: Database, *, to: Format, folder: Path, for_spreadsheets: bool = False
) -> Written:
    """Write the public record into a folder, made if need be; ``to`` is one of our own formats. Gives what it wrote."""
    async with database.reading() as connection:
        written = await public_record(connection)
    if to is Format.JSON:
        write_own_json(folder, written)
    else:
        write_own_csv(folder, written, for_spreadsheets=for_spreadsheets)
    return written
