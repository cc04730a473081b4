"""The verb ``keng init``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from registry.community import is_language, read_community
from registry.community.current import within
from registry.community.files import HandbookError
from registry.community.folder import write_folder
from registry.community.whole import read_whole

UNUSABLE = 2
verbs = typer.Typer(rich_markup_mode=None)
console = Console()


@verbs.command("init")
def init_command(
    folder: Annotated[Path, typer.Argument(help="Where to put it; a new or an empty folder.")],
    name: Annotated[str, typer.Option(help="What the community is called.")] = "Our community",
    language: Annotated[list[str] | None, typer.Option(help="A language's tag; the usual one first.")] = None,
    timezone: Annotated[str, typer.Option(help="Where its events are, such as Europe/Berlin.")] = "UTC",
) -> None:
    """Write the folder of a new community: its name, languages, stages, needs and Code, to be edited by anyone."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        _stop(f"{folder} is there already and not empty. Name another folder.")
    languages = language or ["en"]
    if unknown := [tag for tag in languages if not is_language(tag)]:
        _stop(f"“{unknown[0]}” is no language. Give its tag, for instance de, ja or zh-Hant.")
    written = write_folder(folder, name=name, languages=languages, timezone=timezone)
    try:
        with within(read_community(folder.absolute())):
            read_whole()
    except HandbookError as error:
        _stop(f"The folder is written, and cannot be used yet:\n{error}")
    for path in written:
        console.print(path, markup=False, soft_wrap=True)
    console.print(
        f"Use it with KENG_COMMUNITY_DIR={folder.absolute()}; `keng doctor` checks it. docs/community.md goes on.",
        markup=False, soft_wrap=True,
    )


def _stop(message: str) -> None:
    console.print(message, style="red", markup=False, soft_wrap=True)
    raise typer.Exit(UNUSABLE)
