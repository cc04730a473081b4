"""Format ``jothon-events``: the community site's folder of YAML, one file an event."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from registry.activity.rules import Subject
from registry.events.rules import EventState
from registry.exchange.fields.dates import read_day
from registry.exchange.fields.events import read_event_name
from registry.exchange.fields.text import prose
from registry.exchange.problems import Place, Problems, UnreadableSource
from registry.exchange.rows import EventRow, Sourced, Video
from registry.exchange.sources import is_text, read_yaml
from registry.languages import in_its_language
from registry.links import clean_url

_VIDEOS: dict[str, Video] = {"video_pitch": "pitch", "video_talk": "talk", "video_demo": "demo"}
_KNOWN = {"name", "id", "date", "subtitle", "description", "usebookmode", *_VIDEOS}


def read_jothon_events(folder: Path, problems: Problems) -> Iterator[Sourced[EventRow]]:
    """Read every ``*.yaml`` of the folder, by number.

    ``usebookmode`` is the old site's layout and knowingly left out. The number of a hackathon is what its name says;
    ``id`` is the page's number, which other gatherings have too.

    Raises:
        UnreadableSource: no folder, or no YAML file in it.
    """
    files = sorted(folder.glob("*.yaml"), key=lambda path: (len(path.stem), path.stem))
    if not files:
        message = f"{folder}: a folder with one YAML file an event was expected"
        raise UnreadableSource(message)
    for path in files:
        problems.rows_read += 1
        place = problems.at(path.name, path.stem, Subject.EVENT)
        try:
            fields = read_yaml(path)
        except UnreadableSource as error:
            place.refuse("", "", error)
            continue
        if row := _event(fields, place):
            yield Sourced(place, str(fields["id"]), row)


def _event(fields: Any, place: Place) -> EventRow | None:
    if not isinstance(fields, dict) or type(fields.get("id")) is not int:
        place.refuse("id", fields, "a mapping of fields with a whole number as its id was expected")
        return None
    texts = {str(name): str(value or "") for name, value in fields.items()}
    if broken := [name for name, text in texts.items() if not is_text(name + text)]:
        place.refuse(ascii(broken[0]), ascii(texts[broken[0]]), "not UTF-8 text")
        return None
    name = read_event_name(texts.get("name", ""))
    if not name.texts:
        place.refuse("name", "", "this field must be filled in")
        return None
    written = fields.get("date")
    try:
        starts_on = written if type(written) is date else read_day(texts.get("date", ""))
    except ValueError as error:
        place.refuse("date", written, error)
        return None
    for unknown in sorted(texts.keys() - _KNOWN):
        place.remark(unknown, texts[unknown], "not a field of this format: left out")
    if name.number not in {None, fields["id"]}:
        place.remark("id", fields["id"], f"the name says number {name.number}: that is kept")
    return EventRow(
        number=name.number, kind=name.kind, name=name.texts, starts_on=starts_on,
        state=EventState.CANCELLED if name.is_cancelled else EventState.PUBLISHED,
        summary=in_its_language(prose(texts.get("subtitle", ""))),
        description=in_its_language(prose(texts.get("description", ""))),
        video_urls=_videos(texts, place),
    )


def _videos(texts: dict[str, str], place: Place) -> dict[Video, str]:
    videos: dict[Video, str] = {}
    for field, video in _VIDEOS.items():
        if texts.get(field):
            try:
                videos[video] = clean_url(texts[field])
            except ValueError as error:
                place.remark(field, texts[field], error)
    return videos
