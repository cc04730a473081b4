"""Which events the public sees."""

from sqlalchemy import ColumnElement, and_

from registry.events.models import Event
from registry.events.rules import EventState


def event_is_public(event: type[Event] = Event) -> ColumnElement[bool]:
    """Neither a draft nor hidden; a cancelled event stays in the record and says so."""
    return and_(event.state != EventState.DRAFT, event.hidden_at.is_(None))
