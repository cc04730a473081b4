"""Events: the same gathering in two sources is one event."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from registry.activity.rules import Subject
from registry.events.models import Event
from registry.events.rules import EventKind
from registry.exchange.fields.events import comparable_event_name
from registry.exchange.loading.candidates import Sign, note_pair
from registry.exchange.loading.gaps import Changes, fill, fill_texts
from registry.exchange.loading.record import Record
from registry.exchange.rows import EventRow, Sourced

FURTHEST_APART = timedelta(days=60)
"""Sources give a hackathon's date wrongly by days, or as planned before it was postponed; hardly by two months."""


async def load_events(record: Record, rows: list[Sourced[EventRow]], *, timezone: str) -> None:
    """Match each event by row key, slug, number, or name and day; make those that nothing matches.

    ``timezone`` is for rows that name none. A number with a date far from the known one is another gathering until an
    organiser says otherwise; a row without a day that matches nothing is refused.
    """
    by_number = {event.number: event for event in record.events.values() if event.number is not None}
    by_name = {(event.starts_on, name): event for event in record.events.values() for name in _names(event.name)}
    for sourced in rows:
        if record.is_unchanged(Event, sourced) and (known := record.find(Event, [sourced.key])):
            record.trace(known, sourced, {})
            continue
        row = sourced.row
        day = row.starts_on
        namesake = by_number.get(row.number) if row.number is not None else None
        is_far = namesake is not None and day is not None and abs(day - namesake.starts_on) > FURTHEST_APART
        event = (
            record.find(Event, (sourced.key, *sourced.also))
            or (record.refer(Event, row.slug) if row.slug else None)
            or (None if is_far else namesake)
            or next((by_name[day, name] for name in _names(row.name) if day and (day, name) in by_name), None)
        )
        if event is None:
            if day is None:
                sourced.place.refuse("date", "", "the event has no date, and nothing known has its number")
                continue
            event = _new(record, row, day, timezone)
            await record.add([event])
            if namesake:
                note_pair(record, Subject.EVENT, (event.id, namesake.id), Sign.SAME_NUMBER, 0.5)
        changes = _fill(event, row)
        record.trace(event, sourced, changes)
        if event.number is not None:
            by_number.setdefault(event.number, event)
        for name in _names(event.name):
            by_name.setdefault((event.starts_on, name), event)


def _names(texts: dict[str, str]) -> list[str]:
    return [name for text in texts.values() if (name := comparable_event_name(text))]


def _new(record: Record, row: EventRow, day: date, timezone: str) -> Event:
    zone = row.timezone or timezone
    starts_at, ends_at = row.starts_at, row.ends_at
    if starts_at is None or ends_at is None:
        starts_at = datetime.combine(day, time(), ZoneInfo(zone))
        ends_at = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    title = row.name.get("en") or next(iter(row.name.values()))
    mark = f"hackath{row.number}n" if row.number is not None and row.kind is EventKind.LARGE else title
    return Event(
        slug=record.slugs[Subject.EVENT].take(row.slug or mark, otherwise="event"), number=row.number, kind=row.kind,
        state=row.state, is_example=row.is_example, starts_on=day, starts_at=starts_at, ends_at=ends_at,
        is_all_day=row.starts_at is None or row.ends_at is None, timezone=zone, name={}, subtitle={}, description={},
        description_html={}, place={}, created_at=record.now, updated_at=record.now,
    )


def _fill(event: Event, row: EventRow) -> Changes:
    changes: Changes = {}
    fill_texts(
        event, changes, name=row.name, subtitle=row.summary, description=row.description, place=row.place
    )
    fill(
        event, changes, number=row.number, address=row.address, attendance=row.attendance,
        registration_url=row.registration_url,
        **{f"{video}_video_url": url for video, url in row.video_urls.items()},
    )
    if event.is_all_day and row.starts_at and row.ends_at and row.starts_on == event.starts_on:
        event.starts_at, event.ends_at, event.is_all_day = row.starts_at, row.ends_at, False
        changes |= {"starts_at": row.starts_at, "ends_at": row.ends_at}
    return changes
