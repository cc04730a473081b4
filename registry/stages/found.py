"""Evidence that was found in projects' repositories, for the checkpoints that ask for it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from registry.handbook import ladder
from registry.repositories.models import ProjectRepository, Repository, RepositoryRelease, StarterIssue
from registry.repositories.rules import Evidence
from registry.stages.models import CheckpointEvidence

IN_REPOSITORY = "repository"
"""The source of such evidence."""


async def settle_found(session: AsyncSession, *, projects: Collection[int], now: datetime) -> None:
    """Make the evidence found for these projects what their repositories show now (at most five statements).

    What is new is dated by the repository where it tells since when, else by today; what is shown still keeps its day.
    What people said is left alone.
    """
    if not projects:
        return
    facts: dict[int, dict[str, str]] = {}
    for project_id, evidence in await session.execute(
        select(ProjectRepository.project_id, Repository.evidence)
        .join(Repository, Repository.id == ProjectRepository.repository_id)
        .where(ProjectRepository.project_id.in_(projects)).order_by(Repository.id.desc())
    ):
        facts.setdefault(project_id, {}).update(evidence)
    checkpoints = [(one.key, one.evidence) for stage in ladder().stage for one in stage.checkpoint]
    wanted = {
        (project_id, key): shown[fact] for project_id, shown in facts.items() for key, fact in checkpoints
        if fact in shown
    }
    known = {
        (row.project_id, row.checkpoint_key): (row.id, row.url) for row in await session.execute(
            select(
                CheckpointEvidence.id, CheckpointEvidence.project_id, CheckpointEvidence.checkpoint_key,
                CheckpointEvidence.url,
            ).where(CheckpointEvidence.project_id.in_(projects), CheckpointEvidence.source == IN_REPOSITORY)
        )
    }
    gone = [row_id for place, (row_id, _) in known.items() if place not in wanted]
    if gone:
        await session.execute(delete(CheckpointEvidence).where(CheckpointEvidence.id.in_(gone)))
    new = {place: url for place, url in wanted.items() if place not in known}
    since = await _since(session, {project_id for project_id, _key in new}) if new else {}
    asks_for = dict(checkpoints)
    session.add_all(
        CheckpointEvidence(
            project_id=project_id, checkpoint_key=key, source=IN_REPOSITORY, url=url,
            noted_at=since.get((project_id, asks_for[key]), now),
        )
        for (project_id, key), url in new.items()
    )
    await session.flush()


async def _since(session: AsyncSession, projects: Collection[int]) -> dict[tuple[int, str | None], datetime]:
    """Since when each project shows a fact, where its repositories tell: its first release, its oldest open issue."""
    told = (
        (Evidence.RELEASE, RepositoryRelease.repository_id, RepositoryRelease.published_at),
        (Evidence.GOOD_FIRST_ISSUE, StarterIssue.repository_id, StarterIssue.opened_at),
    )
    rows = await session.execute(union_all(*(
        select(ProjectRepository.project_id, literal(fact.value), func.min(moment))
        .join(ProjectRepository, ProjectRepository.repository_id == repository)
        .where(ProjectRepository.project_id.in_(projects)).group_by(ProjectRepository.project_id)
        for fact, repository, moment in told
    )))
    return {(project_id, fact): moment for project_id, fact, moment in rows}
