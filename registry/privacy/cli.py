"""The verb ``keng people erase``."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import person_named
from registry.database.engine import Database
from registry.errors import RegistryError
from registry.privacy.commands import erase_person
from registry.settings import load_settings

verbs = typer.Typer(rich_markup_mode=None)
people = typer.Typer(no_args_is_help=True, help="Erase people who asked for it.", rich_markup_mode=None)
verbs.add_typer(people, name="people")
console = Console()
BY = "system:keng people"

PersonName = Annotated[str, typer.Argument(metavar="PERSON", help="A person's slug, or an identity: github:LOGIN.")]
IsSure = Annotated[bool, typer.Option("--yes", help="Do not ask; it cannot be undone.")]


@people.command("erase")
def erase_command(person: PersonName, *, yes: IsSure = False) -> None:
    """Erase a person now: what they did stays, without their name."""
    if not yes:
        typer.confirm(f"Erase {person}? This cannot be undone", abort=True)

    async def erase(session: AsyncSession) -> None:
        found = await person_named(session, person)
        await erase_person(session, person_id=found.id, now=datetime.now(UTC), by=BY)
        console.print("erased", markup=False)

    _change(erase)


def _change(work: Callable[[AsyncSession], Awaitable[None]]) -> None:
    async def run() -> None:
        database = Database(load_settings())
        try:
            async with database.writing() as session:
                await work(session)
        finally:
            await database.close()

    try:
        asyncio.run(run())
    except RegistryError as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(2) from error
