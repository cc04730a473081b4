"""Between the forms with which organisers run an event and what they mean: rows, moments of the clock, texts."""

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import msgspec

from registry.events.commands.life import EventDetails
from registry.events.planning import name_with_number, next_days, slug_with_number
from registry.events.rules import EventKind
from registry.events.run_queries import ChoiceItem, EventToRun
from registry.handbook import ConductItem as HandbookItem
from registry.handbook import conduct, meals
from registry.web.typed import Typed, fields_of

USUAL_START, USUAL_END = time(9), time(18)
MOST_ROWS = 100
_MOMENTS = ("starts_at", "ends_at", "registration_opens_at", "registration_closes_at", "proposals_close_at")
_LINES = ("address", "online_url", "note_url", "registration_url")
_TEXTS = ("name", "subtitle", "description", "place")
_ANEW = {*_MOMENTS, "note_url", "registration_url"}
"""What an event never takes over from the one before."""


def next_event(last: EventToRun | None, *, now: datetime, day: date | None, timezone: str) -> Typed:
    """A form for the next event: everything that stays as it was at ``last``, and what follows from it."""
    zone = last.timezone if last else timezone
    number = last.number + 1 if last and last.number is not None else None
    chosen = day or (next_days(last.starts_on, after=now.date())[1] if last else None)
    fields: dict[str, str] = {"timezone": zone, "kind": EventKind.LARGE.value}
    if last:
        fields = {
            name: value for name, value in event_fields(last).items()
            if name not in _ANEW and not name.startswith(("subtitle-", "description-"))
        } | {"like": last.slug}
    if last and number is not None:
        fields |= fields_of(name=name_with_number(last.name, last=last.number, number=number)) | {
            "number": str(number), "slug": slug_with_number(last.slug, last=last.number, number=number),
        }
    if chosen:
        starts, ends = _hours(last, zone)
        fields |= {"starts_at": f"{chosen}T{starts:%H:%M}", "ends_at": f"{chosen}T{ends:%H:%M}"}
    return Typed.of(**fields)


def _hours(last: EventToRun | None, zone: str) -> tuple[time, time]:
    if last is None or last.is_all_day:
        return USUAL_START, USUAL_END
    return last.starts_at.astimezone(ZoneInfo(zone)).time(), last.ends_at.astimezone(ZoneInfo(zone)).time()


def details_in(typed: Typed, *, before: EventToRun | None = None) -> EventDetails:
    """What is written in the form of an event; ``before`` is the event as it is."""
    lines = ("kind", "number", "slug", "timezone", "attendance", "capacity", *_MOMENTS, *_LINES)
    return msgspec.convert(
        {name: typed(name) for name in lines}
        | {name: typed.texts(name, before=getattr(before, name, None)) for name in _TEXTS}, EventDetails,
    )


def event_fields(event: EventToRun) -> dict[str, str]:
    """The form of an event filled from the record."""
    zone = ZoneInfo(event.timezone)
    moments = {name: getattr(event, name) for name in _MOMENTS}
    return {
        "kind": event.kind.value, "number": "" if event.number is None else str(event.number),
        "timezone": event.timezone, "attendance": event.attendance.value if event.attendance else "",
        "capacity": "" if event.capacity is None else str(event.capacity),
        **{name: f"{at.astimezone(zone):%Y-%m-%dT%H:%M}" if at else "" for name, at in moments.items()},
        **{name: getattr(event, name) or "" for name in _LINES},
        **fields_of(**{name: getattr(event, name) for name in _TEXTS}),
    }


def venue_fields(event: EventToRun) -> dict[str, str]:
    """The form of a venue filled from the record."""
    fields: dict[str, str] = {}
    for row, room in enumerate(event.rooms):
        fields |= fields_of(**{f"name-{row}": room.name})
        fields |= {
            f"room-{row}": str(room.id),
            f"tables-{row}": " ".join(table.label for table in event.tables if table.room_id == room.id),
        }
    return fields


def agenda_fields(event: EventToRun) -> dict[str, str]:
    """The form of an agenda filled from the record."""
    zone = ZoneInfo(event.timezone)
    fields: dict[str, str] = {}
    for row, entry in enumerate(event.agenda):
        fields |= fields_of(**{f"title-{row}": entry.title})
        fields |= {
            f"kind-{row}": entry.kind.value, f"room-{row}": "" if entry.room_id is None else str(entry.room_id),
            f"starts_at-{row}": f"{entry.starts_at.astimezone(zone):%Y-%m-%dT%H:%M}",
            f"ends_at-{row}": f"{entry.ends_at.astimezone(zone):%Y-%m-%dT%H:%M}",
        }
    return fields


def conduct_fields(event: EventToRun) -> dict[str, str]:
    """The form of a Code of Conduct filled from the record, or from the handbook where the event has none."""
    return _item_fields(event.conduct or conduct())


def meal_fields(event: EventToRun) -> dict[str, str]:
    """The form of an event's meals filled from the record, or from the handbook where the event has none."""
    return _item_fields(event.meals or meals())


def _item_fields(items: Sequence[ChoiceItem | HandbookItem]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for row, one in enumerate(items):
        fields |= fields_of(**{f"text-{row}": one.text}) | {f"key-{row}": one.key}
    return fields


def filled_rows(typed: Typed, *names: str) -> list[int]:
    """The numbers of the rows in which anything of ``names`` is written; an emptied row is a removed one."""
    def is_filled(row: int) -> bool:
        return any(typed(f"{name}-{row}").strip() or typed.texts(f"{name}-{row}") for name in names)

    return [row for row in range(min(typed.number("rows") or 0, MOST_ROWS)) if is_filled(row)]
