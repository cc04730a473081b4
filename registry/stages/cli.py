"""The verb ``keng stages check``."""

import asyncio
from datetime import UTC, datetime, timedelta

import typer
from rich.console import Console

from registry.database.engine import Database
from registry.handbook import ladder
from registry.settings import Settings, load_settings
from registry.stages.commands import propose_dormant
from registry.stages.queries import stages_in_use

verbs = typer.Typer(rich_markup_mode=None)
stages = typer.Typer(no_args_is_help=True, help="Look after the ladder of stages.", rich_markup_mode=None)
verbs.add_typer(stages, name="stages")
console = Console()


@stages.callback()
def stages_verbs() -> None:
    """Look after the ladder of stages."""


@stages.command("check")
def check_command() -> None:
    """Check the handbook's ladder against the record, and ask owners of quiet projects whether they are alive."""
    known = [stage.key for stage in ladder().stage]
    in_use, asked = asyncio.run(_check(load_settings()))
    console.print(f"the ladder has {len(known)} stages: {', '.join(known)}", markup=False, soft_wrap=True)
    for key, count in sorted(in_use.items()):
        if key not in known:
            console.print(
                f"projects on “{key}”, which stages.toml no longer has: {count}; they are shown on “{known[0]}” until "
                "somebody moves them", markup=False, soft_wrap=True,
            )
    console.print(f"quiet projects whose owners were asked whether they are alive: {asked}", markup=False)


async def _check(settings: Settings) -> tuple[dict[str, int], int]:
    database = Database(settings)
    try:
        async with database.writing() as session:
            asked = await propose_dormant(
                session, now=datetime.now(UTC), quiet_after=timedelta(days=settings.quiet_after_days)
            )
            return await stages_in_use(session), asked
    finally:
        await database.close()
