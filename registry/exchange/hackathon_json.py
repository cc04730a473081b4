"""Format ``hackathon-json``: events as schema.org tells them (JSON-LD), with what was made at each.

One event, a list of them, or a ``@graph``; of any type of event that schema.org knows.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from registry.activity.rules import Subject
from registry.events.rules import Attendance, EventState
from registry.exchange.fields.dates import read_day, read_moment
from registry.exchange.fields.events import EventName, read_event_name
from registry.exchange.fields.text import prose
from registry.exchange.parts import (
    address_in,
    described,
    distinct,
    lasting_key,
    licence_in,
    line_of,
    link_in,
    objects,
    one_or_many,
)
from registry.exchange.problems import Place, Problems, UnreadableSource
from registry.exchange.rows import AnyRow, EventRow, Pitch, ProjectRow, ProposalRow, Sourced
from registry.exchange.sources import read_json
from registry.languages import in_its_language
from registry.projects.rules import LinkKind

_ATTENDANCE = {
    "OfflineEventAttendanceMode": Attendance.ONSITE, "OnlineEventAttendanceMode": Attendance.ONLINE,
    "MixedEventAttendanceMode": Attendance.HYBRID,
}
_ADDRESS = ("streetAddress", "addressLocality", "addressRegion", "postalCode", "addressCountry")
MOST_WORKS = 2_000


def read_hackathon_json(path: Path, zone: ZoneInfo, problems: Problems) -> Iterator[Sourced[AnyRow]]:
    """Read the events of a file; each good one comes with a project and a pitch for each work of it that has a name.

    A moment without an offset is taken in ``zone``.

    Raises:
        UnreadableSource: no JSON, or no event in it.
    """
    found = list(_events(read_json(path)))
    if not found:
        message = f"{path.name}: an event of schema.org (\"@type\": \"Hackathon\") or a list of them was expected"
        raise UnreadableSource(message)
    for number, facts in enumerate(found, 1):
        problems.rows_read += 1
        place = problems.at(path.name, f"event {number}", Subject.EVENT)
        event = _event(facts, zone, place)
        if event is None:
            continue
        key = lasting_key(facts.get("@id"), facts.get("url"), _title(event))
        yield Sourced(place, key, event)
        for position, work in enumerate(list(objects(facts.get("workPerformed")))[:MOST_WORKS], 1):
            problems.rows_read += 1
            yield from _work(
                work, problems.at(path.name, f"event {number}, work {position}", Subject.PROPOSAL), key, position
            )


def _events(content: Any) -> Iterator[Mapping[str, Any]]:
    for one in objects(content):
        if any(_plain_type(kind).endswith(("Event", "Hackathon")) for kind in one_or_many(one.get("@type"))):
            yield one
        else:
            yield from _events(one.get("@graph"))


def _event(facts: Mapping[str, Any], zone: ZoneInfo, place: Place) -> EventRow | None:
    name = _name(facts.get("name"))
    if not name.texts:
        place.refuse("name", line_of(facts.get("name")), "this field must be filled in")
        return None
    try:
        hours = _hours(facts, zone)
    except ValueError as error:
        place.refuse("startDate", line_of(facts.get("startDate")), error)
        return None
    if hours.get("ends_at") is None and isinstance(hours.get("starts_at"), datetime):
        place.remark("endDate", "", "no end is given: the event is taken for the whole day")
    is_off = name.is_cancelled or _plain_type(facts.get("eventStatus")) == "EventCancelled"
    offers = next(objects(facts.get("offers")), {})
    return EventRow(
        number=name.number, kind=name.kind, name=name.texts, **hours, **described(facts.get("description")),
        state=EventState.CANCELLED if is_off else EventState.PUBLISHED,
        attendance=_ATTENDANCE.get(_plain_type(facts.get("eventAttendanceMode"))),
        registration_url=address_in(offers.get("url"), place, "offers.url") or None, **_where(facts.get("location")),
    )


def _name(value: Any) -> EventName:
    """A name as a text, or as one for each language (texts, or objects with ``@value``)."""
    texts = [line_of(one.get("@value") if isinstance(one, Mapping) else one) for one in one_or_many(value)]
    return read_event_name(" | ".join(filter(None, texts)))


def _hours(facts: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """From when to when; of days alone the first, or the hours of several from their first midnight to their last.

    Raises:
        ValueError: there is no beginning, or no moment can be read from what is given.
    """
    begun, ended = line_of(facts.get("startDate")), line_of(facts.get("endDate"))
    if not begun:
        raise ValueError("this field must be filled in")
    first, last = _moment(begun, zone), _moment(ended, zone) if ended else None
    if isinstance(first, datetime):
        end = last if isinstance(last, datetime) else None
        return {"starts_on": first.astimezone(zone).date(), "starts_at": first, "ends_at": end}
    until = last.astimezone(zone).date() if isinstance(last, datetime) else last
    if until is None or until == first:
        return {"starts_on": first}
    return {"starts_on": first, "starts_at": _midnight(first, zone), "ends_at": _midnight(until, zone, days=1)}


def _moment(text: str, zone: ZoneInfo) -> date | datetime:
    return read_day(text) if len(text) <= len("2024-01-06") else read_moment(text, zone)


def _midnight(day: date, zone: ZoneInfo, *, days: int = 0) -> datetime:
    return datetime.combine(day + timedelta(days=days), datetime.min.time(), zone)


def _where(location: Any) -> dict[str, Any]:
    for one in one_or_many(location):
        if isinstance(one, str):
            return {"place": in_its_language(line_of(one))}
        if isinstance(one, Mapping) and _plain_type(one.get("@type")) != "VirtualLocation":
            address = one.get("address")
            parts = [line_of(address.get(part)) for part in _ADDRESS] if isinstance(address, Mapping) else [
                line_of(address)
            ]
            return {
                "place": in_its_language(line_of(one.get("name"))), "address": ", ".join(filter(None, parts)) or None,
            }
    return {}


def _work(work: Mapping[str, Any], place: Place, event: str, position: int) -> Iterator[Sourced[AnyRow]]:
    """The project and the pitch that a work of an event stands for."""
    title = line_of(work.get("name"))
    if not title:
        place.refuse("name", "", "this field must be filled in")
        return
    own = work.get("url")
    key = lasting_key(work.get("isBasedOn"), own, f"{event} {title}")
    links = distinct(
        *link_in(work.get("codeRepository"), place, "codeRepository", LinkKind.REPOSITORY),
        *link_in(work.get("discussionUrl"), place, "discussionUrl"),
    )
    licence = licence_in(work.get("license"), place, "license")
    said = described(work.get("description"))
    project = ProjectRow(name=in_its_language(title), content_licence=licence, links=links, **said)
    yield Sourced(place, key, project, pitches=(Pitch(event, title),))
    yield Sourced(place, lasting_key(own, key), ProposalRow(
        event=event, project=key, title=in_its_language(title), position=position, content_licence=licence,
        summary=in_its_language(prose(str(work["description"]))) if said else {},
    ))


def _title(event: EventRow) -> str:
    return f"{next(iter(event.name.values()))} {event.starts_on}"


def _plain_type(value: Any) -> str:
    """A word of schema.org without the address before it."""
    return str(value).rstrip("/").rpartition("/")[2].rpartition(":")[2] if isinstance(value, str) else ""
