"""The body of a message to a receiver: what everyone may see of a fact at the moment it is sent."""

from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from registry.addresses import API, percent_encoded
from registry.announcements.records import Shown, shown_records
from registry.announcements.rules import FactKind
from registry.announcements.words import told_of
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.receivers.queries import Parcel
from registry.receivers.rules import TEST
from registry.web.i18n import gettext as _
from registry.web.i18n import languages, marked, speaking

VERSION = 1
_READABLE = frozenset({"events", "projects", "proposals", "cases"})


class ReceiverMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What a receiver is sent, as JSON. Every field is always there; new ones may come."""

    version: Annotated[int, Meta(description=marked("Of this form; another number where a field changes its meaning."))]
    id: Annotated[str, Meta(description=marked("Of the message, the same when it is sent again: do nothing twice."))]
    kind: Annotated[str, Meta(description=marked("What happened; one of the kinds above, or test."))]
    noted_at: Annotated[datetime, Meta(description=marked("When the registry noticed it."))]
    text: Annotated[Localized, Meta(description=marked("It in one sentence, by language tag."))]
    name: Annotated[Localized, Meta(description=marked("What the record is called, by language tag."))]
    line: Annotated[Localized, Meta(description=marked("What it says of itself, in short; or empty."))]
    event: Annotated[Localized | None, Meta(description=marked("The event at which it was pitched, by language tag."))]
    day: Annotated[date | None, Meta(description=marked("The day on which an event begins."))]
    moment: Annotated[datetime | None, Meta(description=marked("When a call for pitches closes."))]
    detail: Annotated[str, Meta(description=marked("The key of the need or stage, or the tag of the release."))]
    is_over: Annotated[bool, Meta(description=marked("No longer so: a need is filled, an event called off."))]
    turns: Annotated[list[Localized], Meta(description=marked("The titles of a running order, by language tag."))]
    html_url: Annotated[str, Meta(description=marked("The page to read."))]
    url: Annotated[str | None, Meta(description=marked("The record in the API, where it is there."))]


async def message_body(reader: Reader, one: Parcel, *, base_url: str, now: datetime) -> bytes | None:
    """What a message says now; none when nobody may see it any more (one statement, for a test none)."""
    if one.kind == TEST:
        return msgspec.json.encode(_test_message(one, base_url))
    kind = FactKind(one.kind)
    about = (one.subject_id or 0, one.detail)
    shown = (await shown_records(reader, kind, [about], now=now)).get(about)
    return msgspec.json.encode(_message(one, kind, shown, base_url)) if shown else None


def _message(one: Parcel, kind: FactKind, shown: Shown, base_url: str) -> ReceiverMessage:
    told = told_of(kind, [shown], base_url=base_url)
    return ReceiverMessage(
        version=VERSION, id=one.name, kind=one.kind, noted_at=one.noted_at, text=told.heading, name=shown.name,
        line=shown.line, event=shown.event, day=shown.day, moment=shown.moment, detail=shown.detail,
        is_over=shown.is_over, turns=[turn.title for turn in shown.turns], html_url=told.url,
        url=_in_api(shown.path, base_url),
    )


def _in_api(path: str, base_url: str) -> str | None:
    collection, _slash, rest = path.removeprefix("/").partition("/")
    slug = rest.partition("/")[0]
    return percent_encoded(f"{base_url}{API}/{collection}/{slug}") if collection in _READABLE else None


def _test_message(one: Parcel, base_url: str) -> ReceiverMessage:
    text = {}
    for language in languages():
        with speaking(language):
            text[language] = _("This is a test: nothing has happened.")
    return ReceiverMessage(
        version=VERSION, id=one.name, kind=TEST, noted_at=one.noted_at, text=text, name={}, line={}, event=None,
        day=None, moment=None, detail="", is_over=False, turns=[], html_url=base_url, url=None,
    )
