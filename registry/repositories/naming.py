"""Accounts that are not to be named, because their people were erased or do not want it.

Of such an account only a fingerprint stays, made with the installation's secret, so that nobody reads from it whose it
was and the next look at a repository does not bring the name back. Where a fingerprint was made with another secret,
nothing can be compared with it, and then no account is named that is not named already.
"""

import hashlib
import hmac
from collections import Counter
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, and_, case, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from registry.database.engine import Reader, settings_of
from registry.repositories.models import CommitWeek, Repository, RepositoryContributor, UnnamedAccount
from registry.repositories.rules import NOBODY_NAMED
from registry.settings import Settings

_MARK = 16


async def unnamed_among(
    session: AsyncSession, *, forge: str, repository_id: int, accounts: Collection[int]
) -> set[int]:
    """Those of a forge's accounts that are not to be named in a repository (one statement)."""
    if not accounts:
        return set()
    by_hash = {_fingerprint(settings_of(session), forge, account): account for account in accounts}
    mark = _key_mark(settings_of(session))
    rows = (await session.execute(
        select(UnnamedAccount.account_hash, UnnamedAccount.key_mark).where(
            UnnamedAccount.forge == forge,
            or_(UnnamedAccount.account_hash.in_(by_hash), UnnamedAccount.key_mark != mark),
        )
    )).all()
    unnamed = {by_hash[row.account_hash] for row in rows if row.account_hash in by_hash}
    if any(row.key_mark != mark for row in rows):
        named = await session.scalars(
            select(RepositoryContributor.account_id).where(RepositoryContributor.repository_id == repository_id)
        )
        unnamed |= set(accounts) - set(named)
    return unnamed


async def is_named(reader: Reader, *, settings: Settings, forge: str, account: int) -> bool:
    """Whether an account may be named (one statement)."""
    found = await reader.scalar(select(UnnamedAccount.account_hash).where(
        UnnamedAccount.forge == forge, UnnamedAccount.account_hash == _fingerprint(settings, forge, account)
    ))
    return found is None


async def noted_with_other_secret(reader: Reader, *, settings: Settings) -> int:
    """How many fingerprints cannot be compared with, because the secret is another one now (one statement)."""
    return await reader.scalar(
        select(func.count()).select_from(UnnamedAccount).where(UnnamedAccount.key_mark != _key_mark(settings))
    ) or 0


async def leave_unnamed(session: AsyncSession, *, forge: str, accounts: Collection[int], now: datetime) -> None:
    """Take the names of accounts out of every repository for good; what they did stays in the numbers."""
    if not accounts:
        return
    wanted = {_fingerprint(settings_of(session), forge, account) for account in accounts}
    noted = set(await session.scalars(select(UnnamedAccount.account_hash).where(
        UnnamedAccount.forge == forge, UnnamedAccount.account_hash.in_(wanted)
    )))
    session.add_all(
        UnnamedAccount(forge=forge, account_hash=one, key_mark=_key_mark(settings_of(session)), noted_at=now)
        for one in sorted(wanted - noted)
    )
    await session.flush()
    await _unname_contributors(session, forge, accounts)
    await _unname_weeks(session, forge, accounts)


async def name_again(session: AsyncSession, *, forge: str, account: int) -> None:
    """Let an account be named again, from the next look at each repository on."""
    await session.execute(delete(UnnamedAccount).where(
        UnnamedAccount.forge == forge, UnnamedAccount.account_hash == _fingerprint(settings_of(session), forge, account)
    ))


async def _unname_contributors(session: AsyncSession, forge: str, accounts: Collection[int]) -> None:
    theirs = [RepositoryContributor.account_id.in_(accounts), RepositoryContributor.repository_id.in_(_of(forge))]
    counts = Counter(await session.scalars(select(RepositoryContributor.repository_id).where(*theirs)))
    if counts:
        await session.execute(delete(RepositoryContributor).where(*theirs))
        await session.execute(update(Repository).where(Repository.id.in_(counts)).values(
            anonymous_count=Repository.anonymous_count + case(counts, value=Repository.id, else_=0)
        ))


async def _unname_weeks(session: AsyncSession, forge: str, accounts: Collection[int]) -> None:
    theirs = [CommitWeek.account_id.in_(accounts), CommitWeek.repository_id.in_(_of(forge))]
    weeks: Counter[tuple[int, object]] = Counter()
    for repository_id, week, count in await session.execute(
        select(CommitWeek.repository_id, CommitWeek.week, CommitWeek.commit_count).where(*theirs)
    ):
        weeks[repository_id, week] += count
    if not weeks:
        return
    there = {repository_id for repository_id, _ in weeks}
    unnamed = [CommitWeek.account_id == NOBODY_NAMED, CommitWeek.repository_id.in_(there)]
    for repository_id, week, count in await session.execute(
        select(CommitWeek.repository_id, CommitWeek.week, CommitWeek.commit_count).where(*unnamed)
    ):
        weeks[repository_id, week] += count
    await session.execute(delete(CommitWeek).where(or_(and_(*theirs), and_(*unnamed))))
    await session.execute(insert(CommitWeek), [
        {"repository_id": repository_id, "week": week, "account_id": NOBODY_NAMED, "commit_count": count}
        for (repository_id, week), count in weeks.items()
    ])


def _of(forge: str) -> Select[int]:
    return select(Repository.id).where(Repository.forge == forge)


def _fingerprint(settings: Settings, forge: str, account: int) -> str:
    return hmac.new(_secret(settings), f"unnamed account {forge} {account}".encode(), hashlib.sha256).hexdigest()


def _key_mark(settings: Settings) -> str:
    return hmac.new(_secret(settings), b"unnamed accounts", hashlib.sha256).hexdigest()[:_MARK]


def _secret(settings: Settings) -> bytes:
    return settings.secret_key.get_secret_value().encode()
