"""A client for the API of a Keng registry: this one file, Python 3.11 or newer, and nothing to install.

    from keng_client import Keng, NewPitch

    keng = Keng("https://registry.example.org", token="keng_…")
    for project in keng.list_projects(need="designer"):
        print(project.name, project.html_url)
    keng.pitch(NewPitch(title={"en": "Budget map"}, summary={"en": "See where taxes go."}))

Made from the registry's own description of its API; records that gain a field later are still read.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, TypeVar
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

Shape = TypeVar("Shape")
_SECONDS = 30


class KengError(Exception):
    """What the registry refused, as its problem document says it.

    ``errors`` is what is wrong with each field; ``revision`` the record's newest where somebody else has changed it;
    ``retry_after`` the seconds to wait when it was too much at once.
    """

    def __init__(self, status: int, problem: dict[str, Any], retry_after: int | None = None) -> None:
        super().__init__(problem.get("detail") or problem.get("title") or f"HTTP status {status}")
        self.status = status
        self.errors: dict[str, str] = {one["name"]: one["detail"] for one in problem.get("errors", ())}
        self.revision: int | None = problem.get("revision")
        self.retry_after = retry_after


class KengSite:
    """One registry. Reading needs no ``token``; ``language`` is that of its refusals.

    Whatever writes takes ``once``, any text: the same request with it counts once, however often it is sent.
    """

    def __init__(self, address: str, *, token: str = "", language: str = "en") -> None:
        self.address = address.rstrip("/")
        self._headers = {"Accept": "application/json", "Accept-Language": language, "User-Agent": "keng_client"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"

    def _one(self, form: type[Shape], path: str) -> Shape:
        found: Shape = _read(form, self._ask("GET", self.address + path))
        return found

    def _all(self, form: type[Shape], path: str, /, **wanted: str | None) -> Iterator[Shape]:
        chosen = {name: value for name, value in wanted.items() if value is not None}
        address: str | None = f"{self.address}{path}?{urlencode({**chosen, 'limit': 100})}"
        while address:
            page = self._ask("GET", address)
            for one in page["items"]:
                yield _read(form, one)
            address = page["next"]

    def _send(self, form: type[Shape], method: str, path: str, said: Any, once: str) -> Shape:
        answered: Shape = _read(form, self._ask(method, self.address + path, said, once))
        return answered

    def _ask(self, method: str, address: str, said: Any = None, once: str = "") -> Any:
        headers, body = dict(self._headers), None
        if said is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(_written(said)).encode()
        if once:
            headers["Idempotency-Key"] = once
        if not address.startswith(("https://", "http://")):
            raise ValueError(f"{address} is no address of a web site")
        request = Request(address, data=body, headers=headers, method=method)  # noqa: S310 — looked at just before
        try:
            with urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 — as above
                return json.load(answer)
        except HTTPError as error:
            wait = error.headers.get("Retry-After") or ""
            raise KengError(error.code, _problem(error), int(wait) if wait.isdecimal() else None) from None


def _problem(error: HTTPError) -> dict[str, Any]:
    try:
        problem = json.load(error)
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


def _part(value: str) -> str:
    """A piece of a path."""
    return quote(value, safe="")


@cache
def _forms_of(form: Any) -> dict[str, Any]:
    return typing.get_type_hints(form)


def _read(form: Any, value: Any) -> Any:
    """What JSON holds, as ``form`` says."""
    if value is None:
        return None
    origin, inner = typing.get_origin(form), typing.get_args(form)
    if origin in {types.UnionType, typing.Union}:
        return _read(next(one for one in inner if one is not types.NoneType), value)
    if origin is list:
        return [_read(inner[0], one) for one in value]
    if isinstance(form, type) and is_dataclass(form):
        known = _forms_of(form)
        return form(**{name: _read(known[name], value[name]) for name in known if name in value})
    if form in {date, datetime}:
        return form.fromisoformat(value)
    return value


def _written(said: Any) -> Any:
    """What is sent of a value; fields that are none are left out, so that they stay as they are."""
    if is_dataclass(said):
        return {
            one.name: _written(getattr(said, one.name)) for one in fields(said) if getattr(said, one.name) is not None
        }
    if isinstance(said, list):
        return [_written(one) for one in said]
    return said.isoformat() if isinstance(said, date) else said


Attendance = Literal["onsite", "online", "hybrid"]
Axis = Literal["team", "goals", "time", "complexity", "reuse", "digital", "openness"]
EventKind = Literal["large", "small", "infrastructure", "other"]
EventMove = Literal["published", "unpublished", "cancelled"]
EventState = Literal["draft", "published", "cancelled"]
IdentityProvider = Literal["github", "slack", "email"]
LinkHealth = Literal["unknown", "alive", "dead"]
LinkKind = Literal["repository", "site", "note", "slides", "video", "document", "chat", "social", "other"]
MembershipRole = Literal["owner", "maintainer", "contributor"]
NeedState = Literal["open", "filled", "closed"]
ProposalKind = Literal["pitch", "talk", "workshop"]
ProposalState = Literal["draft", "submitted", "withdrawn"]
Role = Literal[
    "visitor", "member", "registered", "helper", "initiator", "contributor", "maintainer", "owner", "writer",
    "organiser", "administrator",
]
Scope = Literal["read", "proposals:write", "projects:write", "contributions:write", "events:write"]
Section = Literal["problem", "beginning", "built", "working", "effect", "lessons", "after"]
Standing = Literal["active", "dormant", "retired", "succeeded"]


@dataclass(kw_only=True)
class Account:
    """Account, as the API has it."""

    provider: IdentityProvider
    """Where it is."""
    login: str
    """Its name there."""


@dataclass(kw_only=True)
class AxisRecord:
    """Axis record, as the API has it."""

    axis: Axis
    """The axis."""
    choices: list[str]
    """Its places there, of those on offer."""
    text: dict[str, str]
    """In a sentence, by language tag."""
    spent: dict[str, str]
    """Of the axis `goals`: the time for each goal."""


@dataclass(kw_only=True)
class CaseLinkRecord:
    """Case link record, as the API has it."""

    url: str
    """The address."""
    label: str
    """Words for it."""


@dataclass(kw_only=True)
class CaseRecord:
    """Case record, as the API has it."""

    id: str
    """Public identifier: the last part of both addresses. An old one redirects."""
    url: str
    """The record in this API."""
    html_url: str
    """The record's page."""
    title: dict[str, str]
    """Title by language tag."""
    summary: dict[str, str]
    """One sentence, by language tag."""
    project: Mention
    """The project it is about."""
    version: int
    """The number of this version, from 1 on."""
    published_at: datetime
    """When the first version was published."""
    corrected_at: datetime
    """When this version was published."""
    correction: dict[str, str]
    """What was corrected in this version."""
    licence: str
    """Licence of the text."""
    writers: list[PersonMention]
    """Who wrote it, of those who are shown here."""
    credits: list[str]
    """Others who are to be named for it."""
    sections: list[SectionRecord]
    """Its text, in order."""
    axes: list[AxisRecord]
    """Where it stands."""
    numbers: list[NumberRecord]
    """Its numbers."""
    timeline: list[MomentRecord]
    """What happened when, the first first."""
    pictures: list[PictureRecord]
    """Its pictures."""
    links: list[CaseLinkRecord]
    """Where to read on."""


@dataclass(kw_only=True)
class ChangedEvent:
    """Changed event, as the API has it."""

    name: dict[str, str] | None = None
    """Name by language tag."""
    subtitle: dict[str, str] | None = None
    """Its motto."""
    description: dict[str, str] | None = None
    """Markdown."""
    kind: EventKind | None = None
    """Its size."""
    number: int | None = None
    """Its number."""
    starts_at: str | None = None
    """When it starts, by the clocks at `timezone`."""
    ends_at: str | None = None
    """When it ends, by the clocks at `timezone`."""
    timezone: str | None = None
    """Its time zone."""
    attendance: Attendance | None = None
    """Where people take part."""
    place: dict[str, str] | None = None
    """Where it is."""
    address: str | None = None
    """The way there."""
    online_url: str | None = None
    """Where to join online."""
    note_url: str | None = None
    """Shared notes."""
    registration_url: str | None = None
    """Where to register, when not here."""
    capacity: int | None = None
    """Places."""
    registration_opens_at: str | None = None
    """When registration opens, by the clocks at `timezone`."""
    registration_closes_at: str | None = None
    """When registration closes, by the clocks at `timezone`."""
    proposals_close_at: str | None = None
    """Until when pitches are taken, by the clocks at `timezone`."""
    revision: int
    """How often it was changed: send it back with a change."""


@dataclass(kw_only=True)
class ChangedPitch:
    """Changed pitch, as the API has it."""

    title: dict[str, str] | None = None
    """Title by language tag."""
    summary: dict[str, str] | None = None
    """The one sentence, by language tag."""
    why: dict[str, str] | None = None
    """The problem (Markdown)."""
    who: dict[str, str] | None = None
    """The users (Markdown)."""
    how: dict[str, str] | None = None
    """The approach (Markdown)."""
    difficulties: dict[str, str] | None = None
    """What is hard (Markdown)."""
    kind: ProposalKind | None = None
    """What it is."""
    event: str | None = None
    """Identifier of the event; empty for none yet."""
    needs: list[WantedNeed] | None = field(default_factory=list)
    """Roles that it looks for."""
    links: PitchLinks | None = None
    """Its addresses; those left out stay."""
    topics: list[str] | None = field(default_factory=list)
    """Its topics."""
    needs_text: str | None = None
    """What else is wanted, in words."""
    similar_projects: str | None = None
    """Similar projects that are known."""
    data_sources: str | None = None
    """Data it builds on, and its licences."""
    notes: str | None = None
    """Other notes."""
    interests: str | None = None
    """Disclosure of interests."""
    initiators: str | None = None
    """Names to show beside yours."""
    code_licence: str | None = None
    """Licence of the code."""
    content_licence: str | None = None
    """Licence of the content."""
    is_open_source: bool | None = None
    """Whether the code is open."""
    is_anonymous: bool | None = None
    """Name nobody with it."""
    revision: int
    """How often it was changed: send it back with a change."""


@dataclass(kw_only=True)
class ChangedProject:
    """Changed project, as the API has it."""

    revision: int
    """How often it was changed: send it back with a change."""
    name: dict[str, str] | None = None
    """Name by language tag."""
    summary: dict[str, str] | None = None
    """One sentence, by language tag."""
    description: dict[str, str] | None = None
    """Markdown by language tag."""
    code_licence: str | None = None
    """Licence of the code."""
    content_licence: str | None = None
    """Licence of the content."""
    tags: list[str] | None = field(default_factory=list)
    """All its topics."""
    other_names: list[str] | None = field(default_factory=list)
    """All other names that it goes by."""
    links: list[SaidLink] | None = field(default_factory=list)
    """All its links."""


@dataclass(kw_only=True)
class EventRecord:
    """Event record, as the API has it."""

    id: str
    """Public identifier: the last part of both addresses. An old one redirects."""
    url: str
    """The record in this API."""
    html_url: str
    """The record's page."""
    is_example: bool
    """Made up for a demonstration."""
    number: int | None
    """Its number in the series of large hackathons, which starts at 0."""
    kind: EventKind
    """Its size."""
    state: EventState
    """`published` or `cancelled`. Whether it is over follows from `ends_at`."""
    name: dict[str, str]
    """Name by language tag."""
    subtitle: dict[str, str]
    """Motto by language tag."""
    description: dict[str, str]
    """Markdown by language tag."""
    starts_on: date
    """The calendar day at the place itself."""
    starts_at: datetime
    """When it starts, in UTC."""
    ends_at: datetime
    """When it ends, in UTC."""
    is_all_day: bool
    """The hours are not known: start and end span the local day."""
    timezone: str
    """The place's time zone."""
    place: dict[str, str]
    """Name of the place by language tag."""
    address: str | None
    """Postal address."""
    attendance: Attendance | None
    """How one takes part."""
    registration_url: str | None
    """Where to register."""
    pitch_video_url: str | None
    """Recording on a video site."""
    talk_video_url: str | None
    """Recording on a video site."""
    demo_video_url: str | None
    """Recording on a video site."""
    proposal_count: int
    """How many proposals it has."""
    proposals_url: str
    """Its proposals in this API."""
    updated_at: datetime
    """When the record last changed, in UTC."""
    revision: int
    """How often it was changed: send it back with a change."""


@dataclass(kw_only=True)
class EventStep:
    """Event step, as the API has it."""

    move: EventMove
    """`published`, `unpublished` or `cancelled`."""


@dataclass(kw_only=True)
class FoundRecord:
    """Found record, as the API has it."""

    id: str
    """Public identifier: the last part of both addresses. An old one redirects."""
    url: str
    """The record in this API."""
    html_url: str
    """The record's page."""
    kind: str
    """`event`, `project`, `proposal`, `person` or `case`."""
    title: dict[str, str]
    """Its name or title by language tag; `und` where the language is not known."""
    text: dict[str, str]
    """How its texts begin, likewise."""
    dated_on: date | None
    """The day it belongs to."""


@dataclass(kw_only=True)
class LinkRecord:
    """Link record, as the API has it."""

    kind: LinkKind
    """What it leads to."""
    url: str
    """The address."""
    label: str | None
    """What its people call it."""
    health: LinkHealth
    """What the last check of it found."""


@dataclass(kw_only=True)
class Me:
    """Me, as the API has it."""

    id: str
    """Your identifier."""
    name: str
    """What people call you here."""
    roles: list[Role]
    """What you are to the whole site."""
    scopes: list[Scope]
    """What the token is for."""
    expires_at: datetime | None
    """When the token ends, in UTC."""


@dataclass(kw_only=True)
class Mention:
    """Mention, as the API has it."""

    id: str
    """Public identifier: the last part of both addresses. An old one redirects."""
    url: str
    """The record in this API."""
    html_url: str
    """The record's page."""
    name: dict[str, str]
    """Its name by language tag."""


@dataclass(kw_only=True)
class MomentRecord:
    """Moment record, as the API has it."""

    on: date
    """The day."""
    what: dict[str, str]
    """What it was."""
    url: str
    """Where to read about it: an address, or a path here."""


@dataclass(kw_only=True)
class NeedRecord:
    """Need record, as the API has it."""

    key: str
    """The role: a key of the handbook's needs."""
    line: dict[str, str]
    """In the owner's words, by language tag."""
    state: NeedState
    """`open`, `filled` or `closed` (no longer wanted)."""


@dataclass(kw_only=True)
class NewContribution:
    """New contribution, as the API has it."""

    kind: str
    """A key of the handbook's kinds of contribution."""
    day: date
    """The day on which you did it."""
    project: str = ""
    """Identifier of the project."""
    event: str = ""
    """Identifier of the event."""
    hours: float | None = None
    """How long it took."""
    note: str = ""
    """What you did."""
    evidence_url: str = ""
    """What shows it."""
    is_shown: bool = True
    """Whether your page shows it."""


@dataclass(kw_only=True)
class NewEvent:
    """New event, as the API has it."""

    name: dict[str, str] | None = None
    """Name by language tag."""
    subtitle: dict[str, str] | None = None
    """Its motto."""
    description: dict[str, str] | None = None
    """Markdown."""
    kind: EventKind | None = None
    """Its size."""
    number: int | None = None
    """Its number."""
    starts_at: str | None = None
    """When it starts, by the clocks at `timezone`."""
    ends_at: str | None = None
    """When it ends, by the clocks at `timezone`."""
    timezone: str | None = None
    """Its time zone."""
    attendance: Attendance | None = None
    """Where people take part."""
    place: dict[str, str] | None = None
    """Where it is."""
    address: str | None = None
    """The way there."""
    online_url: str | None = None
    """Where to join online."""
    note_url: str | None = None
    """Shared notes."""
    registration_url: str | None = None
    """Where to register, when not here."""
    capacity: int | None = None
    """Places."""
    registration_opens_at: str | None = None
    """When registration opens, by the clocks at `timezone`."""
    registration_closes_at: str | None = None
    """When registration closes, by the clocks at `timezone`."""
    proposals_close_at: str | None = None
    """Until when pitches are taken, by the clocks at `timezone`."""
    id: str = ""
    """Identifier that you wish for."""
    like: str = ""
    """Identifier of an event whose agenda, rooms, tables, meals and Code are taken over."""


@dataclass(kw_only=True)
class NewPitch:
    """New pitch, as the API has it."""

    title: dict[str, str] | None = None
    """Title by language tag."""
    summary: dict[str, str] | None = None
    """The one sentence, by language tag."""
    why: dict[str, str] | None = None
    """The problem (Markdown)."""
    who: dict[str, str] | None = None
    """The users (Markdown)."""
    how: dict[str, str] | None = None
    """The approach (Markdown)."""
    difficulties: dict[str, str] | None = None
    """What is hard (Markdown)."""
    kind: ProposalKind | None = None
    """What it is."""
    event: str | None = None
    """Identifier of the event; empty for none yet."""
    needs: list[WantedNeed] | None = field(default_factory=list)
    """Roles that it looks for."""
    links: PitchLinks | None = None
    """Its addresses; those left out stay."""
    topics: list[str] | None = field(default_factory=list)
    """Its topics."""
    needs_text: str | None = None
    """What else is wanted, in words."""
    similar_projects: str | None = None
    """Similar projects that are known."""
    data_sources: str | None = None
    """Data it builds on, and its licences."""
    notes: str | None = None
    """Other notes."""
    interests: str | None = None
    """Disclosure of interests."""
    initiators: str | None = None
    """Names to show beside yours."""
    code_licence: str | None = None
    """Licence of the code."""
    content_licence: str | None = None
    """Licence of the content."""
    is_open_source: bool | None = None
    """Whether the code is open."""
    is_anonymous: bool | None = None
    """Name nobody with it."""
    project: str = ""
    """Identifier of the project that is pitched; empty for a new one."""
    is_draft: bool = False
    """Keep it to yourself for now."""


@dataclass(kw_only=True)
class NewRegistration:
    """New registration, as the API has it."""

    photo_consent: bool
    """Whether you may be in pictures."""
    accepts: list[str]
    """Keys of the Code of Conduct's items that you accept; all are needed, and a refusal names those that are
    missing.
    """
    badge_name: str = ""
    """Name on your badge; yours here if left out."""
    keywords: list[str] = field(default_factory=list)
    """Up to three words for your badge."""
    is_newcomer: bool = False
    """Whether you come for the first time."""
    meal: str = ""
    """Key of the meal, where the event has meals."""
    mail_address: str = ""
    """Where to be written to about it."""


@dataclass(kw_only=True)
class NumberRecord:
    """Number record, as the API has it."""

    what: dict[str, str]
    """What it counts, by language tag."""
    value: str
    """As it is written."""
    as_of: date | None
    """The day it is true of."""
    source: str
    """Where it is found."""


@dataclass(kw_only=True)
class OtherName:
    """Other name, as the API has it."""

    name: str
    """As it was written."""


@dataclass(kw_only=True)
class OwnPitchRecord:
    """Own pitch record, as the API has it."""

    id: str
    """Its identifier; a draft gets a lasting one when it is submitted."""
    html_url: str
    """Where to edit it."""
    state: ProposalState
    """`draft`, `submitted` or `withdrawn`."""
    kind: ProposalKind
    """What it is."""
    title: dict[str, str]
    """Title by language tag."""
    summary: dict[str, str]
    """The one sentence, by language tag."""
    event: str | None
    """Identifier of its event."""
    project: str | None
    """Identifier of its project."""
    updated_at: datetime
    """When it last changed, in UTC."""
    revision: int
    """How often it was changed: send it back with a change."""


@dataclass(kw_only=True)
class Part:
    """Part, as the API has it."""

    id: str
    """Public identifier: the last part of both addresses. An old one redirects."""
    url: str
    """The record in this API."""
    html_url: str
    """The record's page."""
    name: dict[str, str]
    """Its name by language tag."""
    role: MembershipRole
    """The person's part in it."""


@dataclass(kw_only=True)
class PersonMention:
    """Person mention, as the API has it."""

    id: str
    """Public identifier: the last part of both addresses. An old one redirects."""
    url: str
    """The record in this API."""
    html_url: str
    """The record's page."""
    name: str
    """The name, as written in the record."""


@dataclass(kw_only=True)
class PersonRecord:
    """Person record, as the API has it."""

    id: str
    """Public identifier: the last part of both addresses. An old one redirects."""
    url: str
    """The record in this API."""
    html_url: str
    """The record's page."""
    is_example: bool
    """Made up for a demonstration."""
    name: str
    """The name that is shown."""
    bio: dict[str, str]
    """About, by language tag."""
    offers: list[str]
    """Roles they offer: keys as of needs."""
    is_claimed: bool
    """False: a name from the public record that nobody has claimed yet."""
    accounts: list[Account]
    """Accounts elsewhere that they show."""
    projects: list[Part]
    """Projects they take part in now."""
    proposal_count: int
    """How many proposals credit them."""
    proposals_url: str
    """Those proposals in this API."""


@dataclass(kw_only=True)
class PictureRecord:
    """Picture record, as the API has it."""

    url: str
    """Its address."""
    section: str
    """The section it belongs to."""
    caption: dict[str, str]
    """What it shows."""
    credit: str
    """Who made it."""
    licence: str
    """Under which licence."""


@dataclass(kw_only=True)
class PitchLinks:
    """Pitch links, as the API has it."""

    repository: str | None = None
    """Source code."""
    slides: str | None = None
    """Slides."""
    note: str | None = None
    """Shared notes."""
    site: str | None = None
    """The project's site."""
    channels: list[str] | None = field(default_factory=list)
    """Where people talk."""


@dataclass(kw_only=True)
class ProjectRecord:
    """Project record, as the API has it."""

    id: str
    """Public identifier: the last part of both addresses. An old one redirects."""
    url: str
    """The record in this API."""
    html_url: str
    """The record's page."""
    is_example: bool
    """Made up for a demonstration."""
    name: dict[str, str]
    """Name by language tag."""
    other_names: list[OtherName]
    """Names under which it was pitched."""
    summary: dict[str, str]
    """One sentence, by language tag."""
    description: dict[str, str]
    """Markdown by language tag."""
    stage: str
    """Where it stands: a key of the handbook's ladder."""
    standing: Standing
    """What its people said of it last."""
    code_licence: str | None
    """Licence of the code: SPDX where certain, else as written."""
    content_licence: str | None
    """Licence of the content, likewise."""
    has_repository: bool
    """Whether one of the links is a repository."""
    pitch_count: int
    """How often it was pitched."""
    first_pitched_on: date | None
    """Day of its first pitch."""
    last_active_on: date | None
    """Latest day that anything is known to have happened."""
    needs: list[NeedRecord]
    """Roles it wants or wanted."""
    tags: list[TagRecord]
    """Its topics."""
    people: list[TeamMember]
    """Who takes part now, as far as they are public."""
    links: list[LinkRecord]
    """Its links."""
    proposals_url: str
    """Its pitches in this API."""
    updated_at: datetime
    """When the record last changed, in UTC."""
    revision: int
    """How often it was changed: send it back with a change."""


@dataclass(kw_only=True)
class ProposalRecord:
    """Proposal record, as the API has it."""

    id: str
    """Public identifier: the last part of both addresses. An old one redirects."""
    url: str
    """The record in this API."""
    html_url: str
    """The record's page."""
    kind: ProposalKind
    """What was put on the programme."""
    position: int | None
    """Place in the event's running order."""
    title: dict[str, str]
    """Title by language tag."""
    summary: dict[str, str]
    """The one sentence, by language tag."""
    why: dict[str, str]
    """The problem, by language tag."""
    who: dict[str, str]
    """The users, by language tag."""
    how: dict[str, str]
    """The approach, by language tag."""
    difficulties: dict[str, str]
    """What is hard now, by language tag."""
    needs_text: str | None
    """Who was wanted, as it was written."""
    similar_projects: str | None
    """Similar projects that were known."""
    data_sources: str | None
    """Data it builds on, and its licences."""
    notes: str | None
    """Other notes."""
    interests: str | None
    """Disclosure of interests."""
    code_licence: str | None
    """Licence of the code: SPDX where certain, else as written."""
    content_licence: str | None
    """Licence of the content, likewise."""
    is_open_source: bool | None
    """What its people said of it."""
    is_for_education: bool
    """An education project."""
    result: dict[str, str]
    """What came of the day, by language tag."""
    continued: bool | None
    """Whether it went on after the event."""
    is_anonymous: bool
    """Its people asked not to be named."""
    initiators: str | None
    """Names to show beside those; null where it is anonymous."""
    people: list[PersonMention]
    """Who is credited; nobody where it is anonymous."""
    links: list[LinkRecord]
    """Its links."""
    updated_at: datetime
    """When the record last changed, in UTC."""
    revision: int
    """How often it was changed: send it back with a change."""
    pitched_on: date
    """The day of its event, or on which it was submitted for none yet."""
    event: Mention | None
    """Where it was pitched; null when that is not decided yet."""
    project: Mention
    """What was pitched."""


@dataclass(kw_only=True)
class SaidEvidence:
    """Said evidence, as the API has it."""

    checkpoint: str
    """Key of the checkpoint."""
    note: str = ""
    """How it is met."""
    url: str = ""
    """What shows it."""


@dataclass(kw_only=True)
class SaidLink:
    """Said link, as the API has it."""

    url: str
    """The address."""
    label: str = ""
    """What its people call it."""
    kind: LinkKind | None = None
    """What it leads to; left out, the address says it."""


@dataclass(kw_only=True)
class SaidNeed:
    """Said need, as the API has it."""

    revision: int
    """How often it was changed: send it back with a change."""
    state: NeedState | None = None
    """`open`, `filled` or `closed` (no longer wanted)."""
    line: dict[str, str] | None = None
    """In your words, by language tag; left out, they stay."""


@dataclass(kw_only=True)
class SaidUpdate:
    """Said update, as the API has it."""

    text: str
    """Markdown."""
    picture_url: str = ""
    """Address of a picture."""
    picture_text: str = ""
    """What the picture shows."""


@dataclass(kw_only=True)
class SectionRecord:
    """Section record, as the API has it."""

    section: Section
    """Which part of the story it tells."""
    text: dict[str, str]
    """Markdown by language tag."""


@dataclass(kw_only=True)
class SeenPitch:
    """Seen pitch, as the API has it."""

    revision: int
    """How often it was changed: send it back with a change."""


@dataclass(kw_only=True)
class StageMove:
    """Stage move, as the API has it."""

    revision: int
    """How often it was changed: send it back with a change."""
    to: str
    """Key of the stage."""
    reason: str
    """Why it stands there now."""
    evidence: list[SaidEvidence] = field(default_factory=list)
    """For its checkpoints."""


@dataclass(kw_only=True)
class TagRecord:
    """Tag record, as the API has it."""

    id: str
    """The value for the filter `tag`."""
    name: dict[str, str]
    """Its name by language tag."""


@dataclass(kw_only=True)
class TeamMember:
    """Team member, as the API has it."""

    id: str
    """Public identifier: the last part of both addresses. An old one redirects."""
    url: str
    """The record in this API."""
    html_url: str
    """The record's page."""
    name: str
    """The name, as written in the record."""
    role: MembershipRole
    """Their part."""


@dataclass(kw_only=True)
class WantedNeed:
    """Wanted need, as the API has it."""

    key: str
    """The role: a key of the handbook's needs."""
    line: str = ""
    """In your words."""


@dataclass(kw_only=True)
class Written:
    """Written, as the API has it."""

    id: str
    """Public identifier of what was written."""
    url: str | None
    """The record in this API; null where the public does not see it."""
    html_url: str
    """Its page."""
    revision: int | None
    """Its newest revision, for the next change; null where it has none."""


class Keng(KengSite):
    """Every operation of the API."""

    def list_events(
        self,
        *,
        kind: str | None = None,
        year: str | None = None,
        state: str | None = None,
        q: str | None = None,
    ) -> Iterator[EventRecord]:
        """List events.

        The gatherings of the record, the newest day first. Filters combine.
        """
        return self._all(EventRecord, "/api/v1/events", kind=kind, year=year, state=state, q=q)

    def draft_event(self, said: NewEvent, *, once: str = "") -> Written:
        """Draft an event.

        Make the draft of an event, for organisers of all events. Nobody else sees it until it is published.
        """
        return self._send(Written, "POST", "/api/v1/events", said, once)

    def get_event(self, slug: str) -> EventRecord:
        """One event.

        A gathering, by its identifier.
        """
        return self._one(EventRecord, f"/api/v1/events/{_part(slug)}")

    def change_event(self, slug: str, said: ChangedEvent, *, once: str = "") -> Written:
        """Change an event.

        Change what is written of an event, for those who organise it.
        """
        return self._send(Written, "PATCH", f"/api/v1/events/{_part(slug)}", said, once)

    def list_projects(
        self,
        *,
        q: str | None = None,
        stage: str | None = None,
        need: str | None = None,
        tag: str | None = None,
        standing: str | None = None,
        year: str | None = None,
        event: str | None = None,
        licence: str | None = None,
        language: str | None = None,
        has_repository: str | None = None,
    ) -> Iterator[ProjectRecord]:
        """List projects.

        What people build over years, the newest in the registry first. Filters combine.
        """
        return self._all(
            ProjectRecord,
            "/api/v1/projects",
            q=q,
            stage=stage,
            need=need,
            tag=tag,
            standing=standing,
            year=year,
            event=event,
            licence=licence,
            language=language,
            has_repository=has_repository,
        )

    def get_project(self, slug: str) -> ProjectRecord:
        """One project.

        A project, by its identifier, with its needs, people and links.
        """
        return self._one(ProjectRecord, f"/api/v1/projects/{_part(slug)}")

    def change_project(self, slug: str, said: ChangedProject, *, once: str = "") -> Written:
        """Change a project.

        Change a project's names, sentence, description, topics, links or licences.
        """
        return self._send(Written, "PATCH", f"/api/v1/projects/{_part(slug)}", said, once)

    def list_proposals(
        self,
        *,
        q: str | None = None,
        event: str | None = None,
        project: str | None = None,
        person: str | None = None,
        year: str | None = None,
        kind: str | None = None,
        need: str | None = None,
    ) -> Iterator[ProposalRecord]:
        """List proposals.

        What was pitched at the events, the newest in the registry first. Filters combine.
        """
        return self._all(
            ProposalRecord,
            "/api/v1/proposals",
            q=q,
            event=event,
            project=project,
            person=person,
            year=year,
            kind=kind,
            need=need,
        )

    def pitch(self, said: NewPitch, *, once: str = "") -> Written:
        """Pitch.

        Pitch a project, a new one or one that is known, at an event or at none yet; or keep a draft of it.
        """
        return self._send(Written, "POST", "/api/v1/proposals", said, once)

    def get_proposal(self, slug: str) -> ProposalRecord:
        """One proposal.

        A pitch, by its identifier, with its event and its project.
        """
        return self._one(ProposalRecord, f"/api/v1/proposals/{_part(slug)}")

    def change_pitch(self, slug: str, said: ChangedPitch, *, once: str = "") -> Written:
        """Change a pitch.

        Change what a pitch says: a draft stays private, a pitch that is out changes for everybody.
        """
        return self._send(Written, "PATCH", f"/api/v1/proposals/{_part(slug)}", said, once)

    def list_people(self, *, q: str | None = None, role: str | None = None) -> Iterator[PersonRecord]:
        """List people.

        Who is credited in the record, the newest in the registry first. Filters combine.  Only what is public: no
        e-mail address, no chat account, nobody who asked not to be shown.
        """
        return self._all(PersonRecord, "/api/v1/people", q=q, role=role)

    def get_person(self, slug: str) -> PersonRecord:
        """One person.

        A person, by their identifier, with the projects they take part in.
        """
        return self._one(PersonRecord, f"/api/v1/people/{_part(slug)}")

    def list_cases(
        self,
        *,
        q: str | None = None,
        project: str | None = None,
        team: str | None = None,
        goals: str | None = None,
        complexity: str | None = None,
        reuse: str | None = None,
        digital: str | None = None,
        openness: str | None = None,
    ) -> Iterator[CaseRecord]:
        """List case studies.

        What projects became, as their case studies tell it, the newest in the registry first. Filters combine.
        """
        return self._all(
            CaseRecord,
            "/api/v1/cases",
            q=q,
            project=project,
            team=team,
            goals=goals,
            complexity=complexity,
            reuse=reuse,
            digital=digital,
            openness=openness,
        )

    def get_case(self, slug: str) -> CaseRecord:
        """One case study.

        A case study, by its identifier, as it was published last: its text, numbers with their sources, and links.
        """
        return self._one(CaseRecord, f"/api/v1/cases/{_part(slug)}")

    def search(self, *, q: str, kind: str | None = None) -> Iterator[FoundRecord]:
        """Search everything.

        Records that hold every word, the best first.  A misspelt word is read as the nearest that the record has.
        Every part of the list is ranked anew, and it ends after about a thousand records: add words to narrow it.
        """
        return self._all(FoundRecord, "/api/v1/search", q=q, kind=kind)

    def move_event(self, slug: str, said: EventStep, *, once: str = "") -> Written:
        """Publish an event or call it off.

        Publish an event, make it a draft again, or call it off.
        """
        return self._send(Written, "POST", f"/api/v1/events/{_part(slug)}/state", said, once)

    def register(self, slug: str, said: NewRegistration, *, once: str = "") -> Written:
        """Register for an event.

        Take a place, or one on the waiting list. Its page is a secret: whoever has the address can change it.
        """
        return self._send(Written, "POST", f"/api/v1/events/{_part(slug)}/registrations", said, once)

    def post_update(self, slug: str, said: SaidUpdate, *, once: str = "") -> Written:
        """Post an update of a project.

        Tell what is going on in a project.
        """
        return self._send(Written, "POST", f"/api/v1/projects/{_part(slug)}/updates", said, once)

    def set_need(self, slug: str, key: str, said: SaidNeed, *, once: str = "") -> Written:
        """Open, fill or close a need.

        Say whom a project looks for: add a role, change its words, say that somebody is found or no longer wanted.
        """
        return self._send(Written, "PUT", f"/api/v1/projects/{_part(slug)}/needs/{_part(key)}", said, once)

    def move_stage(self, slug: str, said: StageMove, *, once: str = "") -> Written:
        """Move a project along the ladder.

        Move a project forward or back, with evidence for what it has met; what is unmet is recorded, never refused.
        """
        return self._send(Written, "POST", f"/api/v1/projects/{_part(slug)}/stage", said, once)

    def submit_pitch(self, slug: str, said: SeenPitch, *, once: str = "") -> Written:
        """Submit a draft.

        Make a draft public, or a pitch that was withdrawn. A draft gets its lasting identifier now.
        """
        return self._send(Written, "POST", f"/api/v1/proposals/{_part(slug)}/submit", said, once)

    def withdraw_pitch(self, slug: str, *, once: str = "") -> Written:
        """Withdraw a pitch.

        Take a pitch back from the public; its people keep it and may submit it again.
        """
        return self._send(Written, "POST", f"/api/v1/proposals/{_part(slug)}/withdraw", None, once)

    def add_contribution(self, said: NewContribution, *, once: str = "") -> Written:
        """Say what you did.

        Say what you did. It counts once somebody of the project or the event has confirmed it.
        """
        return self._send(Written, "POST", "/api/v1/contributions", said, once)

    def get_me(self) -> Me:
        """For whom the token acts.

        You, as the site knows you, with the scopes and the end of the token.
        """
        return self._one(Me, "/api/v1/me")

    def list_my_proposals(self) -> Iterator[OwnPitchRecord]:
        """Your own pitches.

        Your drafts and pitches with their revision, the newest first.
        """
        return self._all(OwnPitchRecord, "/api/v1/me/proposals")
