"""What every source is turned into before it is loaded, and what an export writes.

Rows of events, projects, proposals and people name each other by reference: a slug in the registry's own formats,
the row key of the source in all others.
"""

import hashlib
from datetime import date, datetime
from typing import Annotated, Generic, Literal, TypeVar

import msgspec
from msgspec import Meta

from registry.cases.rules import DEFAULT_LICENCE, Axis, Section
from registry.events.rules import Attendance, EventKind, EventState
from registry.exchange.problems import Place
from registry.people.rules import MembershipRole, PersonOrigin
from registry.projects.rules import LinkKind, NeedState, Standing
from registry.proposals.rules import ProposalKind

Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Name = Annotated[str, Meta(min_length=1, max_length=300)]
Prose = Annotated[str, Meta(max_length=100_000)]
Names = Annotated[dict[Language, Name], Meta(min_length=1)]
Texts = dict[Language, Prose]
Slug = Annotated[str, Meta(max_length=120, pattern=r"^[^/?#%&\\\s]*$")]
Reference = Annotated[str, Meta(min_length=1, max_length=200)]
Address = Annotated[str, Meta(max_length=2000, pattern=r"^https?://[^\s@/]+(/|\?|#|$)")]
Licence = Annotated[str, Meta(max_length=200)]
Video = Literal["pitch", "talk", "demo"]
Key = Annotated[str, Meta(min_length=1, max_length=40)]
Count = Annotated[int, Meta(ge=0, le=100_000)]


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """A row of any kind."""

    @property
    def digest(self) -> str:
        """A short fingerprint of everything the row says."""
        return hashlib.blake2b(msgspec.json.encode(self, order="sorted"), digest_size=16).hexdigest()

    @property
    def called(self) -> str:
        """What the row calls that of which it speaks, in each language."""
        name = next((getattr(self, field) for field in ("name", "title", "display_name") if hasattr(self, field)), "")
        return name if isinstance(name, str) else " / ".join(name.values())


class LinkRow(Row, frozen=True, kw_only=True):
    """An address of a project or a proposal."""

    url: Address
    kind: LinkKind = LinkKind.OTHER
    label: Name | None = None


class EventRow(Row, frozen=True, kw_only=True):
    """A gathering. Without hours it spans the whole day ``starts_on`` at its own place.

    Without a day it can only add to an event that is known already.
    """

    slug: Slug = ""
    number: Count | None = None
    kind: EventKind = EventKind.OTHER
    state: EventState = EventState.PUBLISHED
    is_example: bool = False
    name: Names
    summary: Texts = {}
    description: Texts = {}
    starts_on: date | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    timezone: Annotated[str, Meta(max_length=64)] | None = None
    place: Texts = {}
    address: Annotated[str, Meta(max_length=500)] | None = None
    attendance: Attendance | None = None
    registration_url: Address | None = None
    video_urls: dict[Video, Address] = {}


class NeedRow(Row, frozen=True, kw_only=True):
    """A role a project looks for; ``key`` is one of the handbook's, ``pitch`` refers to where it was first named."""

    key: Key
    line: Texts = {}
    state: NeedState = NeedState.OPEN
    opened_on: date | None = None
    pitch: Reference | None = None


class WantedRow(Row, frozen=True, kw_only=True):
    """A role that a pitch said it wants, with its line; ``key`` is one of the handbook's."""

    key: Key
    line: Texts = {}


class UpdateRow(Row, frozen=True, kw_only=True):
    """A short post of a project; ``author`` is the slug of a person whom the public sees."""

    posted_at: datetime
    text: Annotated[Texts, Meta(min_length=1)]
    author: Slug | None = None
    picture_url: Address | None = None
    picture_text: Name | None = None


class AnswerRow(Row, frozen=True, kw_only=True):
    """A project's answer on one axis of comparison."""

    axis: Axis
    choices: tuple[Name, ...] = ()
    text: Prose | None = None
    answered_on: date


class MemberRow(Row, frozen=True, kw_only=True):
    """A person's part in a project; ``person`` is a reference."""

    person: Slug
    role: MembershipRole
    joined_on: date | None = None
    left_on: date | None = None


class ProjectRow(Row, frozen=True, kw_only=True):
    """A project with what hangs on it. ``stage`` and ``people`` are only known to the registry's own formats.

    ``tags`` are slugs, or the words themselves.
    """

    slug: Slug = ""
    name: Names
    aliases: tuple[Name, ...] = ()
    summary: Texts = {}
    description: Texts = {}
    stage: Key | None = None
    standing: Standing = Standing.ACTIVE
    code_licence: Licence | None = None
    content_licence: Licence | None = None
    is_example: bool = False
    links: tuple[LinkRow, ...] = ()
    tags: tuple[Name, ...] = ()
    needs: tuple[NeedRow, ...] = ()
    answers: tuple[AnswerRow, ...] = ()
    people: tuple[MemberRow, ...] = ()
    updates: tuple[UpdateRow, ...] = ()


class CreditRow(Row, frozen=True, kw_only=True):
    """A name on a proposal as written; ``person`` is the slug of whom it means, where a source says so."""

    name: Name
    person: Slug | None = None


class ProposalRow(Row, frozen=True, kw_only=True):
    """One pitch: what was said of ``project`` at ``event`` (both references; no event where none is decided yet).

    ``needs`` are opened with the project where it lacks them; ``wanted`` is what the pitch itself says, as it says it.
    ``initiators`` are names that belong to nobody in the record.
    """

    slug: Slug = ""
    event: Reference | None = None
    project: Reference
    kind: ProposalKind = ProposalKind.PITCH
    position: Count | None = None
    title: Names
    summary: Texts = {}
    why: Texts = {}
    who: Texts = {}
    how: Texts = {}
    difficulties: Texts = {}
    needs_text: Prose | None = None
    similar_projects: Prose | None = None
    data_sources: Prose | None = None
    notes: Prose | None = None
    code_licence: Licence | None = None
    content_licence: Licence | None = None
    is_open_source: bool | None = None
    interests: Prose | None = None
    is_anonymous: bool = False
    is_for_education: bool = False
    result: Texts = {}
    continued: bool | None = None
    pitched_on: date | None = None
    links: tuple[LinkRow, ...] = ()
    needs: tuple[Key, ...] = ()
    wanted: tuple[WantedRow, ...] = ()
    topics: tuple[Name, ...] = ()
    initiators: Name | None = None
    credits: tuple[CreditRow, ...] = ()


class PersonRow(Row, frozen=True, kw_only=True):
    """What someone shows of themselves."""

    slug: Annotated[Slug, Meta(min_length=1)]
    display_name: Name
    bio: Texts = {}
    offers: tuple[Key, ...] = ()
    origin: PersonOrigin = PersonOrigin.IMPORTED
    is_example: bool = False


class TagRow(Row, frozen=True, kw_only=True):
    """A topic's name in each language."""

    slug: Annotated[Slug, Meta(min_length=1)]
    name: Names


class CaseSectionRow(Row, frozen=True, kw_only=True):
    """A part of a case study's text, in Markdown."""

    section: Section
    text: Texts


class CasePlaceRow(Row, frozen=True, kw_only=True):
    """Where a case study stands on one axis; of the goals with the time spent on each ("6 month")."""

    axis: Axis
    choices: tuple[Key, ...] = ()
    text: Texts = {}
    spent: dict[Key, Key] = {}


class CaseNumberRow(Row, frozen=True, kw_only=True):
    """A number with the day it is true of and where it is found."""

    what: Names
    value: Key
    as_of: date
    source: Address


class CasePictureRow(Row, frozen=True, kw_only=True):
    """A picture that lives elsewhere."""

    url: Address
    section: Section
    caption: Names
    credit: Name
    licence: Licence


class MomentRow(Row, frozen=True, kw_only=True):
    """Something that happened; ``url`` is an address, or a path of this registry."""

    on: date
    what: Names
    url: Annotated[str, Meta(max_length=2000, pattern=r"^($|/[^/\\\s]|https?://[^\s@/]+(/|\?|#|$))")] = ""


class CaseLinkRow(Row, frozen=True, kw_only=True):
    """An address to read on at."""

    url: Address
    label: Annotated[str, Meta(max_length=300)] = ""


class CaseRow(Row, frozen=True, kw_only=True):
    """A case study as it was published last; ``project`` is a reference."""

    slug: Annotated[Slug, Meta(min_length=1)]
    project: Reference
    version: Annotated[int, Meta(ge=1, le=100_000)] = 1
    published_on: date
    title: Names
    summary: Texts = {}
    correction: Texts = {}
    licence: Licence = DEFAULT_LICENCE
    writers: tuple[Slug, ...] = ()
    credits: tuple[Name, ...] = ()
    sections: tuple[CaseSectionRow, ...] = ()
    axes: tuple[CasePlaceRow, ...] = ()
    numbers: tuple[CaseNumberRow, ...] = ()
    timeline: tuple[MomentRow, ...] = ()
    pictures: tuple[CasePictureRow, ...] = ()
    links: tuple[CaseLinkRow, ...] = ()


AnyRow = TagRow | EventRow | ProjectRow | ProposalRow | PersonRow | CaseRow
RowType_co = TypeVar("RowType_co", bound=Row, covariant=True)


class Pitch(msgspec.Struct, frozen=True):
    """A sign for matching: under which title a source saw a project at which event (a reference)."""

    event: str
    title: str


class Sourced(msgspec.Struct, Generic[RowType_co], frozen=True):
    """A row with its place in the source and its lasting key there.

    ``also`` names the keys of other rows of the source that this one speaks for.
    """

    place: Place
    key: str
    row: RowType_co
    also: tuple[str, ...] = ()
    pitches: tuple[Pitch, ...] = ()
