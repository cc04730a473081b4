"""What a repository states fills what nobody has written of its project; what somebody wrote is never touched."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.commands import note_change
from registry.activity.rules import Subject
from registry.database.types import Localized
from registry.projects.commands.parts import links_of, set_project_parts
from registry.projects.models import Project
from registry.projects.rules import LinkKind
from registry.repositories.files.formats import Stated
from registry.search.commands import refresh


async def fill_gaps(
    session: AsyncSession, *, projects: Sequence[int], before: Stated, stated: Stated, by: str, now: datetime
) -> None:
    """Fill the gaps of a project with what its repository states now and did not state before.

    What was stated before and somebody took out stays out. A repository of several projects speaks for none of them.
    Writes an audit row that can be taken back.
    """
    if len(projects) != 1 or stated == before:
        return
    project = await session.scalar(
        select(Project).where(Project.id == projects[0], Project.hidden_at.is_(None)).with_for_update()
    )
    if project is None:
        return
    parts: dict[str, Any] = {
        "name": _with_gaps_filled(project.name, before.name, stated.name),
        "summary": _with_gaps_filled(project.summary, before.summary, stated.summary),
    }
    if stated.code_licence != before.code_licence and not project.code_licence:
        parts["code_licence"] = stated.code_licence or None
    if stated.site and stated.site != before.site:
        links = await links_of(session, project)
        if all(link["kind"] != LinkKind.SITE and link["url"] != stated.site for link in links):
            parts["links"] = [*links, {"url": stated.site, "label": None, "kind": LinkKind.SITE.value}]
    changes = await set_project_parts(session, project=project, parts=parts, now=now)
    if changes:
        note_change(
            session, now=now, actor=by, action="filled from repository", subject=Subject.PROJECT,
            subject_id=project.id, changes=changes,
        )
        await refresh(session, Subject.PROJECT, [project.id])


def _with_gaps_filled(written: Localized, before: Localized, stated: Localized) -> Localized:
    new = {tag: text for tag, text in stated.items() if before.get(tag) != text}
    return {**new, **{tag: text for tag, text in written.items() if text}} if new else written
