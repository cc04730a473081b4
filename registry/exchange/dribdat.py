"""Format ``dribdat``: the data package of an event that dribdat exports, a file or its folder.

Its resources ``events`` and ``projects`` are read. ``users`` holds how to reach people, and is never read; what stands
in ``activities`` and ``categories`` is left out, for the projects name their team and category themselves.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from registry.activity.rules import Subject
from registry.exchange.fields.dates import read_moment
from registry.exchange.fields.events import read_event_name
from registry.exchange.fields.names import split_names
from registry.exchange.fields.text import prose
from registry.exchange.parts import address_in, described, distinct, lasting_key, line_of, link_in, objects
from registry.exchange.problems import Place, Problems, UnreadableSource
from registry.exchange.rows import AnyRow, CreditRow, EventRow, ProjectRow, ProposalRow, Sourced
from registry.exchange.sources import CsvRow, read_csv, read_json
from registry.handbook import ladder
from registry.handbook.statuses import DRIBDAT, STATUSES
from registry.languages import in_its_language
from registry.projects.rules import LinkKind

DESCRIPTION = "datapackage.json"
_STEPS = (0, 5, 10, 20, 30, 40, 50)
"""From which ``progress`` on each of dribdat's stages is reached."""


def read_dribdat(path: Path, zone: ZoneInfo, problems: Problems) -> Iterator[Sourced[AnyRow]]:
    """Read a package: each good project with its pitch at its event. Its times name no zone and are taken in ``zone``.

    Raises:
        UnreadableSource: no data package with a resource ``events`` or ``projects``, or a part of it is not there.
    """
    file = path / DESCRIPTION if path.is_dir() else path
    content = read_json(file)
    resources = {
        line_of(one.get("name")): one for one in objects(content.get("resources"))
    } if isinstance(content, Mapping) else {}
    if not resources.keys() & {"events", "projects"}:
        message = f"{file.name}: a data package with the resources events and projects was expected"
        raise UnreadableSource(message)
    for number, facts in enumerate(_entries(file, resources.get("events", {}), problems), 1):
        place = problems.at(file.name, f"events, {number}", Subject.EVENT)
        if event := _event(facts, zone, place):
            yield Sourced(place, _event_key(line_of(facts.get("name"))), event)
    for number, facts in enumerate(_entries(file, resources.get("projects", {}), problems), 1):
        yield from _project(facts, problems.at(file.name, f"projects, {number}", Subject.PROJECT))


def _entries(file: Path, resource: Mapping[str, Any], problems: Problems) -> Iterator[Mapping[str, Any]]:
    """The rows of a resource: written in the package itself, or in a file beside it."""
    path = line_of(resource.get("path"))
    if "data" in resource or not path:
        rows = list(objects(resource.get("data")))
        problems.rows_read += len(rows)
        yield from rows
        return
    beside = (file.parent / path).resolve()
    if not beside.is_relative_to(file.parent.resolve()):
        message = f"{file.name}: the path {path!r} leads out of the package"
        raise UnreadableSource(message)
    if path.endswith(".json"):
        rows = list(objects(read_json(beside)))
        problems.rows_read += len(rows)
        yield from rows
    else:
        lines: Iterator[CsvRow] = read_csv(beside, Subject.PROJECT, needed=("name",), problems=problems)
        yield from (line.filled() for line in lines)


def _event(facts: Mapping[str, Any], zone: ZoneInfo, place: Place) -> EventRow | None:
    name = read_event_name(line_of(facts.get("name")))
    if not name.texts:
        place.refuse("name", "", "this field must be filled in")
        return None
    try:
        field = "starts_at"
        starts_at = read_moment(line_of(facts.get(field)), zone)
        field = "ends_at"
        ends_at = read_moment(line_of(facts.get(field)), zone)
    except ValueError as error:
        place.refuse(field, line_of(facts.get(field)), error)
        return None
    return EventRow(
        number=name.number, kind=name.kind, name=name.texts, starts_on=starts_at.astimezone(zone).date(),
        starts_at=starts_at, ends_at=ends_at, place=in_its_language(line_of(facts.get("hostname"))),
        address=line_of(facts.get("location")) or None, summary=in_its_language(line_of(facts.get("summary"))),
        description=in_its_language(prose(_text(facts, "description"))),
        registration_url=address_in(facts.get("webpage_url"), place, "webpage_url") or None,
    )


def _project(facts: Mapping[str, Any], place: Place) -> Iterator[Sourced[AnyRow]]:
    title, event = line_of(facts.get("name")), line_of(facts.get("event_name"))
    if not title:
        place.refuse("name", "", "this field must be filled in")
        return
    own = _text(facts, "url")
    key = lasting_key(own if "://" in own else f"{event}: {title}")
    summary = line_of(facts.get("summary"))
    written = prose(_text(facts, "longtext") or _text(facts, "autotext"))
    said = described(summary) | ({"description": in_its_language(written)} if written else {})
    yield Sourced(place, key, ProjectRow(
        name=in_its_language(title), stage=_stage(facts.get("progress"), place), tags=_tags(facts), links=distinct(
            *link_in(facts.get("source_url"), place, "source_url", LinkKind.REPOSITORY),
            *link_in(facts.get("webpage_url"), place, "webpage_url"),
            *link_in(facts.get("contact_url"), place, "contact_url"),
            *link_in(facts.get("download_url"), place, "download_url", LinkKind.OTHER),
        ), **said,
    ))
    yield Sourced(place, key, ProposalRow(
        event=_event_key(event) if event else None, project=key, title=in_its_language(title),
        summary=in_its_language(prose(summary)), credits=_team(facts, place),
    ))


def _stage(progress: Any, place: Place) -> str | None:
    """The stage of our ladder on which a project of so much progress stands."""
    written = line_of(progress)
    if not written.lstrip("-").isdecimal():
        if written:
            place.remark("progress", written, "not a number: left out")
        return None
    reached = sum(int(written[:9]) >= step for step in _STEPS)
    stage = ladder().stage_called(DRIBDAT, STATUSES[DRIBDAT][max(reached, 1) - 1])
    return stage.key if stage else None


def _team(facts: Mapping[str, Any], place: Place) -> tuple[CreditRow, ...]:
    written = facts.get("team")
    names = ", ".join(map(line_of, written)) if isinstance(written, list) else line_of(written)
    try:
        return tuple(CreditRow(name=name) for name in split_names(names or line_of(facts.get("maintainer"))))
    except ValueError as error:
        place.remark("team", names, error)
        return ()


def _tags(facts: Mapping[str, Any]) -> tuple[str, ...]:
    words = (line_of(facts.get("category_name")), line_of(facts.get("hashtag")).lstrip("#"))
    return tuple(dict.fromkeys(filter(None, words)))


def _text(facts: Mapping[str, Any], field: str) -> str:
    value = facts.get(field)
    return value if isinstance(value, str) else ""


def _event_key(name: str) -> str:
    return lasting_key(f"event {name}")
