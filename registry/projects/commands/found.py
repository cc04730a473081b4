"""Beginning a project."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import note_change
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.database.slugs import free_slug
from registry.database.types import Localized
from registry.handbook import ladder
from registry.moderation.limits import refuse_too_many
from registry.people.models import Membership
from registry.people.rules import MembershipRole
from registry.projects.models import Project
from registry.projects.rules import address_of, sort_name_of
from registry.search.commands import refresh
from registry.stages.models import StageChange

NAME = 100
"""Characters of a project's name; the longest on record has 90."""
SUMMARY = 300


async def found_project(
    session: AsyncSession, *, name: Localized, summary: Localized, by: Actor, now: datetime
) -> Project:
    """Begin a project at the first stage; whoever begins it owns it, unless they are not signed in.

    Its address is its English name where it has one. Writes an audit row and makes it findable.

    Raises:
        BadInput: it has no name in any language, or a text is too long. The fields are called ``name-en`` and so on.
        TooMany: this account has begun too many lately.
    """
    checks = Checks()
    name = checks.lines("name", name, longest=NAME, is_required=True)
    summary = checks.lines("summary", summary, longest=SUMMARY)
    checks.done()
    await refuse_too_many(session, by=by, action="project founded", now=now)
    project = Project(
        slug=await free_slug(session, Project.slug, address_of(name), subject=Subject.PROJECT),
        name=name, sort_name=sort_name_of(name), summary=summary, stage_key=ladder().stage[0].key,
        last_active_on=now.date(), created_at=now, updated_at=now,
    )
    session.add(project)
    await session.flush()
    session.add(StageChange(
        project_id=project.id, to_stage=project.stage_key, by_person_id=by.person_id, reason="", changed_at=now,
    ))
    if by.person_id is not None:
        session.add(Membership(
            project_id=project.id, person_id=by.person_id, role=MembershipRole.OWNER, joined_on=now.date(),
        ))
    note_change(
        session, now=now, actor=by.label, action="project founded", subject=Subject.PROJECT, subject_id=project.id,
        changes={"name": [None, name], "summary": [None, summary]},
    )
    await session.flush()
    await refresh(session, Subject.PROJECT, [project.id])
    return project
