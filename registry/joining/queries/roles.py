"""The roles that a person offers to everybody."""

import msgspec
from sqlalchemy import select

from registry.database.engine import Reader
from registry.people.models import Person


class OfferedRoles(msgspec.Struct, frozen=True):
    """Keys of the handbook's needs; owners find them only where the person ``is_public``."""

    keys: list[str]
    is_public: bool


async def offered_roles(reader: Reader, person_id: int) -> OfferedRoles:
    """What a person offers (one statement)."""
    row = (await reader.execute(select(Person.offers, Person.is_public).where(Person.id == person_id))).one()
    return OfferedRoles(*row)
