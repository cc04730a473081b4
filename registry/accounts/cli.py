"""The verbs ``keng admin grant``, ``revoke`` and ``list``."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, Literal, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.commands import grant_role, revoke_role
from registry.accounts.queries import event_id_named, granted_roles, person_named
from registry.accounts.rules import Role
from registry.database.engine import Database
from registry.errors import RegistryError
from registry.people.models import Person
from registry.settings import load_settings

verbs = typer.Typer(rich_markup_mode=None)
admin = typer.Typer(no_args_is_help=True, help="Say who organises and who administers.", rich_markup_mode=None)
verbs.add_typer(admin, name="admin")
console = Console()
BY = "system:keng admin"
Answer = TypeVar("Answer")

PersonName = Annotated[str, typer.Argument(metavar="PERSON", help="A person's slug, or an identity: github:LOGIN.")]
RoleName = Annotated[
    Literal["organiser", "administrator"], typer.Argument(metavar="ROLE", help="organiser or administrator.")
]
EventName = Annotated[str | None, typer.Option("--event", metavar="SLUG", help="Organiser of this event alone.")]


@admin.command("grant")
def grant_command(person: PersonName, role: RoleName, event: EventName = None) -> None:
    """Make a person organiser (of all events, or of one) or administrator."""

    async def grant(session: AsyncSession, found: Person, event_id: int | None) -> None:
        await grant_role(
            session, person=found, role=Role(role), event_id=event_id, granted_by=BY, now=datetime.now(UTC)
        )
        console.print(f"{found.slug} is {_named(role, event)}", markup=False)

    _change(person, role, event, grant)


@admin.command("revoke")
def revoke_command(person: PersonName, role: RoleName, event: EventName = None) -> None:
    """Take a granted role back."""

    async def revoke(session: AsyncSession, found: Person, event_id: int | None) -> None:
        was = await revoke_role(
            session, person=found, role=Role(role), event_id=event_id, revoked_by=BY, now=datetime.now(UTC)
        )
        console.print(f"{found.slug} {'is no longer' if was else 'was not'} {_named(role, event)}", markup=False)

    _change(person, role, event, revoke)


@admin.command("list")
def list_command() -> None:
    """List everyone with a granted role."""

    async def ask(database: Database) -> None:
        async with database.reading() as reader:
            rows = await granted_roles(reader)
        table = Table("person", "name", "role", "event", "granted by", "on")
        for row in rows:
            table.add_row(*map(Text, (
                row.slug, row.name, row.role.value, row.event_slug or "", row.granted_by, f"{row.granted_at:%Y-%m-%d}",
            )))
        console.print(table)

    _with_database(ask)


def _named(role: str, event: str | None) -> str:
    return f"{role} of {event}" if event else role


def _change(
    person: str, role: str, event: str | None, change: Callable[[AsyncSession, Person, int | None], Awaitable[None]]
) -> None:
    if event and role == Role.ADMINISTRATOR:
        raise typer.BadParameter("An administrator has no event; leave --event out.")

    async def find_and_change(database: Database) -> None:
        async with database.writing() as session:
            found = await person_named(session, person)
            await change(session, found, await event_id_named(session, event) if event else None)

    _with_database(find_and_change)


def _with_database(work: Callable[[Database], Awaitable[Answer]]) -> Answer:
    async def run() -> Answer:
        database = Database(load_settings())
        try:
            return await work(database)
        finally:
            await database.close()

    try:
        return asyncio.run(run())
    except RegistryError as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(2) from error
