"""Evidence that was found in projects' repositories, for the checkpoints that ask for it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.handbook import ladder
from registry.repositories.models import ProjectRepository, Repository
from registry.stages.models import CheckpointEvidence

IN_REPOSITORY = "repository"
"""The source of such evidence."""


async def settle_found(session: AsyncSession, *, projects: Collection[int], now: datetime) -> None:
    """Make the evidence found for these projects what their repositories show now (at most four statements).

    What is shown still keeps the day on which it was found first; what people said is left alone.
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
    session.add_all(
        CheckpointEvidence(
            project_id=project_id, checkpoint_key=key, source=IN_REPOSITORY, url=url, noted_at=now,
        )
        for (project_id, key), url in wanted.items() if (project_id, key) not in known
    )
    await session.flush()
