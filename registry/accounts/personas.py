"""Who one can be in a demo: made-up people of the sample record, created where it is not loaded."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.commands import grant_role
from registry.accounts.rules import Role
from registry.paths import SAMPLE
from registry.people.models import Person
from registry.people.rules import PersonOrigin


class Persona(StrEnum):
    """A part to play in a demo."""

    PROPOSER = "proposer"
    OWNER = "owner"
    ORGANISER = "organiser"
    ADMINISTRATOR = "administrator"


_SLUGS = {
    Persona.PROPOSER: "example-newcomer",
    Persona.OWNER: "example-proposer",
    Persona.ORGANISER: "example-organiser",
    Persona.ADMINISTRATOR: "example-administrator",
}
_ROLES = {Persona.ORGANISER: Role.ORGANISER, Persona.ADMINISTRATOR: Role.ADMINISTRATOR}


async def person_played(session: AsyncSession, *, persona: Persona, now: datetime) -> Person:
    """The made-up person of a part, with their role; created when the record lacks them."""
    slug = _SLUGS[persona]
    person: Person | None = await session.scalar(select(Person).where(Person.slug == slug))
    if person is None:
        person = _from_sample(slug)
        session.add(person)
        await session.flush()
    person.claimed_at = person.claimed_at or now
    if role := _ROLES.get(persona):
        await grant_role(session, person=person, role=role, granted_by="system:demo", now=now)
    return person


def _from_sample(slug: str) -> Person:
    people: list[dict[str, Any]] = msgspec.json.decode((SAMPLE / "people.json").read_bytes())
    row = next(row for row in people if row["slug"] == slug)
    return Person(**row, sort_name=row["display_name"].casefold(), origin=PersonOrigin.IMPORTED)
