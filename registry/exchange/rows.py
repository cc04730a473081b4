"""What every source is turned into before it is loaded, and what an export writes.

Rows of events, projects, proposals and people name each other by reference: a slug in the registry's own formats,
the row key of the source in all others.
"""

import hashlib
from datetime import date, datetime
from typing import Generic, TypeVar

import msgspec

from registry.cases.rules import Axis
from registry.events.rules import Attendance, EventKind, EventState
from registry.exchange.problems import Place
from registry.people.rules import PersonOrigin
from registry.projects.rules import LinkKind, NeedState, Standing
from registry.proposals.rules import ProposalKind

Texts = dict[str, str]


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A row of any kind."""

    @property
    def digest(self) -> str:
        """A short fingerprint of everything the row says."""
        return hashlib.blake2b(msgspec.json.encode(self, order="sorted"), digest_size=16).hexdigest()


class LinkRow(Row, frozen=True, kw_only=True):
    """An address of a project or a proposal."""

    url: str
    kind: LinkKind = LinkKind.OTHER
    label: str | None = None


class EventRow(Row, frozen=True, kw_only=True):
    """A gathering. Without hours it spans the whole day ``starts_on`` at its own place.

    Without a day it can only add to an event that is known already.
    """

    slug: str = ""
    number: int | None = None
    kind: EventKind = EventKind.OTHER
    state: EventState = EventState.PUBLISHED
    is_example: bool = False
    name: Texts
    subtitle: Texts = {}
    description: Texts = {}
    starts_on: date | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    timezone: str | None = None
    place: Texts = {}
    address: str | None = None
    attendance: Attendance | None = None
    registration_url: str | None = None
    pitch_video_url: str | None = None
    talk_video_url: str | None = None
    demo_video_url: str | None = None


class NeedRow(Row, frozen=True, kw_only=True):
    """A role a project looks for; ``key`` is one of the handbook's."""

    key: str
    line: Texts = {}
    state: NeedState = NeedState.OPEN
    opened_on: date | None = None


class AnswerRow(Row, frozen=True, kw_only=True):
    """A project's answer on one axis of comparison."""

    axis: Axis
    choices: tuple[str, ...] = ()
    text: str | None = None
    answered_on: date


class ProjectRow(Row, frozen=True, kw_only=True):
    """A project with what hangs on it. ``stage`` is only known to the registry's own formats."""

    slug: str = ""
    name: Texts
    aliases: tuple[str, ...] = ()
    summary: Texts = {}
    description: Texts = {}
    stage: str | None = None
    standing: Standing = Standing.ACTIVE
    code_licence: str | None = None
    content_licence: str | None = None
    is_example: bool = False
    links: tuple[LinkRow, ...] = ()
    tags: tuple[str, ...] = ()
    needs: tuple[NeedRow, ...] = ()
    answers: tuple[AnswerRow, ...] = ()


class CreditRow(Row, frozen=True, kw_only=True):
    """A name on a proposal as written; ``person`` is the slug of whom it means, where a source says so."""

    name: str
    person: str | None = None


class ProposalRow(Row, frozen=True, kw_only=True):
    """One pitch: what was said of ``project`` at ``event`` (both references)."""

    slug: str = ""
    event: str
    project: str
    kind: ProposalKind = ProposalKind.PITCH
    position: int | None = None
    title: Texts
    summary: Texts = {}
    why: Texts = {}
    who: Texts = {}
    how: Texts = {}
    difficulties: Texts = {}
    needs_text: str | None = None
    similar_projects: str | None = None
    data_sources: str | None = None
    notes: str | None = None
    code_licence: str | None = None
    content_licence: str | None = None
    is_open_source: bool | None = None
    interests: str | None = None
    is_anonymous: bool = False
    is_for_education: bool = False
    result: Texts = {}
    continued: bool | None = None
    links: tuple[LinkRow, ...] = ()
    needs: tuple[str, ...] = ()
    credits: tuple[CreditRow, ...] = ()


class PersonRow(Row, frozen=True, kw_only=True):
    """What someone shows of themselves."""

    slug: str
    display_name: str
    bio: Texts = {}
    offers: tuple[str, ...] = ()
    origin: PersonOrigin = PersonOrigin.IMPORTED
    is_example: bool = False


AnyRow = EventRow | ProjectRow | ProposalRow | PersonRow
RowType = TypeVar("RowType", bound=Row)


class Pitch(msgspec.Struct, frozen=True):
    """A sign for matching: under which title a source saw a project at which event (a reference)."""

    event: str
    title: str


class Sourced(msgspec.Struct, Generic[RowType], frozen=True):
    """A row with its place in the source and its lasting key there.

    ``also`` names the keys of other rows of the source that this one speaks for.
    """

    place: Place
    key: str
    row: RowType
    also: tuple[str, ...] = ()
    pitches: tuple[Pitch, ...] = ()
