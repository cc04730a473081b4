"""What a project is to others, as its people say."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.models import SlugRedirect
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.projects.models import Project, ProjectAlias
from registry.projects.queries.editing import projects_named
from registry.projects.rules import RelationKind, normalise_name
from registry.web.i18n import gettext as _
from registry.web.i18n import plain

MOST_RELATIONS = 50


class WrittenRelation(msgspec.Struct, frozen=True):
    """A relation as a form or the API brings it; ``project`` is the other one's slug, address or name."""

    kind: str
    project: str


async def check_relations(
    session: AsyncSession, checks: Checks, project: Project, relations: Sequence[WrittenRelation]
) -> list[dict[str, Any]]:
    """The relations as they are kept, without those that name no project.

    The fields of the first one are called ``relation-1-kind`` and ``relation-1-project``.
    """
    kept: list[dict[str, Any]] = []
    for number, relation in enumerate(relations, 1):
        field = f"relation-{number}"
        if not relation.project.strip():
            continue
        kind = checks.one_of(f"{field}-kind", relation.kind, list(RelationKind), is_required=True)
        name = checks.line(f"{field}-project", relation.project, longest=500)
        other = await _project_meant(session, name)
        if other is None:
            checks.wrong(f"{field}-project", await _who_is_meant(session, name))
        elif other.id == project.id:
            checks.wrong(f"{field}-project", _("This is the project itself. Name another one."))
        elif (one := {"kind": kind, "project": other.slug}) in kept:
            checks.wrong(f"{field}-project", _("This is said already. Once is enough."))
        else:
            kept.append(one)
    if len(kept) > MOST_RELATIONS:
        checks.wrong("relation-1-project", _("Keep at most %(num)s related projects.") % {"num": MOST_RELATIONS})
    return kept


async def _project_meant(session: AsyncSession, name: str) -> Project | None:
    """The public project with this slug, at this address of ours, or the only one that goes by this name."""
    slug = unquote(urlsplit(name).path).rstrip("/").rpartition("/")[2]
    known_as = select(SlugRedirect.subject_id).where(
        SlugRedirect.subject == Subject.PROJECT, SlugRedirect.old_slug == slug
    )
    named = select(ProjectAlias.project_id).where(ProjectAlias.normalised == normalise_name(name))
    for is_meant in (
        Project.slug == slug, Project.id.in_(known_as),
        Project.id.in_(named) | (Project.sort_name == name.casefold()),
    ):
        found = (await session.scalars(select(Project).where(is_meant, Project.hidden_at.is_(None)).limit(2))).all()
        if len(found) == 1:
            return found[0]
    return None


async def _who_is_meant(session: AsyncSession, name: str) -> str:
    close = await projects_named(await session.connection(), name)
    if not close:
        return _("No project goes by this. Use its address on this site, or the last part of it.")
    names = _(", ").join(f"{plain(one.name)} ({one.slug})" for one in close[:3])
    return _("Use the address of the project you mean, for example: %(projects)s.") % {"projects": names}
