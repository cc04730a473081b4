"""Which people the public sees."""

from sqlalchemy import ColumnElement, and_

from registry.people.models import Person


def person_is_public() -> ColumnElement[bool]:
    """Neither hidden nor withdrawn from the public by the person."""
    return and_(Person.hidden_at.is_(None), Person.is_public)
