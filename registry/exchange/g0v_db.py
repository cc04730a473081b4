"""Format ``g0v-db``: the organisers' spreadsheet of proposals, one line a proposal at a hackathon."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from registry.activity.rules import Subject
from registry.exchange.community import OF_THE_PROJECT, chat_links, link_to
from registry.exchange.fields.dates import read_day
from registry.exchange.fields.events import read_event_name
from registry.exchange.fields.keywords import split_keywords
from registry.exchange.fields.licences import read_licences, spdx_of
from registry.exchange.fields.names import split_names
from registry.exchange.fields.text import clean_line, mask_contacts, prose, public_line
from registry.exchange.problems import Problems
from registry.exchange.rows import AnyRow, CreditRow, EventRow, LinkRow, ProjectRow, ProposalRow, Sourced
from registry.exchange.sources import CsvRow, read_csv
from registry.exchange.vocabulary import wanted
from registry.languages import in_its_language
from registry.links import read_links
from registry.projects.rules import LinkKind

_NEEDED = ("date", "project id", "event name", "project")
_LINKS = ("guideline", "other document", "other document 2", "other document 3", "video link")
_OWNERS = ("owner name", "owner names", "owner", "owners", "initiator", "initiators")
_YES = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}


def read_g0v_db(path: Path, problems: Problems) -> Iterator[Sourced[AnyRow]]:
    """Read the sheet: each good line gives a project and a proposal, the first of each event also the event.

    The order of lines within an event is the order of pitches. Columns with people's contacts are never read.

    Raises:
        UnreadableSource: the file is no CSV with the columns date, project id, event name and project.
    """
    events: dict[str, EventRow] = {}
    pitched: Counter[str] = Counter()
    for line in read_csv(path, Subject.PROPOSAL, needed=_NEEDED, problems=problems):
        event = _event(line)
        key, title = clean_line(line.first("project id")), public_line(line.first("project"))
        if not (key and title):
            line.place.refuse("project" if key else "project id", "", "this field must be filled in")
        if event is None or not (key and title):
            continue
        event_key = f"event {event.number if event.number is not None else public_line(line.first('event name'))}"
        if event_key not in events:
            events[event_key] = event
            yield Sourced(line.place, event_key, event)
        elif event.starts_on != events[event_key].starts_on:
            reason = f"the event was on {events[event_key].starts_on}: that is kept"
            line.place.remark("date", line.first("date"), reason)
        pitched[event_key] += 1
        project, proposal = _pitch(line, event_key, key, title)
        yield Sourced(line.place, key, project)
        yield Sourced(line.place, key, msgspec.structs.replace(proposal, position=pitched[event_key]))


def _event(line: CsvRow) -> EventRow | None:
    name = read_event_name(line.first("event name"))
    if not name.texts:
        line.place.refuse("event name", "", "this field must be filled in")
        return None
    try:
        day = read_day(line.first("date"))
    except ValueError as error:
        line.place.refuse("date", line.first("date"), error)
        return None
    return EventRow(number=name.number, kind=name.kind, name=name.texts, starts_on=day)


def _pitch(line: CsvRow, event: str, key: str, title: str) -> tuple[ProjectRow, ProposalRow]:
    links, notes = _links(line)
    keywords, remark = _keywords(line)
    code, content = _licences(line)
    summary = in_its_language(prose(line.first("purpose") or " ".join(line.all(""))))
    project = ProjectRow(
        name=in_its_language(title), summary=summary, tags=keywords,
        code_licence=_certain(code), content_licence=_certain(content),
        links=tuple(link for link in links if link.kind in OF_THE_PROJECT),
    )
    return project, ProposalRow(
        event=event, project=key, title=in_its_language(title), summary=summary,
        needs_text=prose(line.first("manpower")) or None, needs=wanted(line.first("manpower")),
        notes=mask_contacts("\n".join(filter(None, (*notes, remark)))) or None,
        code_licence=" / ".join(code)[:200] or None, content_licence=" / ".join(content)[:200] or None,
        is_for_education=_YES.get(clean_line(line.first("education project")).casefold(), False),
        continued=_YES.get(clean_line(line.first("continue maintain")).casefold()),
        links=tuple(link for link in links if link.kind not in OF_THE_PROJECT),
        credits=tuple(CreditRow(name=name) for name in _names(line)),
    )


def _licences(line: CsvRow) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Sort both licence cells; what names no side belongs to the column, or beside code to the content."""
    first, second = (read_licences(mask_contacts(line.first(f"license {side}"))) for side in ("code", "data"))
    code = first.code or first.unsorted
    content = (*first.content, *(first.unsorted if first.code else ()), *second.code, *second.content, *second.unsorted)
    return code, tuple(dict.fromkeys(content))


def _certain(licences: tuple[str, ...]) -> str | None:
    """The licence a project can be filtered by: one SPDX identifier; anything else stays with the pitch alone."""
    return spdx_of(licences[0]) if len(licences) == 1 else None


def _links(line: CsvRow) -> tuple[tuple[LinkRow, ...], list[str]]:
    """Collect the addresses of all link columns once each; what is prose is told and kept as a note."""
    links: dict[str, LinkRow] = {}
    notes: list[str] = []
    for column in _LINKS:
        for cell in line.all(column):
            found = read_links(cell)
            for url in found.urls:
                links.setdefault(url, LinkRow(url=url, kind=LinkKind.VIDEO) if "video" in column else link_to(url))
            if found.note:
                notes.append(clean_line(found.note))
                line.place.remark(column, cell, "not a link: kept as a note")
    channels, rest = chat_links(line.first("slack channel"))
    if rest and rest.casefold() != "n/a":
        line.place.remark("slack channel", rest, "not a channel: left out")
    return (*links.values(), *channels), notes


def _keywords(line: CsvRow) -> tuple[tuple[str, ...], str]:
    found = [split_keywords(cell) for cell in line.all("three brief", "classification", "tags")]
    keywords = dict.fromkeys(keyword for keywords, _ in found for keyword in keywords)
    return tuple(keywords), " ".join(filter(None, (remark for _, remark in found)))


def _names(line: CsvRow) -> tuple[str, ...]:
    try:
        return tuple(dict.fromkeys(name for cell in line.all(*_OWNERS) for name in split_names(cell)))
    except ValueError as error:
        line.place.remark("owner names", line.first(*_OWNERS), error)
        return ()
