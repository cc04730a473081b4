"""Which links lead to repositories, whose turn it is to be looked at, and what was read, for those who keep them."""

from collections.abc import Collection
from datetime import datetime
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from registry.database.aggregate import AnySelect
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.ports import RepositoryFacts
from registry.projects.models import Link, Project
from registry.projects.rules import LinkKind
from registry.repositories.files.fields import Fault
from registry.repositories.files.formats import Stated
from registry.repositories.models import ProjectRepository, Repository, RepositoryAlias
from registry.repositories.rules import RepositoryState, is_turn_of, turns_between
from registry.web.i18n import plain


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


class RepositoryLooked(msgspec.Struct, frozen=True):
    """A repository of a project, for those who keep it: how it stands, and what was read in it."""

    full_name: str
    url: str
    state: RepositoryState
    is_archived: bool
    read_at: datetime | None
    wanted_at: datetime | None
    language: str | None
    licence: str | None
    evidence: dict[str, str]
    stated: Stated
    faults: list[Fault]
    project_count: int

    @property
    def by_file(self) -> dict[str, list[Fault]]:
        """The faults, file by file."""
        files: dict[str, list[Fault]] = {}
        for fault in self.faults:
            files.setdefault(fault.file, []).append(fault)
        return files


class RepositoryBacklog(msgspec.Struct, frozen=True):
    """How many repositories there are, how many wait to be looked at, and when one was read last."""

    total: int
    waiting: int
    read_at: datetime | None


async def repositories_of_project(reader: Reader, slug: str) -> tuple[Localized, list[RepositoryLooked]] | None:
    """A project's name and its repositories; none when the public sees no such project (two statements)."""
    project = (await reader.execute(
        select(Project.id, Project.name).where(Project.slug == slug, Project.hidden_at.is_(None))
    )).one_or_none()
    if project is None:
        return None
    others = aliased(ProjectRepository)
    rows = await reader.execute(
        select(
            Repository.full_name, Repository.url, Repository.state, Repository.is_archived, Repository.read_at,
            Repository.wanted_at, Repository.language, Repository.licence, Repository.evidence, Repository.stated,
            Repository.faults,
            select(func.count()).where(others.repository_id == Repository.id).scalar_subquery().label("project_count"),
        )
        .join(ProjectRepository, ProjectRepository.repository_id == Repository.id)
        .where(ProjectRepository.project_id == project.id).order_by(Repository.id)
    )
    return project.name, [
        RepositoryLooked(
            row.full_name, row.url, row.state, row.is_archived, row.read_at, row.wanted_at, row.language, row.licence,
            row.evidence, msgspec.convert(row.stated, Stated), msgspec.convert(row.faults, list[Fault]),
            row.project_count,
        )
        for row in rows
    ]


async def facts_known(reader: Reader, *, forge: str, url: str) -> RepositoryFacts | None:
    """What is known of the repository at an address from when it was last read; none of one never read (one statement).

    It may have had another name; one that cannot be seen any more is not told of.
    """
    parts = urlsplit(url)
    key = "/".join(parts.path.casefold().removesuffix(".git").split("/")[1:3])
    older = select(RepositoryAlias.repository_id).where(
        RepositoryAlias.forge == forge, RepositoryAlias.name_key == key
    )
    rows = await reader.execute(
        select(
            Repository.url, Repository.full_name, Repository.description, Repository.licence, Repository.topics,
            Repository.stated,
        )
        .where(
            Repository.forge == forge, or_(Repository.name_key == key, Repository.id.in_(older)),
            Repository.read_at.is_not(None), Repository.state == RepositoryState.PRESENT,
        ).order_by(Repository.id)
    )
    host = parts.netloc.casefold().removeprefix("www.")
    row = next((one for one in rows if urlsplit(one.url).netloc == host), None)
    if row is None:
        return None
    stated = msgspec.convert(row.stated, Stated)
    return RepositoryFacts(
        url=row.url, name=plain(stated.name) or row.full_name.partition("/")[2],
        description=plain(stated.summary) or row.description or "", licence=stated.code_licence or row.licence or "",
        topics=tuple(row.topics), site=stated.site,
    )


def repository_counts(now: datetime) -> AnySelect:
    """How the looks at repositories that projects have keep up, as the columns of ``RepositoryBacklog``."""
    is_new = and_(Repository.read_at.is_(None), Repository.state == RepositoryState.PRESENT)
    return select(
        func.count(), func.count().filter(or_(Repository.wanted_at <= now, is_new)), func.max(Repository.read_at)
    ).where(Repository.id.in_(select(ProjectRepository.repository_id)))


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


async def oldest_reading(reader: Reader) -> datetime | None:
    """When the repository was read that has not been read longest, of those that are there (one statement)."""
    moment: datetime | None = await reader.scalar(
        select(func.min(Repository.read_at)).where(Repository.state == RepositoryState.PRESENT)
    )
    return moment
