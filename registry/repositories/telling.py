"""What becomes of a project when its repository does: its log, and a word to its owners."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.commands import note_change
from registry.activity.rules import Subject
from registry.inbox.commands import tell
from registry.inbox.rules import NoticeKind
from registry.people.models import Membership
from registry.people.rules import MembershipRole
from registry.projects.models import Project
from registry.repositories.models import ProjectRepository, Repository
from registry.repositories.rules import RepositoryState

_TOLD_OF_STATES = {
    RepositoryState.GONE: NoticeKind.REPOSITORY_GONE,
    RepositoryState.BLOCKED: NoticeKind.REPOSITORY_BLOCKED,
    RepositoryState.CLOSED: NoticeKind.REPOSITORY_CLOSED,
}


async def projects_of(session: AsyncSession, repository_id: int) -> list[int]:
    """The projects that have a repository (row numbers)."""
    return list(await session.scalars(
        select(ProjectRepository.project_id).where(ProjectRepository.repository_id == repository_id)
    ))


async def note_and_tell(
    session: AsyncSession, repository: Repository, changes: Mapping[str, Sequence[Any]], *, by: str, now: datetime
) -> None:
    """Write what changed of a repository into the log of its projects, and tell their owners what they may act on."""
    if not changes:
        return
    projects = await projects_of(session, repository.id)
    for project_id in projects:
        note_change(
            session, now=now, actor=by, action="repository changed", subject=Subject.PROJECT, subject_id=project_id,
            changes={"repository": [repository.full_name, repository.full_name], **changes},
        )
    kinds = list(_kinds(changes))
    if kinds:
        await tell_owners(session, repository, kinds, projects=projects, now=now, before=_before(repository, changes))


async def tell_owners(
    session: AsyncSession, repository: Repository, kinds: Sequence[NoticeKind], *, projects: Sequence[int],
    now: datetime, path: str = "", **facts: str,
) -> None:
    """Tell the owners of projects something of their repository; ``path`` leads on from the project's page."""
    owners = await session.execute(
        select(Project.slug, Project.name, Membership.person_id)
        .join(Membership, Membership.project_id == Project.id)
        .where(
            Project.id.in_(projects), Membership.role == MembershipRole.OWNER, Membership.left_on.is_(None)
        )
    )
    for row in owners:
        for kind in kinds:
            tell(
                session, [row.person_id], kind=kind, path=f"/projects/{row.slug}{path}", now=now, project=row.name,
                repository=repository.full_name, **facts,
            )


def _kinds(changes: Mapping[str, Sequence[Any]]) -> Iterator[NoticeKind]:
    if "full_name" in changes:
        yield NoticeKind.REPOSITORY_MOVED
    if changes.get("is_archived") == [False, True]:
        yield NoticeKind.REPOSITORY_ARCHIVED
    _before_state, state = changes.get("state", (None, None))
    if state in _TOLD_OF_STATES:
        yield _TOLD_OF_STATES[state]


def _before(repository: Repository, changes: Mapping[str, Sequence[Any]]) -> str:
    before, _after = changes.get("full_name", (repository.full_name, None))
    return str(before)
