"""What a pitch does to its project: gives it owners, adds what was said, and keeps the project's counts true."""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.events.models import Event
from registry.languages import in_its_language
from registry.people.models import Membership
from registry.people.rules import MembershipRole
from registry.projects.models import Link, Need, Project, ProjectRelation, ProjectTag, Tag
from registry.projects.rules import LinkKind, NeedState, RelationKind, slug_of
from registry.proposals.models import Proposal
from registry.proposals.rules import ProposalState
from registry.proposals.visibility import pitched_on

WITHDRAWN = "withdrawn"
"""Why a project is hidden that nobody but its one pitch speaks of; submitting the pitch again shows it."""


async def own_project(session: AsyncSession, *, project: Project, person_ids: Iterable[int], on: date) -> None:
    """Make these people owners of a project, where they have no part in it yet."""
    members = set(await session.scalars(
        select(Membership.person_id).where(Membership.project_id == project.id, Membership.left_on.is_(None))
    ))
    session.add_all(
        Membership(project_id=project.id, person_id=person_id, role=MembershipRole.OWNER, joined_on=on)
        for person_id in person_ids if person_id not in members
    )
    await session.flush()


async def disown_project(session: AsyncSession, *, project: Project, person_ids: Iterable[int]) -> None:
    """Take the memberships away that would name those who now stay anonymous."""
    members = await session.scalars(select(Membership).where(
        Membership.project_id == project.id, Membership.person_id.in_(list(person_ids))
    ))
    for membership in members:
        await session.delete(membership)
    await session.flush()


async def count_pitches(session: AsyncSession, *, project: Project, today: date) -> None:
    """Repeat in the project what its pitches say; a project that only a withdrawn pitch knew of is hidden.

    A pitch for a day to come shows that something happened today.
    """
    count, first, last = (await session.execute(
        select(func.count(), func.min(pitched_on()), func.max(pitched_on())).select_from(Proposal)
        .outerjoin(Event, Event.id == Proposal.event_id)
        .where(
            Proposal.project_id == project.id, Proposal.state == ProposalState.SUBMITTED, Proposal.hidden_at.is_(None)
        )
    )).one()
    project.pitch_count, project.first_pitched_on = count, first
    if last is not None:
        project.last_active_on = max(min(last, today), project.last_active_on or min(last, today))
    await session.flush()


async def add_what_was_said(session: AsyncSession, *, project: Project, proposal: Proposal, on: date) -> None:
    """Add to a project the needs, topics, relations and links of a pitch, and the licences that it lacked."""
    project.code_licence = project.code_licence or proposal.code_licence
    project.content_licence = project.content_licence or proposal.content_licence
    await _open_needs(session, project, proposal, on)
    await _add_topics(session, project, proposal.topics)
    await _add_relations(session, project, proposal.related)
    await _add_links(session, project, proposal)
    await session.flush()


async def _open_needs(session: AsyncSession, project: Project, proposal: Proposal, on: date) -> None:
    known = {need.key: need for need in await session.scalars(select(Need).where(Need.project_id == project.id))}
    for key, line in proposal.wanted:
        if key not in known:
            session.add(Need(project_id=project.id, proposal_id=proposal.id, key=key, line=line, opened_on=on))
        elif known[key].state is NeedState.OPEN:
            known[key].line = line or known[key].line
        else:
            known[key].state, known[key].filled_on, known[key].opened_on = NeedState.OPEN, None, on
            known[key].line = line or known[key].line
    wanted = {key for key, _line in proposal.wanted}
    for key, need in known.items():
        if need.proposal_id == proposal.id and key not in wanted:
            await session.delete(need)


async def _add_topics(session: AsyncSession, project: Project, topics: list[str]) -> None:
    slugs = {slug_of(name): name for name in topics if slug_of(name)}
    known = {tag.slug: tag.id for tag in await session.scalars(select(Tag).where(Tag.slug.in_(slugs)))}
    new = [Tag(slug=slug, name=in_its_language(name)) for slug, name in slugs.items() if slug not in known]
    session.add_all(new)
    await session.flush()
    tagged = set(await session.scalars(select(ProjectTag.tag_id).where(ProjectTag.project_id == project.id)))
    session.add_all(
        ProjectTag(project_id=project.id, tag_id=tag_id)
        for tag_id in (*known.values(), *(tag.id for tag in new)) if tag_id not in tagged
    )


async def _add_relations(session: AsyncSession, project: Project, related: Mapping[str, list[str]]) -> None:
    ids = {
        row.slug: row.id for row in await session.execute(
            select(Project.slug, Project.id).where(Project.slug.in_([s for slugs in related.values() for s in slugs]))
        )
    }
    known = {
        (row.other_id, row.kind) for row in await session.execute(
            select(ProjectRelation.other_id, ProjectRelation.kind).where(ProjectRelation.project_id == project.id)
        )
    }
    wanted = {
        (ids[slug], RelationKind(kind)) for kind, slugs in related.items() for slug in slugs if slug in ids
    }
    session.add_all(
        ProjectRelation(project_id=project.id, other_id=other_id, kind=kind)
        for other_id, kind in sorted(wanted - known) if other_id != project.id
    )


async def _add_links(session: AsyncSession, project: Project, proposal: Proposal) -> None:
    said = list(await session.execute(
        select(Link.url, Link.kind).where(Link.proposal_id == proposal.id).order_by(Link.id)
    ))
    known = set(await session.scalars(select(Link.url).where(Link.project_id == project.id)))
    lasting = [row for row in said if row.kind is not LinkKind.SLIDES and row.url not in known]
    session.add_all(Link(project_id=project.id, url=row.url, kind=row.kind) for row in lasting)
    if any(row.kind is LinkKind.REPOSITORY for row in said):
        project.has_repository = True
