"""Format ``table``: anybody's CSV, one line an event, a project or a pitch, its columns matched to our fields."""

import csv
import io
import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from registry.exchange.community import chat_links
from registry.exchange.fields.dates import read_day, read_moment
from registry.exchange.fields.events import EventName, read_event_name
from registry.exchange.fields.keywords import split_keywords, split_list
from registry.exchange.fields.names import split_names
from registry.exchange.fields.text import prose, public_line
from registry.exchange.matching import (
    FIELDS,
    NEEDED,
    SUBJECTS,
    TableKind,
    guess_columns,
    guess_kind,
    tells_something,
)
from registry.exchange.own_formats import unguarded
from registry.exchange.parts import LONGEST_SUMMARY, address_in, distinct, lasting_key, licence_in, link_in
from registry.exchange.problems import Place, Problems, UnreadableSource
from registry.exchange.rows import (
    AnyRow,
    CreditRow,
    EventRow,
    LinkRow,
    NeedRow,
    ProjectRow,
    ProposalRow,
    Sourced,
    Video,
)
from registry.exchange.sources import is_text, read_text
from registry.exchange.vocabulary import wanted
from registry.handbook import ladder
from registry.handbook.statuses import CIVIC, DRIBDAT, G0V, PUBLICCODE
from registry.languages import in_its_language
from registry.links import read_links
from registry.projects.rules import LinkKind, normalise_name, slug_of

MOST_COLUMNS = 60
_LOOKED_AT = 50
_LONGEST_SAMPLE = 80
_LINK_KINDS = (LinkKind.REPOSITORY, LinkKind.SITE, LinkKind.NOTE, LinkKind.SLIDES, LinkKind.VIDEO)
_VIDEOS: tuple[Video, ...] = ("pitch", "talk", "demo")


class TableLine:
    """The cells of one line, by the field that each was matched to."""

    def __init__(self, cells: Sequence[tuple[str, str]], place: Place, zone: ZoneInfo) -> None:
        self.place = place
        self.zone = zone
        self._cells = cells

    def every(self, key: str) -> list[str]:
        """What stands in the columns of a field."""
        return [cell for field, cell in self._cells if field == key]

    def one(self, key: str) -> str:
        """What stands in the first column of a field; empty when nothing does."""
        return next(iter(self.every(key)), "")

    def texts(self, key: str, clean: Callable[[str], str] = public_line) -> dict[str, str]:
        """A text by language: of the columns that say which, and of the others by their script."""
        said: dict[str, str] = {}
        for field, cell in self._cells:
            name, _dot, tag = field.partition(".")
            if name == key and (text := clean(cell)):
                said |= {tag: text} if tag else {
                    language: words for language, words in in_its_language(text).items() if language not in said
                }
        return said

    def read(self, key: str, read: Callable[[str], Any]) -> Any:
        """What a field holds, read; nothing, and a remark, when it cannot be read."""
        written = self.one(key)
        try:
            return read(written) if written else None
        except ValueError as error:
            self.place.remark(key, written, error)
            return None


def headings_of(path: Path) -> list[str]:
    """The headings of a table.

    Raises:
        UnreadableSource: no CSV with a line of headings, or too many columns.
    """
    return _header(path, _lines(path))


def sampled_cells(path: Path, *, most: int) -> list[tuple[str, tuple[str, ...]]]:
    """Each heading of a table with what stands in the first filled cells below it.

    Raises:
        UnreadableSource: as ``headings_of``.
    """
    lines = _lines(path)
    header = _header(path, lines)
    try:
        first = [cells for cells in itertools.islice(lines, _LOOKED_AT) if len(cells) == len(header)]
    except csv.Error:
        first = []
    filled = ([cells[place] for cells in first if cells[place].strip()] for place in range(len(header)))
    return [
        (heading, tuple([public_line(cell)[:_LONGEST_SAMPLE] for cell in dict.fromkeys(cells)][:most]))
        for heading, cells in zip(header, filled, strict=True)
    ]


def read_table(
    path: Path, zone: ZoneInfo, problems: Problems, *, kind: TableKind | None = None, columns: Sequence[str] = (),
) -> Iterator[Sourced[AnyRow]]:
    """Read a table; ``columns`` are the fields of its columns from left to right, guessed when they are not given.

    Raises:
        UnreadableSource: no CSV, or no column is the field that a line cannot be without.
    """
    lines = _lines(path)
    header = _header(path, lines)
    kind = kind or guess_kind(header)
    matched = list(columns) or guess_columns(kind, header)
    if not tells_something(kind, matched):
        known = ", ".join(next(field.headings for field in FIELDS[kind] if field.key == NEEDED[kind][0])[:4])
        message = f"{path.name}: no column was matched with “{NEEDED[kind][0]}” (a heading like {known})"
        raise UnreadableSource(message)
    read = {TableKind.EVENTS: _event, TableKind.PROJECTS: _project, TableKind.PITCHES: _pitch}[kind]
    try:
        for cells in lines:
            if any(cell.strip() for cell in cells):
                problems.rows_read += 1
                place = problems.at(path.name, f"line {lines.line_num}", SUBJECTS[kind])
                if _is_whole(cells, header, place):
                    by_field = zip(matched, cells, strict=False)
                    filled = [(key, unguarded(cell)) for key, cell in by_field if key and cell.strip()]
                    yield from read(TableLine(filled, place, zone))
    except csv.Error as error:
        message = f"{path.name}: not readable as CSV: {error}"
        raise UnreadableSource(message) from error


def _lines(path: Path) -> Any:
    text = read_text(path)
    first = text.partition("\n")[0]
    mark = max(",\t;", key=lambda mark: (first.count(mark), mark == ","))
    return csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=mark)


def _header(path: Path, lines: Any) -> list[str]:
    try:
        header = [name.strip() for name in next(lines, [])]
    except csv.Error as error:
        message = f"{path.name}: not readable as CSV: {error}"
        raise UnreadableSource(message) from error
    if not any(header) or not all(map(is_text, header)):
        message = f"{path.name}: a CSV file in UTF-8 whose first line holds the headings was expected"
        raise UnreadableSource(message)
    if len(header) > MOST_COLUMNS:
        message = f"{path.name}: a table has at most {MOST_COLUMNS} columns"
        raise UnreadableSource(message)
    return header


def _is_whole(cells: Sequence[str], header: Sequence[str], place: Place) -> bool:
    broken = [number for number, cell in enumerate(cells) if not is_text(cell)]
    if len(cells) != len(header):
        place.refuse("", ",".join(cells), f"the line has {len(cells)} cells, the header {len(header)}")
    elif broken:
        place.refuse(header[broken[0]], ascii(cells[broken[0]]), "not UTF-8 text")
    return len(cells) == len(header) and not broken


def _event(line: TableLine) -> Iterator[Sourced[AnyRow]]:
    names = line.texts("name")
    if not names:
        line.place.refuse("name", "", "this field must be filled in")
        return
    said = read_event_name(" | ".join(names.values()))
    starts_at, ends_at = (
        line.read(key, lambda cell: read_moment(cell.replace("/", "-"), line.zone) if ":" in cell else None)
        for key in ("starts_at", "ends_at")
    )
    try:
        day = read_day(line.one("starts_on")[:10].strip() or line.one("starts_at")[:10].strip())
    except ValueError as error:
        line.place.refuse("starts_on", line.one("starts_on"), error)
        return
    yield Sourced(line.place, _event_key(said), EventRow(
        number=line.read("number", int) if line.one("number") else said.number, kind=said.kind,
        name=said.texts or names,
        starts_on=starts_at.astimezone(line.zone).date() if starts_at else day, starts_at=starts_at, ends_at=ends_at,
        place=line.texts("place"), address=public_line(line.one("address")) or None, summary=line.texts("summary"),
        description=line.texts("description", prose),
        registration_url=address_in(line.one("registration_url"), line.place, "registration_url") or None,
        video_urls={
            video: url for video in _VIDEOS
            if (url := address_in(line.one(f"video_{video}"), line.place, f"video_{video}"))
        },
    ))


def _project(line: TableLine) -> Iterator[Sourced[AnyRow]]:
    names = line.texts("name")
    if not names:
        line.place.refuse("name", "", "this field must be filled in")
        return
    yield Sourced(line.place, _project_key(line, names), ProjectRow(
        name=names, aliases=tuple(public_line(one) for cell in line.every("aliases") for one in split_list(cell)),
        stage=_stage(line), links=_links(line), needs=tuple(NeedRow(key=key) for key in _needs(line)),
        **_shared(line),
    ))


def _pitch(line: TableLine) -> Iterator[Sourced[AnyRow]]:
    """The project, its pitch, and the event where the line names its day."""
    names = line.texts("project") or line.texts("title")
    if not names:
        line.place.refuse("project", "", "this field must be filled in")
        return
    day = line.read("starts_on", read_day)
    written = public_line(line.one("event"))
    event, reference = read_event_name(written), None
    if written and (day or event.number is not None):
        reference = _event_key(event)
        yield Sourced(line.place, reference, EventRow(
            number=event.number, kind=event.kind, name=event.texts or in_its_language(written), starts_on=day
        ))
    elif written:
        reference = slug_of(written) or written[:200]
    key, shared = _project_key(line, names), _shared(line)
    yield Sourced(line.place, key, ProjectRow(name=names, links=_links(line), **shared))
    yield Sourced(line.place, lasting_key(f"{reference or ''} {key}"), ProposalRow(
        event=reference, project=key, title=line.texts("title") or names, position=line.read("position", int),
        summary=line.texts("summary", prose), why=line.texts("why", prose), who=line.texts("who", prose),
        how=line.texts("how", prose), needs_text=prose(line.one("needs_text")) or None, needs=tuple(_needs(line)),
        notes=prose(line.one("notes")) or None, code_licence=shared["code_licence"],
        content_licence=shared["content_licence"], pitched_on=None if reference else day, credits=_credits(line),
    ))


def _shared(line: TableLine) -> dict[str, Any]:
    """What every line about a project may say of it."""
    summary, long = {}, line.texts("description", prose)
    for tag, text in line.texts("summary", prose).items():
        if len(text) <= LONGEST_SUMMARY:
            summary[tag] = " ".join(text.split())
        else:
            long.setdefault(tag, text)
    return {
        "summary": summary, "description": long, "tags": _tags(line),
        "code_licence": licence_in(line.one("code_licence"), line.place, "code_licence"),
        "content_licence": licence_in(line.one("content_licence"), line.place, "content_licence"),
    }


def _tags(line: TableLine) -> tuple[str, ...]:
    tags: dict[str, None] = {}
    for cell in line.every("tags"):
        words, rest = split_keywords(cell)
        tags |= dict.fromkeys(words)
        if rest:
            line.place.remark("tags", rest, "no keyword: left out")
    return tuple(tags)


def _stage(line: TableLine) -> str | None:
    """The stage that a word means: its key, its name, or a status of another format."""
    written = public_line(line.one("stage"))
    word = written.casefold()
    for stage in ladder().stage:
        if word in {stage.key, *(name.casefold() for name in stage.name.values())}:
            return stage.key
    for vocabulary in (G0V, CIVIC, PUBLICCODE, DRIBDAT):
        for spelling in (word, word.capitalize()):
            if found := ladder().stage_called(vocabulary, spelling):
                return found.key
    if written:
        line.place.remark("stage", written, "no stage of the handbook: left out")
    return None


def _needs(line: TableLine) -> dict[str, None]:
    return dict.fromkeys(key for cell in line.every("needs_text") for key in wanted(cell))


def _links(line: TableLine) -> tuple[LinkRow, ...]:
    links: list[LinkRow] = []
    for kind in _LINK_KINDS:
        links += link_in(line.one(kind.value), line.place, kind.value, kind)
    if chat := line.one("chat"):
        channels, rest = chat_links(chat) if "://" not in chat else ((), "")
        links += channels if "://" not in chat else link_in(chat, line.place, "chat", LinkKind.CHAT)
        if rest:
            line.place.remark("chat", rest, "not a channel: left out")
    for cell in line.every("links"):
        found = read_links(cell)
        for url in found.urls:
            links += link_in(url, line.place, "links")
        if found.note:
            line.place.remark("links", found.note, "not a link: left out")
    return distinct(*links)


def _credits(line: TableLine) -> tuple[CreditRow, ...]:
    names: dict[str, None] = {}
    for cell in line.every("credits"):
        try:
            names |= dict.fromkeys(split_names(cell))
        except ValueError as error:
            line.place.remark("credits", cell, error)
    return tuple(CreditRow(name=name) for name in names)


def _event_key(event: EventName) -> str:
    return lasting_key(f"event {event.number if event.number is not None else ' '.join(event.texts.values())}")


def _project_key(line: TableLine, names: dict[str, str]) -> str:
    return lasting_key(normalise_name(next(iter(names.values()))) or line.place.row)
