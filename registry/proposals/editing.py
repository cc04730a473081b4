"""Pitches for those who write them: one with all its fields, one's own list, the events that take pitches."""

from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import bindparam as given
from sqlalchemy import func, or_, select

from registry.accounts.queries import Actor
from registry.activity.models import SlugRedirect
from registry.activity.rules import Subject
from registry.database.aggregate import AnySelect, json_rows
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.errors import NotFound
from registry.events.models import Event
from registry.events.rules import EventState, SignUp
from registry.events.visibility import event_is_public
from registry.projects.models import Link, Project
from registry.projects.rules import LinkKind
from registry.proposals.form import LINES, LINKS, PROSE, TEXTS
from registry.proposals.models import Credit, Proposal
from registry.proposals.rules import Part, ProposalKind, ProposalState, parts_said
from registry.proposals.visibility import pitched_on, proposal_is_public
from registry.web.i18n import gettext as _
from registry.web.i18n import plain

EVENTS_OFFERED = 50


class WrittenLink(msgspec.Struct, frozen=True):
    """An address on a pitch."""

    kind: LinkKind
    url: str


class WrittenPitch(msgspec.Struct, frozen=True):
    """A pitch as those who write it see it. The event's fields are none where it has no event yet."""

    id: int
    slug: str
    state: ProposalState
    revision: int
    kind: ProposalKind
    title: Localized
    summary: Localized
    why: Localized
    who: Localized
    how: Localized
    difficulties: Localized
    needs_text: str | None
    similar_projects: str | None
    data_sources: str | None
    notes: str | None
    interests: str | None
    initiators: str | None
    code_licence: str | None
    content_licence: str | None
    is_open_source: bool | None
    is_anonymous: bool
    wanted: list[Any]
    related: dict[str, list[str]]
    topics: list[str]
    event_id: int | None
    event_slug: str | None
    event_name: Localized | None
    event_state: EventState | None
    event_starts_at: datetime | None
    event_ends_at: datetime | None
    proposals_close_at: datetime | None
    proposals_closed_at: datetime | None
    project_slug: str | None
    project_name: Localized | None
    is_mine: bool
    links: list[WrittenLink]

    def is_sign_up_open(self, now: datetime) -> bool | None:
        """Whether its event still takes pitches; none when it has no event."""
        if self.event_state is None or self.event_ends_at is None:
            return None
        return SignUp(
            self.event_state, self.event_ends_at, self.proposals_close_at, self.proposals_closed_at
        ).is_open(now)

    def is_run_by(self, actor: Actor) -> bool:
        """Whether an actor organises its event."""
        return self.event_id is not None and actor.may_run(self.event_id)

    @property
    def parts(self) -> dict[Part, bool]:
        """Which parts of a good pitch it has."""
        texts = [field for field in (*TEXTS, *PROSE, *LINES) if getattr(self, field)]
        return parts_said(
            title=self.title, texts=[*texts, *(["is_anonymous"] if self.is_anonymous else [])],
            wanted=[key for key, _line in self.wanted],
            links=[link.kind for link in self.links], is_at_event=self.event_slug is not None,
        )

    def fields(self) -> dict[str, list[str]]:
        """What is in each field of its form."""
        one_line = {
            "kind": self.kind.value, "event": self.event_slug or "", "topics": ", ".join(self.topics),
            "is_open_source": {True: "yes", False: "no", None: ""}[self.is_open_source],
            "is_anonymous": "yes" if self.is_anonymous else "",
            **{field: getattr(self, field) or "" for field in (*PROSE, *LINES)},
            **{
                f"{field}-{language}": text
                for field in TEXTS for language, text in getattr(self, field).items()
            },
            **{
                field: "\n".join(link.url for link in self.links if link.kind is kind)
                for field, kind in LINKS.items()
            },
            **{f"related-{kind}": ", ".join(slugs) for kind, slugs in self.related.items()},
        }
        return {
            **{name: [value] for name, value in one_line.items() if value},
            "need": [key for key, _line in self.wanted], "need_line": [plain(line) for _key, line in self.wanted],
        }


class OwnPitch(msgspec.Struct, frozen=True):
    """A draft or pitch in the list of one's own."""

    slug: str
    state: ProposalState
    kind: ProposalKind
    title: Localized
    summary: Localized
    event_slug: str | None
    event_name: Localized | None
    project_slug: str | None
    project_name: Localized | None
    is_anonymous: bool
    updated_at: datetime


class OpenEvent(msgspec.Struct, frozen=True):
    """An event that takes pitches; ``close_at`` is when it stops, where that is announced."""

    slug: str
    name: Localized
    starts_on: date
    timezone: str
    close_at: datetime | None


async def written_pitch(reader: Reader, slug: str, by: Actor) -> WrittenPitch:
    """The pitch that has this slug, or had it, for someone who may change it (one statement).

    Raises:
        NotFound: there is none; a draft that is not the asker's is none.
    """
    had_it = select(SlugRedirect.subject_id).where(
        SlugRedirect.subject == Subject.PROPOSAL, SlugRedirect.old_slug == slug
    )
    row = (await reader.execute(
        _written().where(or_(Proposal.slug == slug, Proposal.id.in_(had_it))), {"person_id": by.person_id}
    )).one_or_none()
    pitch = WrittenPitch(*row) if row else None
    if pitch is None or (pitch.state is ProposalState.DRAFT and not pitch.is_mine):
        raise NotFound(_("There is no such pitch. It may have another address, or was taken out of the record."))
    return pitch


async def last_pitch_of(reader: Reader, project_slug: str) -> dict[str, list[str]]:
    """The form's fields as a project last filled them (at most two statements); empty for no public project.

    Where its last pitch has no sentence, the project's own stands in. Left out is what belonged to that day and its
    people: event, notes, names.
    """
    project = (await reader.execute(
        select(Project.name, Project.summary).where(Project.slug == project_slug, Project.hidden_at.is_(None))
    )).one_or_none()
    if project is None:
        return {}
    row = (await reader.execute(
        _written().where(Project.slug == project_slug, proposal_is_public())
        .order_by(pitched_on().desc(), Proposal.id.desc()).limit(1),
        {"person_id": None},
    )).one_or_none()
    last = WrittenPitch(*row) if row else None
    own = {
        f"{field}-{language}": [text]
        for field, texts in (("title", project.name), ("summary", project.summary))
        if last is None or not getattr(last, field) for language, text in texts.items()
    }
    said = last.fields() if last else {}
    return own | {name: values for name, values in said.items() if name not in _OF_ITS_DAY}


async def own_pitches(reader: Reader, person_id: int, *, offset: int, limit: int) -> list[OwnPitch]:
    """A page of someone's drafts and pitches, the last changed first (one statement)."""
    rows = await reader.execute(
        _own(
            Proposal.slug, Proposal.state, Proposal.kind, Proposal.title, Proposal.summary, Event.slug, Event.name,
            Project.slug, Project.name, Proposal.is_anonymous, Proposal.updated_at,
        )
        .where(Credit.person_id == person_id)
        .order_by(Proposal.updated_at.desc(), Proposal.id.desc()).offset(offset).limit(limit)
    )
    return [OwnPitch(*row) for row in rows]


async def count_own_pitches(reader: Reader, person_id: int) -> int:
    """How many drafts and pitches someone has (one statement)."""
    return await reader.scalar(_own(func.count()).where(Credit.person_id == person_id)) or 0


async def open_events(reader: Reader, now: datetime) -> list[OpenEvent]:
    """The events that take pitches at ``now``, the next one first (one statement)."""
    rows = await reader.execute(
        select(Event.slug, Event.name, Event.starts_on, Event.timezone, Event.proposals_close_at)
        .where(
            event_is_public(), Event.state == EventState.PUBLISHED, Event.ends_at > now,
            Event.proposals_closed_at.is_(None),
            or_(Event.proposals_close_at.is_(None), Event.proposals_close_at > now),
        )
        .order_by(Event.starts_at, Event.id).limit(EVENTS_OFFERED)
    )
    return [OpenEvent(*row) for row in rows]


_OF_ITS_DAY = ("event", "notes", "initiators", "is_anonymous", "kind")


def _own(*columns: Any) -> AnySelect:
    return (
        select(*columns).select_from(Credit)
        .join(Proposal, Proposal.id == Credit.proposal_id)
        .outerjoin(Event, Event.id == Proposal.event_id).outerjoin(Project, Project.id == Proposal.project_id)
        .where(Proposal.hidden_at.is_(None))
    )


def _written() -> AnySelect:
    links = select(Link.kind, Link.url).where(Link.proposal_id == Proposal.id).order_by(Link.id).correlate(Proposal)
    is_mine = (
        select(Credit.id).where(Credit.proposal_id == Proposal.id, Credit.person_id == given("person_id"))
        .correlate(Proposal).exists()
    )
    return (
        select(
            Proposal.id, Proposal.slug, Proposal.state, Proposal.revision, Proposal.kind, Proposal.title,
            Proposal.summary, Proposal.why, Proposal.who, Proposal.how, Proposal.difficulties, Proposal.needs_text,
            Proposal.similar_projects, Proposal.data_sources, Proposal.notes, Proposal.interests, Proposal.initiators,
            Proposal.code_licence, Proposal.content_licence, Proposal.is_open_source, Proposal.is_anonymous,
            Proposal.wanted, Proposal.related, Proposal.topics, Event.id, Event.slug, Event.name, Event.state,
            Event.starts_at, Event.ends_at, Event.proposals_close_at, Event.proposals_closed_at, Project.slug,
            Project.name, is_mine, json_rows(links, WrittenLink),
        )
        .select_from(Proposal)
        .outerjoin(Event, Event.id == Proposal.event_id).outerjoin(Project, Project.id == Proposal.project_id)
    )
