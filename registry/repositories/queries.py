"""What the synchronisation asks of the record: which links lead to repositories, and whose turn it is."""

from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlalchemy import select

from registry.database.engine import Reader
from registry.projects.models import Link, Project
from registry.projects.rules import LinkKind
from registry.repositories.models import ProjectRepository, Repository, RepositoryAlias
from registry.repositories.rules import RepositoryState, is_turn_of, turns_between


class RepositoryDue(msgspec.Struct, frozen=True):
    """A repository to look at, with what is known of when it was last read."""

    id: int
    full_name: str
    etag: str | None
    pushed_at: datetime | None
    state: RepositoryState
    read_at: datetime | None
    wanted_at: datetime | None

    def is_due(self, *, turns: range, now: datetime) -> bool:
        """Whether it was never read, is wanted by now, or has its turn."""
        if self.wanted_at is not None:
            return self.wanted_at <= now
        if self.read_at is None and self.state is RepositoryState.PRESENT:
            return True
        between = turns_between(self.state, pushed_at=self.pushed_at, now=now)
        return is_turn_of(self.id, turns=turns, between=between)


async def repository_links(reader: Reader) -> list[tuple[int, str]]:
    """The project and address of each link of a public project that leads to source code (one statement)."""
    rows = await reader.execute(
        select(Link.project_id, Link.url).join(Project, Project.id == Link.project_id)
        .where(Link.kind == LinkKind.REPOSITORY, Project.hidden_at.is_(None)).order_by(Link.project_id, Link.id)
    )
    return [(row.project_id, row.url) for row in rows]


async def names_known(reader: Reader, *, forge: str) -> dict[str, int]:
    """Each name that leads to a repository, older ones too, and which one it leads to (two statements)."""
    aliases = await reader.execute(
        select(RepositoryAlias.name_key, RepositoryAlias.repository_id).where(RepositoryAlias.forge == forge)
    )
    known: dict[str, int] = {row.name_key: row.repository_id for row in aliases}
    rows = await reader.execute(
        select(Repository.name_key, Repository.id).where(Repository.forge == forge).order_by(Repository.id)
    )
    return known | {row.name_key: row.id for row in rows}


async def projects_linked(reader: Reader, *, forge: str) -> set[tuple[int, int]]:
    """Which projects have which repositories (one statement)."""
    rows = await reader.execute(
        select(ProjectRepository.project_id, ProjectRepository.repository_id)
        .join(Repository, Repository.id == ProjectRepository.repository_id).where(Repository.forge == forge)
    )
    return {(row.project_id, row.repository_id) for row in rows}


async def repositories_of(
    reader: Reader, *, forge: str, slugs: Collection[str] | None = None
) -> list[RepositoryDue]:
    """The repositories that projects have, or those of the named projects (one statement)."""
    has_project = (
        select(ProjectRepository.repository_id).join(Project, Project.id == ProjectRepository.project_id)
        .where(Project.hidden_at.is_(None))
    )
    if slugs is not None:
        has_project = has_project.where(Project.slug.in_(slugs))
    columns = [getattr(Repository, name) for name in RepositoryDue.__struct_fields__]
    rows = await reader.execute(
        select(*columns).where(Repository.forge == forge, Repository.id.in_(has_project)).order_by(Repository.id)
    )
    return [RepositoryDue(*row) for row in rows]
