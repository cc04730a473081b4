"""What the registry gives away: every public record as rows of our own formats."""

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, or_, select

from registry.cases.content import content_of
from registry.cases.models import AxisAnswer, CaseStudy, CaseVersion, CaseWriter
from registry.cases.visibility import case_is_public
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.events.models import Event
from registry.events.rules import EventState
from registry.exchange.loading.cases import case_row
from registry.exchange.rows import (
    AnswerRow,
    CaseRow,
    CreditRow,
    EventRow,
    LinkRow,
    MemberRow,
    NeedRow,
    PersonRow,
    ProjectRow,
    ProposalRow,
    Row,
    TagRow,
    UpdateRow,
    Video,
    WantedRow,
)
from registry.people.models import Membership, Person
from registry.projects.models import Link, Need, Project, ProjectAlias, ProjectTag, Tag, Update
from registry.projects.rules import NeedState
from registry.proposals.models import Credit, Proposal
from registry.proposals.rules import ProposalState

_EVENT_IS_PUBLIC = and_(Event.hidden_at.is_(None), Event.state != EventState.DRAFT)
_PROJECT_IS_PUBLIC = Project.hidden_at.is_(None)
_PERSON_IS_PUBLIC = and_(Person.hidden_at.is_(None), Person.is_public.is_(True))
_PROPOSAL_ITSELF_IS_PUBLIC = (Proposal.hidden_at.is_(None), Proposal.state == ProposalState.SUBMITTED)
_PROPOSAL_IS_PUBLIC = and_(
    *_PROPOSAL_ITSELF_IS_PUBLIC, or_(Proposal.event_id.is_(None), _EVENT_IS_PUBLIC), _PROJECT_IS_PUBLIC
)
_AS_THEY_ARE = (
    "slug", "kind", "position", "title", "summary", "why", "who", "how", "difficulties", "needs_text",
    "similar_projects", "data_sources", "notes", "code_licence", "content_licence", "is_open_source", "interests",
    "is_anonymous", "is_for_education", "result", "continued", "pitched_on",
)
_VIDEOS: tuple[Video, ...] = ("pitch", "talk", "demo")


async def public_record(reader: Reader) -> dict[str, list[Row]]:
    """Read everything public, by file name, each kind ordered by slug. A fixed number of statements.

    Left out: drafts, withdrawn and hidden records, people who are not public, and the names on anonymous proposals.
    """
    return {
        "tags": [*await _tags(reader)], "people": [*await _people(reader)], "events": [*await _events(reader)],
        "projects": [*await _projects(reader)], "proposals": [*await _proposals(reader)],
        "cases": [*await _cases(reader)],
    }


async def _tags(reader: Reader) -> list[TagRow]:
    tags = await reader.execute(select(Tag.slug, Tag.name).where(Tag.hidden_at.is_(None)).order_by(Tag.slug))
    return [TagRow(slug=tag.slug, name=tag.name) for tag in tags]


async def _people(reader: Reader) -> list[PersonRow]:
    columns = select(
        Person.slug, Person.display_name, Person.bio, Person.offers, Person.origin, Person.is_example
    )
    people = await reader.execute(columns.where(_PERSON_IS_PUBLIC).order_by(Person.slug))
    return [PersonRow(**{**one._asdict(), "offers": tuple(one.offers)}) for one in people]


async def _events(reader: Reader) -> list[EventRow]:
    events = await reader.execute(select(Event.__table__).where(_EVENT_IS_PUBLIC).order_by(Event.slug))
    return [
        EventRow(
            slug=one.slug, number=one.number, kind=one.kind, state=one.state, is_example=one.is_example, name=one.name,
            summary=one.subtitle, description=one.description, starts_on=one.starts_on,
            starts_at=None if one.is_all_day else one.starts_at, ends_at=None if one.is_all_day else one.ends_at,
            timezone=one.timezone, place=one.place, address=one.address, attendance=one.attendance,
            registration_url=one.registration_url,
            video_urls={video: url for video in _VIDEOS if (url := getattr(one, f"{video}_video_url"))},
        )
        for one in events
    ]


async def _projects(reader: Reader) -> list[ProjectRow]:
    projects = await reader.execute(select(Project.__table__).where(_PROJECT_IS_PUBLIC).order_by(Project.slug))
    aliases = await _grouped(reader, select(ProjectAlias.project_id, ProjectAlias.name).order_by(ProjectAlias.id))
    links = await _links(reader, Link.project_id)
    tags = await _grouped(
        reader,
        select(ProjectTag.project_id, Tag.slug).join(Tag, Tag.id == ProjectTag.tag_id)
        .where(Tag.hidden_at.is_(None)).order_by(Tag.slug),
    )
    needs = await _grouped(
        reader,
        select(Need.project_id, Need.key, Need.line, Need.state, Need.opened_on, Proposal.slug)
        .outerjoin(Proposal, and_(
            Proposal.id == Need.proposal_id, *_PROPOSAL_ITSELF_IS_PUBLIC,
            Proposal.event_id.in_(select(Event.id).where(_EVENT_IS_PUBLIC)),
        )).order_by(Need.id),
    )
    answers = await _grouped(
        reader,
        select(AxisAnswer.project_id, AxisAnswer.axis, AxisAnswer.choices, AxisAnswer.text, AxisAnswer.answered_on)
        .where(AxisAnswer.answered_on.is_not(None)).order_by(AxisAnswer.id),
    )
    people = await _grouped(
        reader,
        select(Membership.project_id, Person.slug, Membership.role, Membership.joined_on, Membership.left_on)
        .join(Person, Person.id == Membership.person_id).where(_PERSON_IS_PUBLIC).order_by(Membership.id),
    )
    updates = await _grouped(
        reader,
        select(Update.project_id, Update.posted_at, Update.text, Person.slug, Update.picture_url, Update.picture_text)
        .outerjoin(Person, and_(Person.id == Update.author_id, _PERSON_IS_PUBLIC))
        .where(Update.hidden_at.is_(None)).order_by(Update.posted_at, Update.id),
    )
    return [
        ProjectRow(
            slug=one.slug, name=one.name, summary=one.summary, description=one.description, stage=one.stage_key,
            standing=one.standing, code_licence=one.code_licence, content_licence=one.content_licence,
            is_example=one.is_example, aliases=tuple(name for (name,) in aliases[one.id]), links=links[one.id],
            tags=tuple(slug for (slug,) in tags[one.id]),
            needs=tuple(_need(*need) for need in needs[one.id]),
            answers=tuple(
                AnswerRow(axis=a[0], choices=tuple(a[1]), text=a[2], answered_on=a[3]) for a in answers[one.id]
            ),
            people=tuple(
                MemberRow(person=p[0], role=p[1], joined_on=p[2], left_on=p[3]) for p in people[one.id]
            ),
            updates=tuple(
                UpdateRow(posted_at=u[0], text=u[1], author=u[2], picture_url=u[3], picture_text=u[4])
                for u in updates[one.id]
            ),
        )
        for one in projects
    ]


def _need(key: str, line: Localized, state: NeedState, opened_on: date | None, pitch: str | None) -> NeedRow:
    """A need as everyone may see it: of one that is no longer wanted that it was there, without the owner's words."""
    return NeedRow(
        key=key, line={} if state is NeedState.CLOSED else line, state=state, opened_on=opened_on, pitch=pitch
    )


async def _proposals(reader: Reader) -> list[ProposalRow]:
    proposals = await reader.execute(
        select(Proposal.__table__, Event.slug.label("event"), Project.slug.label("project"))
        .outerjoin(Event, Event.id == Proposal.event_id).join(Project, Project.id == Proposal.project_id)
        .where(_PROPOSAL_IS_PUBLIC).order_by(Proposal.slug)
    )
    links = await _links(reader, Link.proposal_id)
    credits_of = await _grouped(
        reader,
        select(Credit.proposal_id, Credit.name_as_written, Person.slug)
        .join(Person, Person.id == Credit.person_id).join(Proposal, Proposal.id == Credit.proposal_id)
        .where(_PERSON_IS_PUBLIC, Proposal.is_anonymous.is_(False)).order_by(Credit.position, Credit.id),
    )
    return [
        ProposalRow(
            event=one.event, project=one.project, **{field: getattr(one, field) for field in _AS_THEY_ARE},
            links=links[one.id], topics=tuple(one.topics), initiators=None if one.is_anonymous else one.initiators,
            wanted=tuple(WantedRow(key=key, line=line) for key, line in one.wanted),
            credits=tuple(CreditRow(name=name, person=person) for name, person in credits_of[one.id]),
        )
        for one in proposals
    ]


async def _cases(reader: Reader) -> list[CaseRow]:
    cases = await reader.execute(
        select(
            CaseStudy.id, CaseStudy.slug, CaseStudy.published_at, Project.slug.label("project"), CaseVersion.number,
            CaseVersion.note, CaseVersion.content,
        )
        .join(Project, Project.id == CaseStudy.project_id)
        .join(CaseVersion, and_(CaseVersion.case_id == CaseStudy.id, CaseVersion.number == CaseStudy.version))
        .where(case_is_public()).order_by(CaseStudy.slug)
    )
    writers = await _grouped(
        reader,
        select(CaseWriter.case_id, Person.slug).join(Person, Person.id == CaseWriter.person_id)
        .where(_PERSON_IS_PUBLIC).order_by(CaseWriter.since, Person.id),
    )
    return [
        case_row(
            content_of(one.content), slug=one.slug, project=one.project, version=one.number,
            published_on=one.published_at.date(), correction=one.note,
            writers=tuple(slug for (slug,) in writers[one.id]),
        )
        for one in cases
    ]


async def _links(reader: Reader, owner: Any) -> dict[int, tuple[LinkRow, ...]]:
    links = await _grouped(
        reader, select(owner, Link.url, Link.kind, Link.label).where(owner.is_not(None)).order_by(Link.id)
    )
    rows = {key: tuple(LinkRow(url=a, kind=b, label=c) for a, b, c in of) for key, of in links.items()}
    return defaultdict(tuple, rows)


async def _grouped(reader: Reader, rows: Select[*tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    """Group rows by their first column."""
    grouped: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for first, *others in await reader.execute(rows):
        grouped[first].append(tuple(others))
    return grouped
