"""The verb ``keng reindex``."""

import asyncio

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from registry.database.engine import Database
from registry.search.commands import rebuild
from registry.settings import Settings, load_settings

verbs = typer.Typer(rich_markup_mode=None)
console = Console()


@verbs.command("reindex")
def reindex_command() -> None:
    """Build the search index anew from the record. Readers search the old one until it is whole."""
    console.print(f"{asyncio.run(_reindex(load_settings()))} public records can be found")


async def _reindex(settings: Settings) -> int:
    database = Database(settings)
    try:
        with Progress(TextColumn("Indexing"), BarColumn(), MofNCompleteColumn(), console=console) as progress:
            task = progress.add_task("index", total=None)
            async with database.writing() as session:
                return await rebuild(
                    session, advance=lambda done, total: progress.update(task, completed=done, total=total)
                )
    finally:
        await database.close()
