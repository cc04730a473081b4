"""The verbs ``keng serve`` and ``keng doctor``."""

import asyncio
import socket
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from registry.community.files import HandbookError
from registry.community.whole import read_whole
from registry.database.engine import Database
from registry.database.migrate import pending_revisions
from registry.jobs.cli import worker_beside_server
from registry.logs import LOGGING
from registry.paths import STATIC
from registry.settings import Mode, Settings, load_settings
from registry.web.assets import static_url
from registry.web.health import Finding, examine

UNUSABLE = 2
SECONDS_TO_FINISH = 10
FETCHED = ("vendor/htmx.min.js", "vendor/modern-normalize.css")

verbs = typer.Typer(rich_markup_mode=None)
console = Console()


@verbs.command("serve")
def serve_command(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Server processes.")] = 1,
) -> None:
    """Serve the registry until interrupted; requests under way are finished first."""
    from granian import Granian  # noqa: PLC0415 — other verbs start faster without the server
    from granian.constants import Interfaces  # noqa: PLC0415

    settings = load_settings()
    read_whole()
    _stop_if(_is_taken(host, port), f"Port {port} of {host} is taken. Stop what listens there, or give another --port.")
    _stop_if(
        bool(pending_revisions(settings.database_url)), "The database is not up to date. Run `keng migrate` first."
    )
    if settings.mode is Mode.DEMO:
        console.print("Demo mode: sample record, demo sign-in, a secret that everyone knows. Not for real use.")
    console.print(f"Serving at http://{host}:{port}")
    server = Granian(
        "registry.web.server:worker", factory=True, interface=Interfaces.ASGI, address=host, port=port,
        workers=workers, respawn_failed_workers=True, workers_kill_timeout=SECONDS_TO_FINISH, log_dictconfig=LOGGING,
    )
    with worker_beside_server() if settings.worker else nullcontext():
        server.serve()


@verbs.command("doctor")
def doctor_command() -> None:
    """Say what is wrong with this installation and what to do; exits with 1 when something is."""
    settings = load_settings()
    community = _community()
    settings_found = _settings(settings) if community.is_well else []
    findings = [community, *settings_found, *asyncio.run(_examined(settings)), _assets(), *_connections()]
    for one in findings:
        console.print(f"{'ok   ' if one.is_well else 'WRONG'}  {one.subject}: {one.said}", markup=False, soft_wrap=True)
        if not one.is_well:
            console.print(f"       {one.advice}", markup=False, soft_wrap=True)
    if not all(one.is_well for one in findings):
        raise typer.Exit(1)


async def _examined(settings: Settings) -> list[Finding]:
    if settings.is_sqlite and not settings.sqlite_path.exists():
        return [Finding("database", is_well=False, said=f"there is no file {settings.sqlite_path}",
                        advice="Run `keng migrate` (or `keng demo` for the sample record).")]
    database = Database(settings)
    try:
        return await examine(database, now=datetime.now(UTC))
    finally:
        await database.close()


def _community() -> Finding:
    try:
        return Finding("community", is_well=True, said=read_whole())
    except HandbookError as error:
        return Finding("community", is_well=False, said="its folder cannot be used", advice=str(error))


def _settings(settings: Settings) -> list[Finding]:
    is_public = settings.base_url.startswith("https://") or settings.mode is Mode.DEMO
    return [
        Finding("settings", is_well=True, said=f"{settings.mode.value} mode, {settings.community_name}"),
        Finding("address", is_well=is_public, said=settings.base_url,
                advice="Set KENG_BASE_URL to the public https:// address: cookies and links depend on it."),
    ]


def _assets() -> Finding:
    missing = [path for path in FETCHED if not (STATIC / path).is_file()]
    if missing:
        return Finding("assets", is_well=False, said=f"missing {', '.join(missing)}", advice="Run `make setup`.")
    return Finding("assets", is_well=True, said=f"style {static_url('css/app.css').rpartition('=')[2]}")


def _connections() -> list[Finding]:
    return [Finding(name, is_well=True, said="not configured") for name in ("GitHub", "Slack")]


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
