"""The verbs ``keng serve`` and ``keng version``."""

import gc
import socket
from typing import Annotated

import typer
from rich.console import Console

from registry import __version__
from registry.database.glance import is_up_to_date
from registry.database.machine import OtherMachine, sole_machine
from registry.settings import Mode, load_settings

UNUSABLE = 2

verbs = typer.Typer(rich_markup_mode=None)
console = Console()


@verbs.command("version")
def version_command() -> None:
    """Print the version."""
    console.print(__version__)


@verbs.command("serve")
def serve_command(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Server processes.")] = 1,
) -> None:
    """Serve the registry until interrupted; requests under way are finished first."""
    settings = load_settings()
    _stop_if(_is_taken(host, port), f"Port {port} of {host} is taken. Stop what listens there, or give another --port.")
    _stop_if(not is_up_to_date(settings), "The database is not up to date. Run `keng migrate` first.")
    if settings.mode is Mode.DEMO:
        console.print("Demo mode: sample record, demo sign-in, a secret that everyone knows. Not for real use.")
    gc.disable()  # until what is loaded now is frozen: it would look at all of it again and again
    from registry.web.server import serve  # noqa: PLC0415 — the whole registry; other verbs start faster without

    try:
        with sole_machine(settings):
            console.print(f"Serving at http://{host}:{port}")
            serve(settings, host=host, port=port, workers=workers)
    except OtherMachine as trouble:
        _stop_if(is_wrong=True, message=str(trouble))


def _is_taken(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def _stop_if(is_wrong: bool, message: str) -> None:
    if is_wrong:
        console.print(message, style="red", markup=False, soft_wrap=True)
        raise typer.Exit(UNUSABLE)
