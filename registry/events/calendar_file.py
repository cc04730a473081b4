"""Events as an iCalendar file (RFC 5545)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from registry.addresses import percent_encoded
from registry.events.calendar_queries import CalendarEntry
from registry.events.rules import EventState
from registry.web.i18n import plain

if TYPE_CHECKING:
    from icalendar import Event as Component

CALENDAR = "text/calendar"
"""The media type."""


def calendar_file(entries: Sequence[CalendarEntry], *, base_url: str, name: str = "") -> bytes:
    """The events with the rules of their time zones; a file to subscribe to says its ``name``.

    A UID stays, SEQUENCE counts the changes of the record and DTSTAMP says when the last one was, so that a program
    which reads the file again changes what it has. A cancelled event stays in the file and says so.
    """
    from icalendar import Calendar  # noqa: PLC0415 — few answers need it, and every start would pay for it

    calendar = Calendar()
    calendar.add("prodid", "-//Keng//Registry//EN")
    calendar.add("version", "2.0")
    if name:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
    for entry in entries:
        calendar.add_component(_component(entry, base_url))
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written


def _component(entry: CalendarEntry, base_url: str) -> "Component":
    from icalendar import Event as Component  # noqa: PLC0415 — as above

    zone = ZoneInfo(entry.timezone)
    starts_at, ends_at = entry.starts_at.astimezone(zone), entry.ends_at.astimezone(zone)
    is_cancelled = entry.state is EventState.CANCELLED
    facts: dict[str, Any] = {
        "uid": f"event-{entry.id}@{urlsplit(base_url).hostname}",
        "dtstamp": entry.updated_at, "last-modified": entry.updated_at, "created": entry.created_at,
        "sequence": entry.revision,
        "summary": plain(entry.name), "description": plain(entry.subtitle),
        "dtstart": starts_at.date() if entry.is_all_day else starts_at,
        "dtend": (ends_at - timedelta(seconds=1)).date() + timedelta(days=1) if entry.is_all_day else ends_at,
        "location": ", ".join(filter(None, [plain(entry.place), entry.address])),
        "status": "CANCELLED" if is_cancelled else "CONFIRMED",
        "transp": "TRANSPARENT" if is_cancelled else "OPAQUE",
        "url": f"{base_url}{percent_encoded(f'/events/{entry.slug}')}",
    }
    component = Component()
    for field, value in facts.items():
        if value != "":
            component.add(field, value)
    return component
