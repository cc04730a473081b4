"""Format ``aray``: the project hub's dump, a folder of three JSON files: events, projects, and which was where."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from registry.activity.rules import Subject
from registry.events.rules import Attendance, EventState
from registry.exchange.community import chat_links, link_to
from registry.exchange.fields.dates import read_moment
from registry.exchange.fields.events import read_event_name
from registry.exchange.fields.text import clean_line, prose, public_line
from registry.exchange.problems import Place, Problems, UnreadableSource
from registry.exchange.rows import AnyRow, EventRow, LinkRow, Pitch, ProjectRow, ProposalRow, Sourced, Texts
from registry.exchange.sources import is_text, read_json
from registry.languages import in_its_language
from registry.links import clean_url

_EVENTS, _PROJECTS, _PITCHES = "aray-events.json", "aray-projects.json", "aray-events-projects.json"
_KINDS = {_EVENTS: Subject.EVENT, _PROJECTS: Subject.PROJECT, _PITCHES: Subject.PROPOSAL}
_ATTENDANCE = {"實體活動": Attendance.ONSITE, "線上活動": Attendance.ONLINE, "混合活動": Attendance.HYBRID}


class _Venue(msgspec.Struct, frozen=True):
    name: str = ""
    address: str = ""


class _Event(msgspec.Struct, rename="camel"):
    """``guestLimit``, ``attendanceCount`` and the hub's own switches are knowingly left out."""

    id: str
    name: str
    type: str = ""
    description: str = ""
    start_date: str = ""
    end_date: str = ""
    location: _Venue = _Venue()
    link: str = ""


class _NamedLink(msgspec.Struct):
    url: str
    name: str = ""


class _Project(msgspec.Struct, rename="camel"):
    id: str
    name: str
    description: str = ""
    links: tuple[_NamedLink, ...] = ()
    slack_channel: str = ""


class _Pitched(msgspec.Struct, rename="camel"):
    id: str
    event_id: str
    project_id: str
    title: str = ""
    status: Literal["confirmed", "pending", "cancelled", "rejected"] = "confirmed"


Shape = TypeVar("Shape", _Event, _Project, _Pitched)
Named = TypeVar("Named", _Event, _Project)


def read_aray(folder: Path, zone: ZoneInfo, problems: Problems) -> Iterator[Sourced[AnyRow]]:
    """Read the dump. ``zone`` is where the hub's moments in UTC become calendar days.

    The gatherings of one numbered hackathon in several places, or at a postponed date, become one event.

    Raises:
        UnreadableSource: one of the three files is missing or is no JSON list.
    """
    events = _named(_entries(folder / _EVENTS, _Event, problems))
    projects = _named(_entries(folder / _PROJECTS, _Project, problems))
    pitches = _entries(folder / _PITCHES, _Pitched, problems)
    yield from _events(events, zone)
    titles: dict[str, list[Pitch]] = defaultdict(list)
    for _, pitched in pitches:
        titles[pitched.project_id].append(Pitch(pitched.event_id, public_line(pitched.title)))
    for place, project in projects:
        yield Sourced(place, project.id, _project(place, project), pitches=tuple(titles[project.id]))
    names = {project.id: public_line(project.name) for _, project in projects}
    for place, pitched in pitches:
        title = public_line(pitched.title) or names.get(pitched.project_id, "")
        if pitched.status != "confirmed":
            place.refuse("status", pitched.status, "the hub has not confirmed this pitch")
        elif not title:
            place.refuse("title", pitched.title, "this field must be filled in")
        else:
            row = ProposalRow(event=pitched.event_id, project=pitched.project_id, title=in_its_language(title))
            yield Sourced(place, pitched.id, row)


def _entries(path: Path, shape: type[Shape], problems: Problems) -> list[tuple[Place, Shape]]:
    """Read the good entries of a file, each with its place."""
    listed = read_json(path)
    if not isinstance(listed, list):
        message = f"{path}: a list was expected"
        raise UnreadableSource(message)
    entries = []
    for number, entry in enumerate(listed, start=1):
        problems.rows_read += 1
        place = problems.at(path.name, f"entry {number}", _KINDS[path.name])
        if not all(map(is_text, _texts(entry))):
            place.refuse("", ascii(entry), "not UTF-8 text")
            continue
        try:
            entries.append((place, msgspec.convert(entry, shape)))
        except msgspec.ValidationError as error:
            reason, _, field = str(error).partition(" - at ")
            place.refuse(field.strip("`$."), entry, reason)
    return entries


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _named(entries: list[tuple[Place, Named]]) -> list[tuple[Place, Named]]:
    """Refuse what has no name."""
    for place, entry in entries:
        if not clean_line(entry.name):
            place.refuse("name", entry.name, "this field must be filled in")
    return [(place, entry) for place, entry in entries if clean_line(entry.name)]


def _events(events: list[tuple[Place, _Event]], zone: ZoneInfo) -> Iterator[Sourced[AnyRow]]:
    gatherings: dict[int | str, list[tuple[Place, _Event]]] = defaultdict(list)
    for place, event in events:
        number = read_event_name(event.name).number
        gatherings[event.id if number is None else number].append((place, event))
    for sites in gatherings.values():
        # The latest date holds: an earlier one was postponed. Of several places the first one listed is the main one.
        place, main = max(sites, key=lambda site: site[1].start_date)
        for other_place, other in sites:
            if other.start_date != main.start_date:
                reason = f"the same hackathon was on {main.start_date}: that is kept"
                other_place.remark("startDate", other.start_date, reason)
        same_day = [event for _, event in sites if event.start_date == main.start_date]
        others = tuple(event.id for _, event in sites if event is not main)
        yield Sourced(place, main.id, _event(place, main, same_day, zone), also=others)


def _event(place: Place, event: _Event, sites: list[_Event], zone: ZoneInfo) -> EventRow:
    name = read_event_name(event.name)
    starts_at = _moment(place, "startDate", event.start_date, zone)
    ends_at = _moment(place, "endDate", event.end_date, zone)
    if starts_at and ends_at and ends_at < starts_at:
        place.remark("endDate", event.end_date, "the end lies before the start: left out")
        ends_at = None
    return EventRow(
        number=name.number, kind=name.kind, name=name.texts,
        state=EventState.CANCELLED if name.is_cancelled else EventState.PUBLISHED,
        description=in_its_language(prose(event.description)),
        starts_on=starts_at.astimezone(zone).date() if starts_at else None,
        starts_at=starts_at if ends_at else None, ends_at=ends_at if starts_at else None,
        place=_places(sites), address=public_line(event.location.address) or None if len(sites) == 1 else None,
        attendance=_ATTENDANCE.get(event.type),
        registration_url=_url(place, "link", event.link),
    )


def _places(sites: list[_Event]) -> Texts:
    """Name the place; of several, each behind its city's name as the sites' own names give it."""
    named = [(read_event_name(site.name).site, public_line(site.location.name)) for site in sites]
    if len(named) == 1:
        return in_its_language(named[0][1])
    return in_its_language("、".join(f"{site} {place}".strip() for site, place in named))


def _project(place: Place, project: _Project) -> ProjectRow:
    links: dict[str, LinkRow] = {}
    for link in project.links:
        if url := _url(place, "links", link.url):
            links.setdefault(url, link_to(url))
    channels, rest = chat_links(project.slack_channel)
    if rest:
        place.remark("slackChannel", rest, "not a channel: left out")
    return ProjectRow(
        name=in_its_language(public_line(project.name)), description=in_its_language(prose(project.description)),
        links=(*links.values(), *channels),
    )


def _moment(place: Place, field: str, written: str, zone: ZoneInfo) -> datetime | None:
    if not written:
        return None
    try:
        return read_moment(written, zone)
    except ValueError as error:
        place.remark(field, written, error)
        return None


def _url(place: Place, field: str, written: str) -> str | None:
    if not written.strip():
        return None
    try:
        return clean_url(written)
    except ValueError as error:
        place.remark(field, written, error)
        return None
