"""The audit log as somebody may alter it, and people whom an erasure must take out of it."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Executable, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.commands import note_change
from registry.activity.models import AuditEntry
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.people.models import Person
from tests.factories import a_person
from tests.moderation.acts import NOW

NAMES = ('Ann "Nan" Öz', "Åsa_50%", "林\\小明", "ŁUCJA", "O'Neill <b>")
"""Names that JSON, a pattern of SQL, or small and capital letters make another text of."""
ROWS_OF_EACH = 3


async def alterations(session: AsyncSession) -> list[list[Executable]]:
    """Each column of each row changed, each row taken away, and each two that follow each other swapped."""
    table: Any = AuditEntry.__table__
    columns = {
        "at": NOW + timedelta(microseconds=1), "actor": "person:bea", "action": "y", "subject": Subject.EVENT,
        "subject_id": -1, "changes": {"name": ["a", "c"]}, "token": "keng_x",
    }
    numbers = list(await session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)))
    return [
        *([update(table).where(table.c.id == number).values({name: value})]
          for number in numbers for name, value in columns.items()),
        *([table.delete().where(table.c.id == number)] for number in numbers),
        *([update(table).where(table.c.id == number).values(id=then)
           for number, then in ((one, 9_999), (other, one), (9_999, other))]
          for one, other in pairwise(numbers)),
    ]


async def people_in_the_log(session: AsyncSession) -> list[Person]:
    """People with these names: one row is of what each did, one about them, and one names them beside other facts."""
    people = [await a_person(session, slug=f"zq-{number}", display_name=name) for number, name in enumerate(NAMES)]
    for person in people:
        slug, name = person.slug, person.display_name
        for actor, about, changes in (
            (f"person:{slug}", (Subject.PROJECT, 1), {"team": [[], [{"person": slug}]]}),
            ("person:x", (Subject.PERSON, person.id), {"bio": [None, f"I am {name}"]}),
            ("person:x", (Subject.PROJECT, 1), {"by": [None, {"name": name}], name: [1, 2]}),
        ):
            subject, number = about
            note_change(
                session, now=NOW, actor=actor, action="x", subject=subject, subject_id=number, changes=changes,
            )
    return people


async def texts_of_the_log(database: Database) -> str:
    """Every text in it, as it is read."""
    async with database.reading() as reader:
        rows = await reader.execute(select(AuditEntry.__table__))
        return "\n".join(_texts([list(row) for row in rows]))


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.items() for text in _texts(list(part))]
    return [text for part in value for text in _texts(part)] if isinstance(value, list) else [str(value)]
