"""Commits credited to the people whose accounts they are: who signed in with an account has claimed its work."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from registry.people.models import Contribution, Identity, Person
from registry.people.rules import IdentityProvider, PersonOrigin
from registry.repositories.models import CommitWeek, ProjectRepository, Repository, RepositoryContributor

FORGE = IdentityProvider.GITHUB.value
"""The forge whose accounts people sign in with, and the source of what is credited from it."""
COMMITS = "commit"
"""The kind of contribution: a week with commits to a project. How many there were is nobody's measure."""
Week = tuple[int | None, int | None, date]


async def credit_commits(
    session: AsyncSession, *, now: datetime, people: Collection[int] = (), projects: Collection[int] = ()
) -> None:
    """Make the contributions from the forge of these people, or to these projects, what is known now.

    What is there already keeps whether its person shows it. An erased person's stay as they are (at most five
    statements).
    """
    if not people and not projects:
        return
    here = Contribution.person_id.in_(people) if people else Contribution.project_id.in_(projects)
    accounts = await _accounts(session, people=people, projects=projects)
    wanted = await _wanted(session, accounts, projects=projects)
    rows = (await session.execute(
        select(
            Contribution.id, Contribution.person_id, Contribution.project_id, Contribution.happened_on,
            Contribution.evidence_url,
        )
        .join(Person, Person.id == Contribution.person_id)
        .where(here, Contribution.source == FORGE, Contribution.kind == COMMITS, Person.origin != PersonOrigin.ERASED)
        .order_by(Contribution.id.desc())
    )).all()
    known = {(row.person_id, row.project_id, row.happened_on): row for row in rows}
    first = {row.id for place, row in known.items() if place in wanted}  # merged projects may have a week twice
    gone = [row.id for row in rows if row.id not in first]
    if gone:
        await session.execute(delete(Contribution).where(Contribution.id.in_(gone)))
    for place, row in known.items():
        if place in wanted and wanted[place] != row.evidence_url:
            await session.execute(
                update(Contribution).where(Contribution.id == row.id).values(evidence_url=wanted[place])
            )
    new = [_row(place, url, now) for place, url in wanted.items() if place not in known]
    if new:
        await session.execute(insert(Contribution), new)


async def accounts_of(session: AsyncSession, person_id: int) -> list[int]:
    """The numbers of a person's accounts on the forge (one statement)."""
    return list(await _accounts(session, people=[person_id], projects=()))


async def _accounts(
    session: AsyncSession, *, people: Collection[int], projects: Collection[int]
) -> dict[int, int]:
    """Whose the accounts are: all of these people, or those that work on these projects."""
    query = select(Identity.subject, Identity.person_id).where(Identity.provider == IdentityProvider.GITHUB)
    if people:
        query = query.where(Identity.person_id.in_(people))
    else:
        query = query.where(Identity.subject.in_(
            select(cast(CommitWeek.account_id, String)).where(CommitWeek.repository_id.in_(
                select(ProjectRepository.repository_id).where(ProjectRepository.project_id.in_(projects))
            ))
        ))
    return {int(row.subject): row.person_id for row in await session.execute(query) if row.subject.isdecimal()}


async def _wanted(
    session: AsyncSession, accounts: dict[int, int], *, projects: Collection[int]
) -> dict[Week, str | None]:
    if not accounts:
        return {}
    conditions: list[ColumnElement[bool]] = [CommitWeek.account_id.in_(accounts), Repository.forge == FORGE]
    if projects:
        conditions.append(ProjectRepository.project_id.in_(projects))
    rows = await session.execute(
        select(
            CommitWeek.account_id, ProjectRepository.project_id, CommitWeek.week,
            func.min(RepositoryContributor.commits_url),
        )
        .join(Repository, Repository.id == CommitWeek.repository_id)
        .join(ProjectRepository, ProjectRepository.repository_id == CommitWeek.repository_id)
        .outerjoin(RepositoryContributor, (
            (RepositoryContributor.repository_id == CommitWeek.repository_id)
            & (RepositoryContributor.account_id == CommitWeek.account_id)
        ))
        .where(*conditions).group_by(CommitWeek.account_id, ProjectRepository.project_id, CommitWeek.week)
    )
    return {(accounts[account], project_id, week): url for account, project_id, week, url in rows}


def _row(place: Week, url: str | None, now: datetime) -> dict[str, Any]:
    person_id, project_id, week = place
    return {
        "person_id": person_id, "project_id": project_id, "happened_on": week, "kind": COMMITS, "source": FORGE,
        "evidence_url": url, "confirmed_at": now,
    }
