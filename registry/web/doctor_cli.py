"""The verb ``keng doctor``."""

import asyncio
from datetime import UTC, datetime

import typer
from rich.console import Console

from registry.community.files import HandbookError
from registry.community.whole import read_whole
from registry.database.engine import Database
from registry.database.machine import network_of
from registry.exchange.backups import WORRYING_AGE, newest_backup
from registry.paths import STATIC
from registry.repositories.naming import noted_with_other_secret
from registry.settings import Mode, Settings, load_settings
from registry.web.assets import static_url
from registry.web.health import Finding, examine
from registry.web.paper import HOW_TO_INSTALL, missing_libraries
from registry.web.parts import examine_parts

FETCHED = (
    "vendor/htmx.min.js", "vendor/modern-normalize.css", "vendor/fonts/noto-sans-tc/unicode.json",
    "vendor/fonts/noto-emoji/unicode.json",
)

verbs = typer.Typer(rich_markup_mode=None)
console = Console()


@verbs.command("doctor")
def doctor_command() -> None:
    """Say what is wrong with this installation and what to do; exits with 1 when something is."""
    settings = load_settings()
    community = _community()
    settings_found = _settings(settings) if community.is_well else []
    findings = [
        community, *settings_found, *_disk(settings), *asyncio.run(_examined(settings)), _assets(),
        _backup(settings, datetime.now(UTC)),
        _paper(), *examine_parts(settings),
    ]
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
        found = await examine(database, now=datetime.now(UTC))
        return [*found, await _names(database, settings)] if all(one.is_well for one in found[:2]) else found
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
        _keeper(settings),
    ]


def _keeper(settings: Settings) -> Finding:
    """Whether the privacy notice names who answers for the data, as the law that it follows asks."""
    here = settings.community
    name = next(iter(here.keeper.values()), "")
    return Finding(
        "privacy", is_well=bool(name) or not here.law or settings.mode is Mode.DEMO,
        said=f"the notice names {name}" if name else "the notice does not name who answers for personal data",
        advice="Write their full name as `keeper` into community.toml: the law that the notice follows asks for it.",
    )


def _disk(settings: Settings) -> list[Finding]:
    """Whether SQLite's file lies where its locks hold."""
    if not settings.is_sqlite:
        return []
    network = network_of(settings.sqlite_path)
    return [Finding(
        "disk", is_well=not network,
        said=f"the database lies on a network's ({network})" if network else "the database lies on this machine's",
        advice="SQLite's locks do not hold there. Move the file to a disk of this machine, or to PostgreSQL: "
        "docs/several-machines.md.",
    )]


async def _names(database: Database, settings: Settings) -> Finding:
    async with database.reading() as reader:
        others = await noted_with_other_secret(reader, settings=settings)
    return Finding(
        "names of authors", is_well=not others,
        said=f"{others} accounts without a name were noted with another secret" if others else "shown as people want",
        advice="Nobody new is named among authors of code. Set KENG_SECRET_KEY to what it was before.",
    )


def _assets() -> Finding:
    missing = [path for path in FETCHED if not (STATIC / path).is_file()]
    if missing:
        return Finding("assets", is_well=False, said=f"missing {', '.join(missing)}", advice="Run `make setup`.")
    return Finding("assets", is_well=True, said=f"style {static_url('css/app.css').rpartition('=')[2]}")


def _paper() -> Finding:
    missing = missing_libraries()
    return Finding(
        "PDF", is_well=True,
        said=f"none is made, for {', '.join(missing)} is missing. {HOW_TO_INSTALL}" if missing else "can be made",
    )


def _backup(settings: Settings, now: datetime) -> Finding:
    """How old the newest backup is; a demo needs none."""
    folder = settings.backup_dir
    advice = "Run `keng backup` once a day, by a timer: docs/backup.md. Its own words tell why the last one failed."
    if folder is None:
        is_demo = settings.mode is Mode.DEMO
        return Finding("backup", is_well=is_demo, said="KENG_BACKUP_DIR is not set", advice=advice)
    newest = newest_backup(folder)
    if newest is None:
        return Finding("backup", is_well=False, said=f"there is none in {folder}", advice=advice)
    return Finding(
        "backup", is_well=now - newest < WORRYING_AGE, said=f"the newest is of {newest:%Y-%m-%d %H:%M} UTC",
        advice=advice,
    )
