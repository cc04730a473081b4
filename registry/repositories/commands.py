"""Writing down what a forge tells of repositories; nothing that is known already is written again."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import note_change
from registry.activity.rules import Subject
from registry.database.engine import settings_of
from registry.errors import BadInput
from registry.inbox.rules import NoticeKind
from registry.projects.models import Project
from registry.repositories.credit import FORGE, accounts_of, credit_commits
from registry.repositories.files.fields import Fault
from registry.repositories.files.formats import Stated
from registry.repositories.filling import fill_gaps
from registry.repositories.findings import RepositoryFound, RepositoryLook, RepositoryTold
from registry.repositories.models import ProjectRepository, Repository, RepositoryAlias
from registry.repositories.naming import is_named, leave_unnamed, name_again
from registry.repositories.parts import settle_parts
from registry.repositories.queries import names_known, projects_linked
from registry.repositories.rules import Evidence, RepositoryStanding, RepositoryState, after_telling, is_overtaken
from registry.repositories.telling import note_and_tell, projects_of, tell_owners
from registry.stages.found import settle_found
from registry.web.i18n import gettext as _

_FACTS = (
    "forge_id", "full_name", "url", "description", "homepage", "language", "licence", "topics", "star_count",
    "fork_count", "is_archived", "is_fork", "default_branch", "pushed_at", "etag",
)
_LOGGED = ("full_name", "is_archived", "state")
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


async def record_repositories(
    session: AsyncSession, *, looks: Sequence[RepositoryLook], by: str, now: datetime
) -> None:
    """Write down repositories that were read whole; ``by`` is how the log names the forge.

    Each may have another name than we knew: the old one stays its alias. It may turn out to be one that we know under
    its new name already: then both become one. Projects that have it were active when it was pushed to, and what it
    shows is evidence for their checkpoints, whose commits it holds is credited with them. A new name, and that it is
    archived or seen again, stands in their log. What its files state fills gaps of the project, and owners hear of what
    in them cannot be understood. What is older than what the forge told meanwhile is left, and read again.
    """
    changed: dict[int, bool] = {}
    for look in looks:
        for project_id in await _record(session, look, by=by, now=now):
            changed[project_id] = changed.get(project_id, False) or look.found.weeks is not None
    await settle_found(session, projects=list(changed), now=now)
    worked_on = [project_id for project_id, has_weeks in changed.items() if has_weeks]
    await credit_commits(session, projects=worked_on, now=now)


async def _record(session: AsyncSession, look: RepositoryLook, *, by: str, now: datetime) -> list[int]:
    """Write down one repository; the projects that have it."""
    found = look.found
    repository = await _one_of_its_kind(session, look.repository_id, found)
    heard_at = (repository.read_at, repository.wanted_at)
    if is_overtaken(found.updated_at, repository.told_at, heard_at=heard_at, now=now):
        return []
    is_new, before = repository.read_at is None, _logged(repository)
    await _take_name(session, repository, found.full_name)
    for name in _FACTS:
        setattr(repository, name, getattr(found, name))
    repository.state, repository.read_at = RepositoryState.PRESENT, now
    repository.told_at = found.updated_at or repository.told_at
    repository.evidence = _evidence(repository, found)
    stated_before = msgspec.convert(repository.stated, Stated)
    repository.stated = msgspec.to_builtins(found.files.stated)
    faulty = _newly_faulty(repository, found)
    repository.faults = msgspec.to_builtins(found.files.faults)
    _answers_wish(repository, look.wanted_at)
    await session.flush()
    await settle_parts(session, repository, found, is_new=is_new)
    projects = await projects_of(session, repository.id)
    if found.pushed_at:
        day = found.pushed_at.date()
        await session.execute(update(Project).where(
            Project.id.in_(projects), or_(Project.last_active_on.is_(None), Project.last_active_on < day)
        ).values(last_active_on=day))
    if not is_new:
        await note_and_tell(session, repository, _changes(before, _logged(repository)), by=by, now=now)
    if faulty:
        await tell_owners(
            session, repository, [NoticeKind.REPOSITORY_FAULTY], projects=projects, path="/repositories", now=now,
            files=", ".join(faulty),
        )
    if not found.is_fork:
        await fill_gaps(session, projects=projects, before=stated_before, stated=found.files.stated, by=by, now=now)
    await session.flush()
    return projects


async def note_absent(
    session: AsyncSession, *, repository_id: int, state: RepositoryState, wanted_at: datetime | None = None, by: str,
    now: datetime,
) -> None:
    """Note that a repository cannot be seen; what is known of it stays. Owners are told once, and it is in the log.

    Where a later wish than ``wanted_at`` says that something was told meanwhile, nothing is noted: it is looked again.
    """
    repository = await _locked(session, repository_id)
    if not _answers_wish(repository, wanted_at) or repository.state is state:
        return
    before, repository.state = _logged(repository), state
    await note_and_tell(session, repository, _changes(before, _logged(repository)), by=by, now=now)
    await session.flush()


async def take_told(session: AsyncSession, *, forge: str, told: RepositoryTold, by: str, now: datetime) -> None:
    """Take what a forge tells of a repository by itself; nothing happens where we have no such repository.

    What is newer than what we know is written down as far as it is told: a new name, archived or not, gone, private.
    In any case the repository is read anew soon, whatever the forge calls unchanged, for what is told is a hint.
    """
    repository = await _told_of(session, forge, told)
    if repository is None:
        return
    repository.wanted_at, repository.etag = now, None
    if repository.forge_id == told.forge_id:
        known = RepositoryStanding(
            full_name=repository.full_name, is_archived=repository.is_archived, state=repository.state,
            told_at=repository.told_at,
        )
        stands = after_telling(known, told.standing, now=now)
        if stands != known:
            before = _logged(repository)
            await _take_name(session, repository, stands.full_name)
            repository.full_name, repository.url = stands.full_name, told.url
            repository.is_archived, repository.state = stands.is_archived, stands.state
            repository.told_at = stands.told_at
            await note_and_tell(session, repository, _changes(before, _logged(repository)), by=by, now=now)
    await session.flush()


async def want_repositories(session: AsyncSession, *, ids: Iterable[int], at: datetime) -> None:
    """Let repositories be looked at from ``at`` on, besides their turns."""
    await session.execute(update(Repository).where(Repository.id.in_(ids)).values(wanted_at=at))


async def note_unchanged(session: AsyncSession, *, ids: Iterable[int]) -> None:
    """Take back the wish that repositories be looked at, for they have not changed; not if told of since."""
    await session.execute(
        update(Repository).where(Repository.id.in_(ids), Repository.etag.is_not(None)).values(wanted_at=None)
    )


def _answers_wish(repository: Repository, wanted_at: datetime | None) -> bool:
    """Take back the wish that a repository be looked at; false when there is a later one than ``wanted_at``."""
    if repository.wanted_at != wanted_at:
        return False
    repository.wanted_at = None
    return True


def _logged(repository: Repository) -> dict[str, Any]:
    return {name: getattr(repository, name) for name in _LOGGED}


def _evidence(repository: Repository, found: RepositoryFound) -> dict[str, str]:
    """What a repository shows now; who has commits in it is as it was, where that was not asked for."""
    shown = {evidence.value: url for evidence, url in sorted(found.evidence.items())}
    known = Evidence.TWO_PEOPLE.value
    if found.contributors is None and known in repository.evidence:
        shown[known] = repository.evidence[known]
    return shown


def _newly_faulty(repository: Repository, found: RepositoryFound) -> list[str]:
    """The files with a fault that was not there at the last look."""
    known = msgspec.convert(repository.faults, list[Fault])
    return list(dict.fromkeys(fault.file for fault in found.files.faults if fault not in known))


def _changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    return {name: [before[name], after[name]] for name in before if before[name] != after[name]}


async def _told_of(session: AsyncSession, forge: str, told: RepositoryTold) -> Repository | None:
    """Our row of a repository that is told of: by its number, else by its name, under which we may know another one."""
    by_number = await session.scalar(
        select(Repository).where(Repository.forge == forge, Repository.forge_id == told.forge_id).with_for_update()
    )
    if by_number is not None:
        return by_number
    return await session.scalar(
        select(Repository).where(Repository.forge == forge, Repository.name_key == told.standing.full_name.casefold())
        .order_by(Repository.id).limit(1).with_for_update()
    )


async def _take_name(session: AsyncSession, repository: Repository, full_name: str) -> None:
    """Let a repository be found under its new name, and under the old one as before."""
    if full_name.casefold() != repository.name_key:
        await _keep_name(session, repository, repository.name_key)
        repository.name_key = full_name.casefold()


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
    have = set(await projects_of(session, repository.id))
    session.add_all(
        ProjectRepository(project_id=project_id, repository_id=repository.id)
        for project_id in await projects_of(session, twin.id) if project_id not in have
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
