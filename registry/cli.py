"""The ``keng`` command: wiring only. Each concept brings its own verbs in its ``cli.py``."""

import gc
import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import typer
from rich.console import Console
from typer.core import TyperGroup
from typer.main import get_group

from registry.community.files import HandbookError
from registry.settings import SettingsError, load_settings


class Verb(NamedTuple):
    """Where a verb lives, and its line in ``keng --help``: nothing of it is loaded until it is asked for."""

    module: str
    summary: str


VERBS = {
    "serve": Verb("registry.web.cli", "Serve the registry until interrupted; requests under way are finished first."),
    "worker": Verb(
        "registry.jobs.cli", "Do the background work alone (`keng serve` does it too, unless KENG_WORKER is off)."
    ),
    "migrate": Verb(
        "registry.database.cli", "Bring the database to the newest (or the given) revision of its schema."
    ),
    "demo": Verb(
        "registry.exchange.demo_cli",
        "Bring the database up to date and, when it is empty, load the sample record into it.",
    ),
    "import": Verb(
        "registry.exchange.cli",
        "Import events, projects and proposals: what is good is taken, the rest is told with its reason.",
    ),
    "export": Verb(
        "registry.exchange.cli",
        "Write the public record as open data that `keng import` reads back.",
    ),
    "backup": Verb(
        "registry.exchange.backup_cli",
        "Write everything into one file, private data too, while the server goes on; `keng restore` reads it back.",
    ),
    "restore": Verb(
        "registry.exchange.backup_cli",
        "Load what `keng backup` wrote into an empty database (or, with --replace, in place of what is there).",
    ),
    "publish": Verb(
        "registry.publishing.cli",
        "Write public events and case studies as Markdown files, in every language; what is the same is left alone.",
    ),
    "duplicates": Verb(
        "registry.exchange.cli",
        "List records that may be one and wait for an organiser's decision, the likeliest first.",
    ),
    "stages": Verb("registry.stages.cli", "Look after the ladder of stages."),
    "reindex": Verb(
        "registry.search.cli",
        "Build the search index anew from the record. Readers search the old one until it is whole.",
    ),
    "admin": Verb("registry.accounts.cli", "Say who organises and who administers."),
    "audit": Verb("registry.audit.cli", "Verify the log of changes."),
    "people": Verb("registry.privacy.cli", "Erase people who asked for it."),
    "init": Verb(
        "registry.community.cli",
        "Write the folder of a new community: its name, languages, stages, needs and Code, to be edited by anyone.",
    ),
    "doctor": Verb(
        "registry.web.doctor_cli",
        "Say what is wrong with this installation and what to do; exits with 1 when something is."
    ),
    "version": Verb("registry.web.cli", "Print the version."),
}


class Verbs(TyperGroup):
    """The verbs of the table above and of the integrations, each loaded when it is run or its own help is asked for."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The verb of a name; none when there is none, and then all are loaded, for the advice which one was meant."""
        known = VERBS if cmd_name in VERBS else _known()
        for name in [cmd_name] if cmd_name in known else known:
            self.commands[name] = get_group(_loaded(known[name].module).verbs).commands[name]
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 — typer's own form
        """Every verb by its name, in the order of the table."""
        return list(_known())

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 — as above
        """Write the list of verbs without loading one."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, verb.summary) for name, verb in _known().items()])


def _known() -> Mapping[str, Verb]:
    return VERBS | {
        package.rpartition(".")[2]: Verb(f"{package}.cli", "Look after this connection.")
        for package in load_settings().integrations if _has_verbs(package)
    }


def _has_verbs(package: str) -> bool:
    """Whether an integration has a ``cli``; told without importing it, and with it whatever it is made of."""
    top, _, rest = package.partition(".")
    spec = find_spec(top)
    places = spec.submodule_search_locations if spec else None
    return any(Path(place, *rest.split("."), "cli.py").is_file() for place in places or ())


def _loaded(module: str) -> ModuleType:
    """A module, without the garbage collector: a fifth of what it takes to import the rest of the registry."""
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.enable()


app = typer.Typer(name="keng", cls=Verbs, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)
console = Console()


@app.callback()
def keng() -> None:
    """Keng, the registry that civic hackathon communities run on."""


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
