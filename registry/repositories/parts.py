"""The parts of a repository that was read whole: who works on it and when, releases, merged work, first issues, README.

Rows that are right already are left alone: each write empties the page cache.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.database.base import Base
from registry.repositories.findings import RepositoryFound, WeekFound
from registry.repositories.models import (
    CommitWeek,
    MergedChange,
    Repository,
    RepositoryContributor,
    RepositoryReadme,
    RepositoryRelease,
    StarterIssue,
)
from registry.repositories.naming import unnamed_among
from registry.repositories.rules import NOBODY_NAMED


async def settle_parts(
    session: AsyncSession, repository: Repository, found: RepositoryFound, *, is_new: bool
) -> None:
    """Make the rows of a repository what was found; accounts that are not to be named are counted without a name.

    One that ``is_new`` has no rows yet, which spares asking.
    """
    parts: list[tuple[type[Base], str, Sequence[msgspec.Struct], bool]] = [
        (RepositoryRelease, "tag", found.releases, True), (MergedChange, "number", found.changes, True),
        (StarterIssue, "number", found.issues, False),
        (RepositoryReadme, "name", [found.readme] if found.readme else [], False),
    ]
    accounts = {one.account_id for one in (*(found.contributors or ()), *(found.weeks or ()))} - {NOBODY_NAMED}
    unnamed = await unnamed_among(
        session, forge=repository.forge, repository_id=repository.id, accounts=accounts
    ) if accounts else set()
    if found.contributors is not None:
        named = [one for one in found.contributors if one.account_id not in unnamed]
        parts.append((RepositoryContributor, "account_id", named, False))
        repository.anonymous_count = (found.anonymous_count or 0) + len(found.contributors) - len(named)
    for table, key, rows, keeps in parts:
        if rows or not (is_new or keeps):
            known = {} if is_new else await _known(session, repository.id, table, key, rows)
            await _settle(session, repository.id, table, key, rows, known=known, keeps=keeps)
    if found.weeks is not None:
        await _settle_weeks(session, repository, found, _without_names(found.weeks, unnamed))
    await session.flush()


async def _known(
    session: AsyncSession, repository_id: int, table: type[Base], key: str, found: Sequence[msgspec.Struct]
) -> dict[Any, tuple[Any, ...]]:
    """The rows of a repository as they are, by their key."""
    columns = table.__table__.c
    names = found[0].__struct_fields__ if found else (key,)
    return {
        row[0]: tuple(row[1:]) for row in await session.execute(
            select(columns[key], *(columns[name] for name in names)).where(columns["repository_id"] == repository_id)
        )
    }


async def _settle(
    session: AsyncSession, repository_id: int, table: type[Base], key: str, found: Sequence[msgspec.Struct], *,
    known: Mapping[Any, tuple[Any, ...]], keeps: bool,
) -> None:
    """Make the rows of a repository those that were found; untouched where they are, kept where ``keeps`` says so."""
    if keeps and not found:
        return
    columns = table.__table__.c
    names = found[0].__struct_fields__ if found else (key,)
    wanted = {getattr(one, key): msgspec.structs.astuple(one) for one in found}
    gone = set() if keeps else known.keys() - wanted.keys()
    changed = {one for one in known.keys() & wanted.keys() if known[one] != wanted[one]}
    if gone | changed:
        await session.execute(
            delete(table).where(columns["repository_id"] == repository_id, columns[key].in_(gone | changed))
        )
    new = [
        {"repository_id": repository_id, **dict(zip(names, wanted[one], strict=True))}
        for one in wanted if one in changed or one not in known
    ]
    if new:
        await session.execute(insert(table), new)


async def _settle_weeks(
    session: AsyncSession, repository: Repository, found: RepositoryFound, weeks: Iterable[WeekFound]
) -> None:
    """Put the weeks that were found in the place of those from the same day on; what is known from before stays."""
    mine = CommitWeek.repository_id == repository.id
    since, rows = found.weeks_since, [{"repository_id": repository.id, **msgspec.structs.asdict(one)} for one in weeks]
    if since is None or repository.weeks_since is None:
        await session.execute(delete(CommitWeek).where(mine))
        repository.weeks_since = since or min((row["week"] for row in rows), default=None)
    else:
        await session.execute(delete(CommitWeek).where(mine, CommitWeek.week >= since))
        repository.weeks_since = min(since, repository.weeks_since)
    if rows:
        await session.execute(insert(CommitWeek), rows)


def _without_names(weeks: Iterable[WeekFound], unnamed: Collection[int]) -> list[WeekFound]:
    counts: dict[tuple[int, date], WeekFound] = {}
    for one in weeks:
        account = NOBODY_NAMED if one.account_id in unnamed else one.account_id
        before = counts.get((account, one.week))
        counts[account, one.week] = WeekFound(
            one.week, account, one.commit_count + (before.commit_count if before else 0)
        )
    return list(counts.values())
