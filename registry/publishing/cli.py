"""The verb ``keng publish``."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from registry.database.engine import Database
from registry.publishing.folder import FolderReport, write_folder
from registry.publishing.queries import published_records
from registry.settings import Settings, load_settings

verbs = typer.Typer(rich_markup_mode=None)
console = Console()


@verbs.command("publish")
def publish_command(
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="Where to write; made if need be.")],
) -> None:
    """Write public events and case studies as Markdown files, in every language; what is the same is left alone."""
    report = asyncio.run(publish_to(load_settings(), to))
    console.print(
        f"{report.written} files written, {report.unchanged} unchanged, {report.removed} removed", markup=False
    )


async def publish_to(settings: Settings, folder: Path) -> FolderReport:
    """Write the published record of an installation into a folder."""
    database = Database(settings)
    try:
        async with database.reading() as reader:
            records = published_records(reader, base_url=settings.base_url, now=datetime.now(UTC))
            return await write_folder(folder, records, base_url=settings.base_url)
    finally:
        await database.close()
