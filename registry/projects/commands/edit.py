"""Editing a project: its texts, licences, topics, other names, links and relations."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import note_change, refuse_older_revision
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.database.types import Localized
from registry.languages import in_its_language
from registry.projects.commands.found import NAME, SUMMARY
from registry.projects.commands.links import WrittenLink, check_links
from registry.projects.commands.parts import project_to_change, set_project_parts
from registry.projects.commands.relations import WrittenRelation, check_relations
from registry.projects.models import Project, Tag
from registry.projects.rules import normalise_name, slug_of
from registry.search.commands import refresh
from registry.web.i18n import gettext as _
from registry.web.i18n import languages

LICENCE = 200
MOST_TAGS = 12
MOST_ALIASES = 100
_BETWEEN_TAGS = re.compile(r"[,，、;；\n]")


class ProjectEdit(msgspec.Struct, frozen=True, kw_only=True):
    """What is to change of a project; what is none stays.

    ``tags`` and ``aliases`` are as people write them: topics with commas between them, names one to a line.
    """

    name: Localized | None = None
    summary: Localized | None = None
    description: Localized | None = None
    code_licence: str | None = None
    content_licence: str | None = None
    tags: str | None = None
    aliases: str | None = None
    links: Sequence[WrittenLink] | None = None
    relations: Sequence[WrittenRelation] | None = None


async def edit_project(
    session: AsyncSession, *, slug: str, edit: ProjectEdit, revision: int, theirs: Mapping[str, str], by: Actor,
    now: datetime,
) -> None:
    """Change parts of a project. Renders its description, makes new topics, writes one audit row, makes it findable.

    ``revision`` is the one that the editor saw, ``theirs`` the form's fields as they are now.

    Raises:
        NotFound: there is no such project.
        BadInput: something cannot be taken as it is, field by field.
        EditConflict: somebody else changed the project since ``revision``.
    """
    project = await project_to_change(session, slug)
    refuse_older_revision(project, revision, theirs=theirs)
    checks = Checks()
    parts = await _checked(session, checks, project, edit)
    checks.done()
    changes = await set_project_parts(session, project=project, parts=parts, now=now)
    if not changes:
        return
    note_change(
        session, now=now, actor=by.label, action="project edited", subject=Subject.PROJECT, subject_id=project.id,
        changes=changes,
    )
    await refresh(session, Subject.PROJECT, [project.id])


async def _checked(session: AsyncSession, checks: Checks, project: Project, edit: ProjectEdit) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    if edit.name is not None:
        parts["name"] = checks.lines("name", edit.name, longest=NAME, is_required=True)
    if edit.summary is not None:
        parts["summary"] = checks.lines("summary", edit.summary, longest=SUMMARY)
    if edit.description is not None:
        parts["description"] = checks.texts("description", edit.description)
    for field in ("code_licence", "content_licence"):
        written = getattr(edit, field)
        if written is not None:
            parts[field] = checks.line(field, written, longest=LICENCE) or None
    if edit.aliases is not None:
        parts["aliases"] = _checked_aliases(checks, edit.aliases)
    if edit.links is not None:
        parts["links"] = check_links(checks, edit.links)
    if edit.relations is not None:
        parts["relations"] = await check_relations(session, checks, project, edit.relations)
    if edit.tags is not None:
        parts["tags"] = await _checked_tags(session, checks, edit.tags)
    return parts


def _checked_aliases(checks: Checks, written: str) -> list[str]:
    names = {normalise_name(name): " ".join(name.split()) for name in reversed(written.splitlines())}
    kept = [name for normalised, name in reversed(names.items()) if normalised]
    for name in kept:
        checks.line("aliases", name, longest=NAME)
    if len(kept) > MOST_ALIASES:
        checks.wrong("aliases", _("Keep at most %(num)s other names.") % {"num": MOST_ALIASES})
    return kept


async def _checked_tags(session: AsyncSession, checks: Checks, written: str) -> list[str]:
    """The slugs of the topics written; those that nobody has used yet are made, unless something is wrong."""
    names = dict.fromkeys(" ".join(name.split()) for name in _BETWEEN_TAGS.split(written))
    wanted = {slug_of(name): name for name in reversed(names)}
    wanted.pop("", None)
    for name in wanted.values():
        checks.line("tags", name, longest=50)
    if len(wanted) > MOST_TAGS:
        checks.wrong("tags", _("Choose at most %(num)s topics.") % {"num": MOST_TAGS})
    if checks.errors:
        return []
    is_wanted = or_(
        Tag.slug.in_(wanted), *(Tag.name[tag].as_string().in_(list(wanted.values())) for tag in languages())
    )
    known = {
        word: tag for tag in await session.scalars(select(Tag).where(is_wanted))
        for word in (*tag.name.values(), tag.slug)
    }
    made = [
        Tag(slug=slug, name=in_its_language(name)) for slug, name in wanted.items()
        if slug not in known and name not in known
    ]
    session.add_all(made)
    await session.flush()
    await refresh(session, Subject.TAG, [tag.id for tag in made])
    used = {(known.get(slug) or known[name]).slug for slug, name in wanted.items() if slug in known or name in known}
    return [*sorted(used), *(tag.slug for tag in made)]
