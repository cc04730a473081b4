"""The ``keng`` command: wiring only. Each concept brings its own verbs in its ``cli.py``."""

import sys
from typing import Annotated

import typer
from rich.console import Console

from registry import __version__
from registry.accounts.cli import verbs as accounts_verbs
from registry.community.cli import verbs as community_verbs
from registry.community.files import HandbookError
from registry.database.migrate import migrate, pending_revisions
from registry.exchange.cli import verbs as exchange_verbs
from registry.jobs.cli import verbs as jobs_verbs
from registry.privacy.cli import verbs as privacy_verbs
from registry.search.cli import verbs as search_verbs
from registry.settings import SettingsError, load_settings
from registry.stages.cli import verbs as stages_verbs
from registry.web.cli import verbs as web_verbs

app = typer.Typer(
    name="keng", no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False,
    help="Keng, the registry that civic hackathon communities run on.",
)
app.add_typer(accounts_verbs)
app.add_typer(community_verbs)
app.add_typer(exchange_verbs)
app.add_typer(privacy_verbs)
app.add_typer(jobs_verbs)
app.add_typer(search_verbs)
app.add_typer(stages_verbs)
app.add_typer(web_verbs)
console = Console()


@app.command()
def version() -> None:
    """Print the version."""
    console.print(__version__)


@app.command("migrate")
def migrate_command(
    revision: Annotated[str, typer.Argument(help="A revision, `head` or `base`.")] = "head",
) -> None:
    """Bring the database to the newest (or the given) revision of its schema."""
    settings = load_settings()
    if settings.is_sqlite:
        settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
    missing = pending_revisions(settings.database_url)
    migrate(settings.database_url, revision)
    console.print(f"database at {revision}" + (f", {len(missing)} revisions applied" if missing else ""))


def main() -> None:
    """Run the command; what is wrong with the settings is said in words."""
    try:
        app()
    except SettingsError as error:
        console.print(f"Keng cannot start with these settings:\n{error}", style="red")
        sys.exit(2)
    except HandbookError as error:
        console.print(f"Keng cannot start with this community's folder:\n{error}", style="red")
        sys.exit(2)


if __name__ == "__main__":
    main()
