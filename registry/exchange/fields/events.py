"""Names of events: what they say about number, kind, place and languages."""

import re
from typing import NamedTuple

from registry.events.rules import EventKind
from registry.exchange.fields.ordinals import hackathon_number
from registry.exchange.fields.text import clean_line, public_line
from registry.languages import in_its_language
from registry.projects.rules import normalise_name

_CANCELLED = re.compile(r"^[\[［【(（]?(?:取消|已取消|cancel+ed)[\]］】)）]\s*", re.IGNORECASE)
_SITE = re.compile(r"\s*[-－–—]\s*(\w{1,6}場)$")
_DATES_AROUND = re.compile(r"^(?:\d{8}|\d{1,2}/\d{1,2})\s+|\s*[-－–—]?\s*\d{1,2}/\d{1,2}\s*$")
_INFRASTRUCTURE = re.compile(r"基礎建設|infrath\d", re.IGNORECASE)
_MEETING = re.compile(r"講座|說明會|工作坊|分享會|增能營|發表會|workshop", re.IGNORECASE)
_HACKATHON = re.compile(r"松(?!前)|hackath", re.IGNORECASE)


class EventName(NamedTuple):
    """What the name of an event says."""

    texts: dict[str, str]
    number: int | None
    kind: EventKind
    is_cancelled: bool
    site: str


def read_event_name(name: str) -> EventName:
    """Read a name such as "g0v hackath1n | 台灣零時政府第壹次…黑客松 - 台中場".

    The parts between bars are filed by language; one of several places of the same hackathon ("台中場") and a
    cancellation are taken off the name.
    """
    name = public_line(name)
    uncancelled = _CANCELLED.sub("", name)
    site = _SITE.search(uncancelled)
    plain = uncancelled[: site.start()] if site else uncancelled
    texts: dict[str, str] = {}
    for part in re.split(r"\s*[|｜]\s*", plain):
        for language, text in in_its_language(part).items():
            texts[language] = f"{texts[language]} | {text}" if language in texts else text
    number = hackathon_number(plain)
    return EventName(texts, number, _kind_of(plain, number), uncancelled != name, site[1] if site else "")


def comparable_event_name(name: str) -> str:
    """The form in which names of unnumbered events of the same day are compared: without dates around it."""
    return normalise_name(_DATES_AROUND.sub("", clean_line(name)))


def _kind_of(name: str, number: int | None) -> EventKind:
    if number is not None:
        return EventKind.LARGE
    if _INFRASTRUCTURE.search(name):
        return EventKind.INFRASTRUCTURE
    return EventKind.SMALL if _HACKATHON.search(name) and not _MEETING.search(name) else EventKind.OTHER
