"""The verbs ``keng backup`` and ``keng restore``."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from registry.database.engine import Database
from registry.database.glance import is_empty, is_up_to_date
from registry.exchange.archive import FULL_HOUSE, check_archive, read_archive, write_archive
from registry.exchange.backups import backup_at, remove_old
from registry.exchange.problems import UnreadableSource
from registry.jobs.seat import seat_of
from registry.settings import Settings, load_settings

UNUSABLE = 2
"""Exit code when the file or the database cannot be used."""

verbs = typer.Typer(rich_markup_mode=None)
console = Console()


@verbs.command("backup")
def backup_command(
    file: Annotated[
        Path | None,
        typer.Argument(help="The file; without one, a file named by the moment in KENG_BACKUP_DIR, the oldest go."),
    ] = None,
) -> None:
    """Write everything into one file, private data too, while the server goes on; `keng restore` reads it back."""
    settings, now = load_settings(), datetime.now(UTC)
    if file is None and settings.backup_dir is None:
        raise typer.BadParameter("name a file, or set KENG_BACKUP_DIR", param_hint="FILE")
    if not is_up_to_date(settings):
        _refuse("The database is not up to date: run `keng migrate` first.")
    place = file or backup_at(settings.backup_dir or Path(), now)
    _tell_rows(place, asyncio.run(_write(settings, place, now)))
    if file is None and settings.backup_dir:
        for path in remove_old(settings.backup_dir, kept=settings.backups_kept):
            _say(f"removed {path}")
    _say("It holds private data too (addresses, drafts, notices): keep it as you keep the database. Its next home "
         "needs the same KENG_SECRET_KEY.")


@verbs.command("restore")
def restore_command(
    file: Annotated[Path, typer.Argument(help="What `keng backup` wrote, on SQLite or PostgreSQL.")],
    replace: Annotated[bool, typer.Option("--replace", help="Throw away the record that is here.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether to.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Only say whether the file is whole, and what it is.")] = False,
) -> None:
    """Load what `keng backup` wrote into an empty database (or, with --replace, in place of what is there)."""
    settings = load_settings()
    try:
        manifest = check_archive(file)
        _say(f"{file}: whole, made at {manifest.made_at:%Y-%m-%d %H:%M} UTC by Keng {manifest.version}, "
             f"{sum(manifest.counts.values())} rows")
        if check:
            return
        if not replace and not is_empty(settings):
            _refuse(f"Nothing was restored. {FULL_HOUSE}")
        if replace and not yes:
            typer.confirm(f"Everything in the database of {settings.base_url} will be replaced. Go on?", abort=True)
        _tell_rows(file, asyncio.run(_read(settings, file, replaces=replace)))
    except UnreadableSource as error:
        _refuse(f"Nothing was restored. {error}")
    _say("Everybody is signed out. Start the server again; `keng doctor` says whether all is well.")


async def _write(settings: Settings, file: Path, now: datetime) -> dict[str, int]:
    database = Database(settings)
    try:
        return await write_archive(database, file, now=now)
    finally:
        await database.close()


async def _read(settings: Settings, file: Path, *, replaces: bool) -> dict[str, int]:
    """Load it while nobody does background work, which would go on with what is no longer there."""
    seat, database = seat_of(settings), Database(settings)
    try:
        if not await seat.take():
            raise UnreadableSource("Somebody works on this database: stop `keng serve` and `keng worker` first.")
        if not is_up_to_date(settings):
            from registry.database.migrate import migrate  # noqa: PLC0415 — loads Alembic

            migrate(settings.database_url)
        return await read_archive(database, file, replaces=replaces)
    finally:
        await seat.leave()
        await database.close()


def _tell_rows(file: Path, rows: Mapping[str, int]) -> None:
    _say(f"{file}: {sum(rows.values())} rows of {sum(map(bool, rows.values()))} tables")


def _say(words: str) -> None:
    console.print(words, markup=False, soft_wrap=True)


def _refuse(words: str) -> None:
    console.print(words, style="red", markup=False, soft_wrap=True)
    raise typer.Exit(UNUSABLE)
