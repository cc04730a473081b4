"""Records for tests, each with sensible values of its own; name only what the test is about."""

import itertools
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from registry.cases.commands.review import rendered
from registry.cases.content import CaseContent, stored
from registry.cases.models import CaseChoice, CaseStudy, CaseVersion
from registry.cases.rules import Axis, CaseState
from registry.database.types import Localized
from registry.events.models import Event, WorkTable
from registry.events.rules import EventKind
from registry.people.models import Membership, Person
from registry.people.rules import MembershipRole, PersonOrigin
from registry.programme.models import Slot
from registry.programme.rules import MINUTES, StageSession
from registry.projects.models import Link, Need, Project, ProjectTag, Tag
from registry.projects.rules import LinkKind
from registry.proposals.models import Credit, Proposal
from registry.registrations.models import Registration
from registry.repositories.models import ProjectRepository, Repository

_numbers = itertools.count(1)
Record = TypeVar("Record")


async def an_event(session: AsyncSession, **fields: Any) -> Event:
    """An event of one day; ``starts_on`` moves the hours with it."""
    number = next(_numbers)
    day: date = fields.pop("starts_on", date(2010, 1, 2) + timedelta(days=number))
    starts_at = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
    return await _added(session, Event(**{
        "slug": f"event-{number}", "kind": EventKind.LARGE, "name": {"zh-Hant": f"第{number}次黑客松"},
        "starts_on": day, "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=9),
        "timezone": "Asia/Taipei", **fields,
    }))


async def a_project(session: AsyncSession, **fields: Any) -> Project:
    """A project at the first stage."""
    number = next(_numbers)
    name = fields.pop("name", {"en": f"Project {number}"})
    return await _added(session, Project(**{
        "slug": f"project-{number}", "name": name, "sort_name": next(iter(name.values())).casefold(),
        "stage_key": "idea", **fields,
    }))


async def a_proposal(session: AsyncSession, *, event: Event, project: Project, **fields: Any) -> Proposal:
    """A submitted pitch of ``project`` at ``event``; keeps the project's own counts true."""
    project.pitch_count += 1
    project.first_pitched_on = min(project.first_pitched_on or event.starts_on, event.starts_on)
    project.last_active_on = max(project.last_active_on or event.starts_on, event.starts_on)
    return await _added(session, Proposal(**{
        "slug": f"{event.slug}-{project.slug}", "event_id": event.id, "project_id": project.id,
        "title": project.name, **fields,
    }))


async def a_person(session: AsyncSession, **fields: Any) -> Person:
    """A person known from an import, not yet claimed."""
    number = next(_numbers)
    name = fields.pop("display_name", f"Person {number}")
    return await _added(session, Person(**{
        "slug": f"person-{number}", "display_name": name, "sort_name": name.casefold(),
        "origin": PersonOrigin.IMPORTED, **fields,
    }))


async def a_membership(
    session: AsyncSession, *, project: Project, person: Person, role: MembershipRole = MembershipRole.OWNER
) -> Membership:
    """A person's part in a project."""
    return await _added(session, Membership(project_id=project.id, person_id=person.id, role=role))


async def a_credit(session: AsyncSession, *, proposal: Proposal, person: Person) -> Credit:
    """A person's name on a proposal."""
    return await _added(session, Credit(
        proposal_id=proposal.id, person_id=person.id, name_as_written=person.display_name,
    ))


async def a_link(session: AsyncSession, *, project: Project, **fields: Any) -> Link:
    """A link of a project, a site unless said otherwise."""
    return await _added(session, Link(**{
        "project_id": project.id, "kind": LinkKind.SITE, "url": f"https://example.org/{next(_numbers)}", **fields,
    }))


async def a_need(session: AsyncSession, *, project: Project, key: str = "designer", **fields: Any) -> Need:
    """An open need of a project."""
    return await _added(session, Need(project_id=project.id, key=key, **fields))


async def a_tag(session: AsyncSession, *projects: Project, **fields: Any) -> Tag:
    """A topic, and the projects that have it."""
    number = next(_numbers)
    tag = await _added(session, Tag(**{"slug": f"tag-{number}", "name": {"zh-Hant": f"主題{number}"}, **fields}))
    session.add_all(ProjectTag(project_id=project.id, tag_id=tag.id) for project in projects)
    await session.flush()
    return tag


async def a_registration(
    session: AsyncSession, *, event: Event, person: Person | None = None, **fields: Any
) -> Registration:
    """A confirmed place at an event, without an account unless ``person`` is named."""
    number = next(_numbers)
    return await _added(session, Registration(**{
        "event_id": event.id, "person_id": person.id if person else None, "code": f"code-{number}",
        "badge_name": f"Guest {number}", **fields,
    }))


async def a_work_table(session: AsyncSession, *, event: Event, **fields: Any) -> WorkTable:
    """A table at an event that nobody has taken."""
    number = next(_numbers)
    return await _added(session, WorkTable(**{
        "event_id": event.id, "label": f"T{number}", "position": number, **fields,
    }))


async def a_slot(session: AsyncSession, *, event: Event, proposal: Proposal | None = None, **fields: Any) -> Slot:
    """A turn on stage, with the pitches unless said otherwise, after those there are."""
    number = next(_numbers)
    kind = fields.pop("session", StageSession.PITCHES)
    return await _added(session, Slot(**{
        "event_id": event.id, "session": kind, "position": number, "minutes": MINUTES[kind],
        "proposal_id": proposal.id if proposal else None, "project_id": proposal.project_id if proposal else None,
        "title": {} if proposal else {"en": f"Talk {number}"}, **fields,
    }))


async def a_repository(session: AsyncSession, *projects: Project, **fields: Any) -> Repository:
    """A repository on GitHub that projects have, as it was read on a day."""
    number = next(_numbers)
    name = fields.pop("full_name", f"g0v/repository-{number}")
    repository = await _added(session, Repository(**{
        "forge": "github", "forge_id": number, "full_name": name, "name_key": name.casefold(),
        "url": f"https://github.com/{name}", "read_at": datetime(2024, 5, 2, 8, tzinfo=UTC), **fields,
    }))
    session.add_all(ProjectRepository(project_id=project.id, repository_id=repository.id) for project in projects)
    await session.flush()
    return repository


async def a_case(
    session: AsyncSession, *, project: Project | None = None, choices: Mapping[Axis, str] | None = None,
    title: Localized | None = None, summary: Localized | None = None, content: Mapping[str, Any] | None = None,
    **fields: Any,
) -> CaseStudy:
    """A case study in its first published version; ``content`` adds to what it says, ``choices`` is where it stands."""
    number = next(_numbers)
    said = CaseContent(
        title=title or {"en": f"Case {number}"}, summary=summary or {"en": "What became of it."}, **(content or {})
    )
    day = datetime(2026, 1, 1, tzinfo=UTC)
    case = await _added(session, CaseStudy(**{
        "slug": f"case-{number}", "project_id": (project or await a_project(session)).id, "title": said.title,
        "summary": said.summary, "draft": stored(said), "state": CaseState.PUBLISHED, "version": 1,
        "published_at": day, **fields,
    }))
    session.add_all([
        CaseVersion(
            case_id=case.id, number=1, content=case.draft, html=rendered(said), note={}, written_at=day
        ),
        *(CaseChoice(case_id=case.id, axis=axis, choice=choice) for axis, choice in (choices or {}).items()),
    ])
    await session.flush()
    return case


async def _added(session: AsyncSession, record: Record) -> Record:
    session.add(record)
    await session.flush()
    return record
