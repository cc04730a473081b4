"""The verbs ``keng import``, ``export`` and ``duplicates``."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from rich.text import Text

from registry.database.engine import Database
from registry.database.glance import is_up_to_date
from registry.exchange.backup_cli import backup_command, restore_command
from registry.exchange.coming import add_coming_event
from registry.exchange.commands import ImportReport, export_record, import_source
from registry.exchange.formats import Format
from registry.exchange.loading.load import PHASES
from registry.exchange.package import DESCRIPTION, describe_package
from registry.exchange.problems import Problem, UnreadableSource
from registry.exchange.queries import CandidateRow, count_open_candidates, open_candidates
from registry.paths import SAMPLE
from registry.settings import Settings, load_settings

UNUSABLE = 2
"""Exit code when the source or the database cannot be used; refused rows alone leave it 0."""

verbs = typer.Typer(rich_markup_mode=None)
console = Console()
Answer = TypeVar("Answer")


@verbs.command("import")
def import_command(
    source: Annotated[str, typer.Argument(metavar="FORMAT", help=f"{', '.join(Format)}, or archive (keng restore).")],
    path: Annotated[Path, typer.Argument(help="The file, or the folder of a format that is one; also packed as ZIP.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report what would happen and change nothing.")] = False,
) -> None:
    """Import events, projects and proposals: what is good is taken, the rest is told with its reason."""
    if source == "archive":
        if dry_run:
            raise typer.BadParameter("an archive is taken whole or not at all", param_hint="--dry-run")
        restore_command(path)
    elif source in set(Format):
        _import(load_settings(), Format(source), path, dry_run=dry_run)
    else:
        raise typer.BadParameter(f"use one of {', '.join([*Format, 'archive'])}", param_hint="FORMAT")


@verbs.command("export")
def export_command(
    to: Annotated[
        Literal["csv", "json", "package", "site", "archive"],
        typer.Argument(metavar="FORMAT", help="csv, json, package, site (a static edition) or archive (a backup)."),
    ],
    path: Annotated[Path, typer.Argument(help="The folder to write to, made if need be; for archive the file.")],
    for_spreadsheets: Annotated[bool, typer.Option(help="Begin CSV files with a byte order mark.")] = False,
    address: Annotated[
        str, typer.Option(metavar="URL", help="For site: where it will be put, for its map and its page of errors.")
    ] = "",
) -> None:
    """Write the public record as open data that `keng import` reads back."""
    settings = load_settings()
    if to == "site":
        _export_site(settings, path, address.rstrip("/"))
        return
    if to == "archive":
        backup_command(path)
        return
    written = _with_database(
        settings,
        lambda database: export_record(
            database, to=Format.JSON if to == "json" else Format.CSV, folder=path, for_spreadsheets=for_spreadsheets
        ),
    )
    ending = "json" if to == "json" else "csv"
    for name, rows in written.items():
        console.print(f"{path / name}.{ending}: {len(rows)}", markup=False, soft_wrap=True)
    if to == "package":
        describe_package(
            path, written, base_url=settings.base_url, community=settings.community_name, now=datetime.now(UTC)
        )
        console.print(f"{path / DESCRIPTION}", markup=False, soft_wrap=True)


@verbs.command("duplicates")
def duplicates_command(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Pairs a page.")] = 50,
    page: Annotated[int, typer.Option(min=1, max=100_000, help="Which page.")] = 1,
) -> None:
    """List records that may be one and wait for an organiser's decision, the likeliest first."""

    async def ask(database: Database) -> tuple[int, list[CandidateRow]]:
        async with database.reading() as reader:
            return (
                await count_open_candidates(reader),
                await open_candidates(reader, limit=limit, offset=(page - 1) * limit),
            )

    waiting, candidates = _with_database(load_settings(), ask)
    table = Table("kind", Column("one", overflow="fold"), Column("other", overflow="fold"), "signs", "likeness")
    for one in candidates:
        names = (f"{' / '.join(record.name.values())}\n{record.slug}" for record in (one.left, one.right))
        signs = ", ".join(one.signs).replace("_", " ")
        table.add_row(one.subject.value, *map(Text, names), signs, f"{one.likeness:.2f}")
    console.print(table)
    console.print(f"{len(candidates)} of {waiting} open pairs, page {page}")
    console.print(f"Organisers decide at {load_settings().base_url}/duplicates", soft_wrap=True)


def _export_site(settings: Settings, folder: Path, address: str) -> None:
    from registry.edition.application import EditionError  # noqa: PLC0415 — it brings the whole application
    from registry.edition.folder import StrangeFolder  # noqa: PLC0415
    from registry.edition.rules import Edition  # noqa: PLC0415
    from registry.edition.writing import EditionReport, write_edition  # noqa: PLC0415

    now = datetime.now(UTC)
    edition = Edition(now, now.astimezone(ZoneInfo(settings.timezone)).date(), settings.base_url, address)
    columns = (TextColumn("{task.completed} of {task.total} addresses"), BarColumn(), TimeElapsedColumn())

    async def write(_database: Database) -> EditionReport:
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("", total=None)
            return await write_edition(
                settings, folder, edition, lambda done, known: bar.update(task, completed=done, total=known)
            )

    try:
        report = _with_database(settings, write)
    except (StrangeFolder, EditionError) as error:
        console.print(Text(f"No edition was finished. {error}", style="red"), soft_wrap=True)
        raise typer.Exit(UNUSABLE) from error
    console.print(
        f"{report.pages} pages in {report.files} files, {report.bytes / 1024**2:.1f} MB: {folder}", markup=False,
        soft_wrap=True,
    )


def import_sample(settings: Settings) -> None:
    """Import the sample record that is shipped."""
    _import(settings, Format.JSON, SAMPLE, dry_run=False)
    slug = _with_database(settings, lambda database: add_coming_event(database, now=datetime.now(UTC)))
    console.print(f"An event to come, for which one can register: {settings.base_url}/events/{slug}", soft_wrap=True)


def _import(settings: Settings, source: Format, path: Path, *, dry_run: bool) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(PHASES[0], total=len(PHASES))

        def advance(phase: str) -> None:
            bar.update(task, description=phase, completed=PHASES.index(phase))

        report = _with_database(
            settings,
            lambda database: import_source(
                database, source=source, path=path, now=datetime.now(UTC), timezone=settings.timezone,
                dry_run=dry_run, progress=advance,
            ),
        )
    _tell(report, dry_run=dry_run)


def _with_database(settings: Settings, act: Callable[[Database], Awaitable[Answer]]) -> Answer:
    """Open the database for one act; say in words why it, or the source, cannot be used."""
    _make_folder(settings)
    if not is_up_to_date(settings):
        console.print("The database is not up to date: run `keng migrate` first.", style="red")
        raise typer.Exit(UNUSABLE)

    async def run() -> Answer:
        database = Database(settings)
        try:
            return await act(database)
        finally:
            await database.close()

    try:
        return asyncio.run(run())
    except UnreadableSource as error:
        console.print(Text(f"Nothing was imported. {error}", style="red"), soft_wrap=True)
        raise typer.Exit(UNUSABLE) from error


def _make_folder(settings: Settings) -> None:
    """SQLite makes its file, but not the folder of it."""
    if settings.is_sqlite:
        settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True)


def _tell(report: ImportReport, *, dry_run: bool) -> None:
    refused = report.problems.refused
    _list("Taken, but not as written:", [one for one in report.problems.found if not one.is_refusal])
    _list("Refused:", refused)
    title = "Dry run: nothing was changed" if dry_run else None
    table = Table("", "created", "updated", "unchanged", "refused", title=title)
    for one in report.loaded:
        of_kind = sum(problem.kind is one.subject for problem in refused)
        table.add_row(one.subject.value, *map(str, (one.created, one.updated, one.unchanged, of_kind)))
    console.print(table)
    read = report.problems.rows_read
    console.print(f"{read} rows read, {len(refused)} refused ({len(refused) / max(read, 1):.1%})")


def _list(title: str, problems: list[Problem]) -> None:
    """Print a line for each problem: file, row, field with its value, reason."""
    if problems:
        console.print(title, style="bold")
    for one in problems:
        line = f"  {one.file}, {one.row}, {one.field or '-'} = {one.value!r}: {one.reason}"
        console.print(Text(line), soft_wrap=True)
