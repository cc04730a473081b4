"""What belongs to a repository, brought up to date row by row: releases, issues to start with, contributors."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.database.base import Base
from registry.repositories.findings import RepositoryFound
from registry.repositories.models import (
    Repository,
    RepositoryContributor,
    RepositoryReadme,
    RepositoryRelease,
    StarterIssue,
)


async def settle_parts(session: AsyncSession, repository: Repository, found: RepositoryFound) -> None:
    """Make what belongs to a repository what was found; rows that are right already are left alone."""
    await _settle(session, repository.id, RepositoryRelease, "tag", found.releases, keeps=True)
    await _settle(session, repository.id, StarterIssue, "number", found.issues)
    await _settle(session, repository.id, RepositoryReadme, "name", [found.readme] if found.readme else [])
    if found.contributors is not None:
        await _settle(session, repository.id, RepositoryContributor, "account_id", found.contributors)
        repository.anonymous_count = found.anonymous_count or 0


async def _settle(
    session: AsyncSession, repository_id: int, table: type[Base], key: str, found: Sequence[msgspec.Struct], *,
    keeps: bool = False,
) -> None:
    """Make the rows of a repository those that were found; untouched where they are, kept where ``keeps`` says so."""
    columns = table.__table__.c
    mine = columns["repository_id"] == repository_id
    names = found[0].__struct_fields__ if found else (key,)
    known = {
        row[0]: tuple(row[1:]) for row in await session.execute(
            select(columns[key], *(columns[name] for name in names)).where(mine)
        )
    }
    wanted = {getattr(one, key): msgspec.structs.astuple(one) for one in found}
    gone = set() if keeps else known.keys() - wanted.keys()
    changed = {one for one in known.keys() & wanted.keys() if known[one] != wanted[one]}
    if gone | changed:
        await session.execute(delete(table).where(mine, columns[key].in_(gone | changed)))
    new = [
        {"repository_id": repository_id, **dict(zip(names, wanted[one], strict=True))}
        for one in wanted if one in changed or one not in known
    ]
    if new:
        await session.execute(insert(table), new)
