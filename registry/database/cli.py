"""The verb ``keng migrate``."""

from typing import Annotated

import typer
from rich.console import Console

from registry.database.machine import OtherMachine, sole_machine
from registry.database.migrate import migrate
from registry.settings import load_settings

verbs = typer.Typer(rich_markup_mode=None)
console = Console()


@verbs.command("migrate")
def migrate_command(
    revision: Annotated[str, typer.Argument(help="A revision, `head` or `base`.")] = "head",
) -> None:
    """Bring the database to the newest (or the given) revision of its schema."""
    settings = load_settings()
    if settings.is_sqlite:
        settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with sole_machine(settings):
            applied = migrate(settings.database_url, revision)
    except OtherMachine as trouble:
        console.print(str(trouble), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(2) from trouble
    console.print(f"database at {revision}" + (f", {len(applied)} revisions applied" if applied else ""))
