"""Writing down what a forge tells of repositories; nothing that is known already is written again."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import note_change
from registry.activity.rules import Subject
from registry.database.engine import settings_of
from registry.errors import BadInput
from registry.inbox.commands import tell
from registry.inbox.rules import NoticeKind
from registry.people.models import Membership
from registry.people.rules import MembershipRole
from registry.projects.models import Project
from registry.repositories.credit import FORGE, accounts_of, credit_commits
from registry.repositories.findings import RepositoryFound
from registry.repositories.models import ProjectRepository, Repository, RepositoryAlias
from registry.repositories.naming import is_named, leave_unnamed, name_again
from registry.repositories.parts import settle_parts
from registry.repositories.queries import names_known, projects_linked
from registry.repositories.rules import RepositoryState
from registry.stages.found import settle_found
from registry.web.i18n import gettext as _

_FACTS = (
    "forge_id", "full_name", "url", "description", "homepage", "language", "licence", "topics", "star_count",
    "fork_count", "is_archived", "is_fork", "default_branch", "pushed_at", "etag",
)
_TOLD = ("full_name", "is_archived")
"""Changes of these stand in the log of the projects whose repository it is."""


async def link_repositories(
    session: AsyncSession, *, forge: str, links: Collection[tuple[int, str, str]], now: datetime
) -> None:
    """Let projects have the repositories that their links lead to, and no others.

    ``links`` are all that there are: project, the repository's full name, its address. A repository that is new to us
    is read at the next turn; one that no project has any more is kept, and no longer looked at.
    """
    known = await names_known(session, forge=forge)
    for _project, full_name, url in links:
        key = full_name.casefold()
        if key not in known:
            repository = Repository(
                forge=forge, full_name=full_name, name_key=key, url=url, topics=[], evidence={},
            )
            session.add(repository)
            await session.flush()
            known[key] = repository.id
    wanted = {(project_id, known[full_name.casefold()]) for project_id, full_name, _url in links}
    linked = await projects_linked(session, forge=forge)
    for project_id, repository_id in linked - wanted:
        await session.execute(delete(ProjectRepository).where(
            ProjectRepository.project_id == project_id, ProjectRepository.repository_id == repository_id
        ))
    session.add_all(
        ProjectRepository(project_id=project_id, repository_id=repository_id)
        for project_id, repository_id in sorted(wanted - linked)
    )
    await session.flush()
    changed = {project_id for project_id, _repository in wanted ^ linked}
    await settle_found(session, projects=changed, now=now)
    await credit_commits(session, projects=changed, now=now)


async def record_repository(
    session: AsyncSession, *, repository_id: int, found: RepositoryFound, by: str, now: datetime
) -> None:
    """Write down a repository that was read whole; ``by`` is how the log names the forge.

    It may have another name than we knew: the old one stays its alias. It may turn out to be one that we know under
    its new name already: then both become one. Projects that have it were active when it was pushed to, and what it
    shows is evidence for their checkpoints, whose commits it holds is credited with them. A new name, and that it is
    archived or seen again, stands in their log.
    """
    repository = await _one_of_its_kind(session, repository_id, found)
    before = {name: getattr(repository, name) for name in _TOLD}
    if found.full_name.casefold() != repository.name_key:
        await _keep_name(session, repository, repository.name_key)
        repository.name_key = found.full_name.casefold()
    changes: dict[str, Any] = {}
    if repository.read_at is not None:
        changes = {
            name: [before[name], getattr(found, name)] for name in _TOLD if before[name] != getattr(found, name)
        }
    if repository.state is not RepositoryState.PRESENT:
        changes["state"] = [repository.state.value, RepositoryState.PRESENT.value]
    for name in _FACTS:
        setattr(repository, name, getattr(found, name))
    repository.state, repository.read_at, repository.wanted_at = RepositoryState.PRESENT, now, None
    repository.evidence = {evidence.value: url for evidence, url in sorted(found.evidence.items())}
    await session.flush()
    await settle_parts(session, repository, found)
    projects = await _projects_of(session, repository.id)
    if found.pushed_at:
        day = found.pushed_at.date()
        await session.execute(update(Project).where(
            Project.id.in_(projects), or_(Project.last_active_on.is_(None), Project.last_active_on < day)
        ).values(last_active_on=day))
    _note(session, projects, repository, changes, by=by, now=now)
    await session.flush()
    await settle_found(session, projects=projects, now=now)
    if found.weeks is not None:
        await credit_commits(session, projects=projects, now=now)


async def note_absent(
    session: AsyncSession, *, repository_id: int, state: RepositoryState, by: str, now: datetime
) -> None:
    """Note that a repository cannot be seen; what is known of it stays. Owners are told once, and it is in the log."""
    repository = await _locked(session, repository_id)
    repository.wanted_at = None
    if repository.state is state:
        return
    before, repository.state = repository.state, state
    projects = await _projects_of(session, repository_id)
    _note(session, projects, repository, {"state": [before.value, state.value]}, by=by, now=now)
    owners = await session.execute(
        select(Project.id, Project.slug, Project.name, Membership.person_id)
        .join(Membership, Membership.project_id == Project.id)
        .where(
            Project.id.in_(projects), Membership.role == MembershipRole.OWNER, Membership.left_on.is_(None)
        )
    )
    for row in owners:
        tell(
            session, [row.person_id], kind=NoticeKind.REPOSITORY_GONE, path=f"/projects/{row.slug}", now=now,
            project=row.name, repository=repository.full_name,
        )
    await session.flush()


async def want_repositories(session: AsyncSession, *, ids: Iterable[int], at: datetime | None) -> None:
    """Let repositories be looked at from ``at`` on, besides their turns; none: at their turns only."""
    await session.execute(update(Repository).where(Repository.id.in_(ids)).values(wanted_at=at))


async def show_commits(session: AsyncSession, *, account: str, shows: bool, by: Actor, now: datetime) -> None:
    """Show the commits of somebody's own account, or count them without a name from now on.

    Raises:
        BadInput: it is no account with which they sign in.
    """
    assert by.person_id is not None  # noqa: S101 — the permission is not a visitor's
    number = next((one for one in await accounts_of(session, by.person_id) if str(one) == account), None)
    if number is None:
        raise BadInput(_("That account is not one you sign in with. Link it in your account first."))
    settings = settings_of(session)
    if await is_named(session, settings=settings, forge=FORGE, account=number) is shows:
        return
    if shows:
        await name_again(session, forge=FORGE, account=number)
    else:
        await leave_unnamed(session, forge=FORGE, accounts=[number], now=now)
    await credit_commits(session, people=[by.person_id], now=now)
    note_change(
        session, now=now, actor=by.label, action="commits shown" if shows else "commits hidden",
        subject=Subject.PERSON, subject_id=by.person_id, changes={"shows_commits": [not shows, shows]},
    )
    await session.flush()


async def _locked(session: AsyncSession, repository_id: int) -> Repository:
    return (await session.scalars(
        select(Repository).where(Repository.id == repository_id).with_for_update()
    )).one()


async def _one_of_its_kind(session: AsyncSession, repository_id: int, found: RepositoryFound) -> Repository:
    """The row of a repository; another row with the same number on the forge becomes part of it."""
    repository = await _locked(session, repository_id)
    twin = await session.scalar(select(Repository).where(
        Repository.forge == repository.forge, Repository.forge_id == found.forge_id, Repository.id != repository_id,
    ))
    if twin is None:
        return repository
    have = set(await _projects_of(session, repository.id))
    session.add_all(
        ProjectRepository(project_id=project_id, repository_id=repository.id)
        for project_id in await _projects_of(session, twin.id) if project_id not in have
    )
    await session.execute(
        update(RepositoryAlias).where(RepositoryAlias.repository_id == twin.id).values(repository_id=repository.id)
    )
    name = twin.name_key
    await session.delete(twin)
    await session.flush()
    if name not in {repository.name_key, found.full_name.casefold()}:
        await _keep_name(session, repository, name)
    return repository


async def _keep_name(session: AsyncSession, repository: Repository, name_key: str) -> None:
    alias = await session.get(RepositoryAlias, (repository.forge, name_key))
    if alias is None:
        session.add(RepositoryAlias(forge=repository.forge, name_key=name_key, repository_id=repository.id))
    else:
        alias.repository_id = repository.id
    await session.flush()


async def _projects_of(session: AsyncSession, repository_id: int) -> list[int]:
    return list(await session.scalars(
        select(ProjectRepository.project_id).where(ProjectRepository.repository_id == repository_id)
    ))


def _note(
    session: AsyncSession, projects: Iterable[int], repository: Repository, changes: Mapping[str, Any], *, by: str,
    now: datetime,
) -> None:
    for project_id in projects if changes else ():
        note_change(
            session, now=now, actor=by, action="repository changed", subject=Subject.PROJECT, subject_id=project_id,
            changes={"repository": [repository.full_name, repository.full_name], **changes},
        )
