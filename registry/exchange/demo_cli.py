"""The verb ``keng demo``. It mostly finds its work done, and then it says so at once."""

import typer
from rich.console import Console

from registry.database.glance import is_empty, is_up_to_date
from registry.settings import load_settings

verbs = typer.Typer(rich_markup_mode=None)
console = Console()


@verbs.command("demo")
def demo_command() -> None:
    """Bring the database up to date and, when it is empty, load the sample record into it."""
    settings = load_settings()
    if not is_up_to_date(settings):
        from registry.database.migrate import migrate  # noqa: PLC0415 — takes longer to load than to find no need of it

        if settings.is_sqlite:
            settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
        migrate(settings.database_url)
    if not is_empty(settings):
        console.print("The database holds a record already; the sample was not loaded.")
        return
    from registry.exchange.cli import import_sample  # noqa: PLC0415 — as above

    import_sample(settings)
