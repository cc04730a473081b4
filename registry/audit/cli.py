"""The verb ``keng audit verify``."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console

from registry.audit.queries import MOST_FLAWS, Verified, verified
from registry.audit.rules import Head, head_noted
from registry.database.engine import Database
from registry.database.glance import is_up_to_date
from registry.settings import Settings, load_settings

UNUSABLE = 2
"""Exit code when the database cannot be read, or what was typed in is no head."""
ADVICE = (
    "Somebody changed the database by another way than the registry. Keep a copy as it is, compare these rows with the "
    "last backup whose chain was whole (`keng restore` it elsewhere), and find out who could write to the database."
)

verbs = typer.Typer(rich_markup_mode=None)
audit = typer.Typer(no_args_is_help=True, help="Verify the log of changes.", rich_markup_mode=None)
verbs.add_typer(audit, name="audit")
console = Console()


@audit.command("verify")
def verify_command(
    head: Annotated[
        str | None, typer.Option("--head", help="NUMBER:HASH as it was told earlier: the chain must still hold it.")
    ] = None,
) -> None:
    """Verify that the log of changes is as it was sealed; exits with 1 and names the first row that is not."""
    settings, noted = load_settings(), head_noted(head) if head else None
    if head and noted is None:
        raise typer.BadParameter("it is a number, a colon and 64 hexadecimal digits", param_hint="--head")
    if not is_up_to_date(settings):
        _say("The database is not up to date: run `keng migrate` first.", style="red")
        raise typer.Exit(UNUSABLE)
    found = asyncio.run(_verified(settings, noted))
    if not found.flaws:
        _say(f"{found.rows} rows are as they were sealed. The chain ends in {found.head}")
        return
    for flaw in found.flaws:
        _say(str(flaw), style="red")
    if len(found.flaws) == MOST_FLAWS:
        _say("There may be more.")
    _say(ADVICE)
    raise typer.Exit(1)


async def _verified(settings: Settings, noted: Head | None) -> Verified:
    database = Database(settings)
    try:
        return await verified(database, noted)
    finally:
        await database.close()


def _say(words: str, style: str = "") -> None:
    console.print(words, style=style, markup=False, soft_wrap=True)
