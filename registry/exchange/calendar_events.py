"""Format ``icalendar``: events of a calendar (RFC 5545), each known by its UID."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from registry.activity.rules import Subject
from registry.events.rules import EventState
from registry.exchange.fields.dates import read_day
from registry.exchange.fields.events import read_event_name
from registry.exchange.parts import described, lasting_key, line_of
from registry.exchange.problems import Place, Problems, UnreadableSource
from registry.exchange.rows import EventRow, Sourced
from registry.exchange.sources import is_text, read_text
from registry.languages import in_its_language

if TYPE_CHECKING:
    from icalendar import Calendar

LARGEST_CALENDAR = 4 * 1024 * 1024
"""Bytes. It is read slowly."""


def read_calendar_events(path: Path, zone: ZoneInfo, problems: Problems) -> Iterator[Sourced[EventRow]]:
    """Read the events of a calendar. A time that names no zone is taken in ``zone``.

    Of an event that comes back regularly the first is taken; a single changed one of such a row is refused.

    Raises:
        UnreadableSource: no calendar, or too large.
    """
    components = _calendar(path).walk("VEVENT")
    for number, component in enumerate(components, 1):
        problems.rows_read += 1
        uid = str(component.get("uid") or "").strip()
        place = problems.at(path.name, f"event {number}", Subject.EVENT)
        if component.get("recurrence-id") is not None:
            place.refuse("RECURRENCE-ID", uid, "one date of an event that comes back: only the first one is taken")
        elif event := _event(component, zone, place):
            if not uid:
                place.remark("UID", "", "there is none: the event is known by its name and day")
            yield Sourced(place, lasting_key(uid, f"{next(iter(event.name.values()))} {event.starts_on}"), event)


def _calendar(path: Path) -> "Calendar":
    from icalendar import Calendar  # noqa: PLC0415 — few imports need it, and every start would pay for it

    text = read_text(path, largest=LARGEST_CALENDAR)
    if not is_text(text):
        message = f"{path.name}: not UTF-8 text"
        raise UnreadableSource(message)
    try:
        return Calendar.from_ical(text)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        message = f"{path.name}: not readable as a calendar: {' '.join(str(error).split())[:200]}"
        raise UnreadableSource(message) from error


def _event(component: Any, zone: ZoneInfo, place: Place) -> EventRow | None:
    name = read_event_name(_plain(component, "summary"))
    if not name.texts:
        place.refuse("SUMMARY", "", "this field must be filled in")
        return None
    try:
        hours = _hours(component, zone)
    except ValueError as error:
        place.refuse("DTSTART", _plain(component, "dtstart"), error)
        return None
    if component.get("rrule") is not None:
        place.remark("RRULE", _plain(component, "rrule"), "it comes back: only the first one is taken")
    is_off = name.is_cancelled or _plain(component, "status").upper() == "CANCELLED"
    return EventRow(
        number=name.number, kind=name.kind, name=name.texts, **hours, **described(_text(component, "description")),
        place=in_its_language(_plain(component, "location")),
        state=EventState.CANCELLED if is_off else EventState.PUBLISHED,
    )


def _hours(component: Any, zone: ZoneInfo) -> dict[str, Any]:
    """From when to when: whole days without hours; what names an hour with its end, of a day's length without one.

    Raises:
        ValueError: there is no beginning that can be read.
    """
    first = getattr(component.get("dtstart"), "dt", None)
    last = getattr(component.get("dtend"), "dt", None)
    length = getattr(component.get("duration"), "dt", None)
    if last is None and first is not None and isinstance(length, timedelta):
        last = first + length
    if isinstance(first, datetime):
        begins = _at(first, zone)
        ends = _at(last, zone) if isinstance(last, datetime) else None
        read_day(begins.astimezone(zone).date().isoformat())
        return {"starts_on": begins.astimezone(zone).date(), "starts_at": begins, "ends_at": ends}
    if not isinstance(first, date):
        raise ValueError("this field must be filled in with a day or a moment")  # noqa: TRY004 — told of the row
    day = read_day(first.isoformat())
    if isinstance(last, datetime) or not isinstance(last, date) or last <= day + timedelta(days=1):
        return {"starts_on": day}
    return {"starts_on": day, "starts_at": _midnight(day, zone), "ends_at": _midnight(last, zone)}


def _at(moment: datetime, zone: ZoneInfo) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, datetime.min.time(), zone)


def _plain(component: Any, field: str) -> str:
    value = component.get(field)
    return line_of(_text(component, field)) if value is not None else ""


def _text(component: Any, field: str) -> str:
    value = component.get(field)
    if value is None:
        return ""
    return str(value) if isinstance(value, str) else str(value.to_ical().decode()) if hasattr(value, "to_ical") else ""
