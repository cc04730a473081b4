"""An event and what was pitched at it, as Markdown."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from registry.events.records import EventRecord
from registry.events.words import kind_name, state_name
from registry.proposals.records import ProposalRecord
from registry.publishing.rules import (
    SOURCE,
    Collection,
    PublishedFile,
    as_line,
    as_link,
    as_prose,
    path_of,
    with_front_matter,
)
from registry.web.i18n import gettext as _
from registry.web.i18n import languages, plain, speaking


def event_files(
    event: EventRecord, programme: Sequence[ProposalRecord], *, base_url: str
) -> tuple[PublishedFile, ...]:
    """The files of an event, one for each language; paths of ours in its words become addresses."""
    written = []
    for language in languages():
        with speaking(language):
            written.append(PublishedFile(
                path_of(Collection.EVENTS, event.id, language),
                with_front_matter(_facts(event, programme, language), _body(event, programme, base_url)),
            ))
    return tuple(written)


def _facts(event: EventRecord, programme: Sequence[ProposalRecord], language: str) -> dict[str, object]:
    zone = ZoneInfo(event.timezone)
    return {
        "title": plain(event.name), "subtitle": plain(event.subtitle), "language": language, SOURCE: event.html_url,
        "type": "event", "number": event.number, "kind": event.kind.value, "state": event.state.value,
        "made_up": event.is_example or None, "date": event.starts_on,
        "starts_at": None if event.is_all_day else event.starts_at.astimezone(zone).isoformat(),
        "ends_at": None if event.is_all_day else event.ends_at.astimezone(zone).isoformat(),
        "timezone": event.timezone, "place": plain(event.place), "address": event.address,
        "attendance": event.attendance.value if event.attendance else None,
        "videos": {
            name: url for name, url in (
                ("pitches", event.pitch_video_url), ("talks", event.talk_video_url), ("demos", event.demo_video_url),
            ) if url
        },
        "pitches": len(programme), "names": event.name,
    }


def _body(event: EventRecord, programme: Sequence[ProposalRecord], base_url: str) -> Iterator[str]:
    yield f"# {as_line(plain(event.name))}"
    yield as_line(plain(event.subtitle))
    if event.is_example:
        yield f"> {_('This event is made up, to show what an event looks like here.')}"
    if event.state.value == "cancelled":
        yield f"> {state_name('cancelled')}"
    yield " · ".join(
        part for part in (event.starts_on.isoformat(), as_line(plain(event.place)), kind_name(event.kind)) if part
    )
    yield as_prose(plain(event.description), base_url=base_url)
    if programme:
        yield f"## {_('Pitches')}"
        yield "\n".join(_pitch(number, pitch) for number, pitch in enumerate(programme, start=1))
    yield f"{_('Source')}: <{event.html_url}>"


def _pitch(number: int, pitch: ProposalRecord) -> str:
    names = _("No names: its people asked not to be named.") if pitch.is_anonymous else _(", ").join(
        [as_link(person.name, person.html_url) for person in pitch.people]
        or [as_line(pitch.initiators or "")]
    )
    lines = [
        as_line(plain(pitch.summary)),
        names,
        f"{_('Project')}: {as_link(plain(pitch.project.name), pitch.project.html_url)}",
        f"{_('What came of it')}: {as_line(plain(pitch.result))}" if pitch.result else "",
    ]
    return "\n".join([
        f"{number}. **{as_link(plain(pitch.title), pitch.html_url)}**", *(f"   - {line}" for line in lines if line),
    ])
