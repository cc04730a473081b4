"""A project's parts as plain lists and texts: read, and set back, whole. What edits, undo and merging are made of."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.commands import change_fields, mark_changed
from registry.errors import NotFound
from registry.projects.models import Link, Need, Project, ProjectAlias, ProjectRelation, ProjectTag, Tag
from registry.projects.rules import LinkKind, NeedState, RelationKind, normalise_name, sort_name_of
from registry.projects.words import no_such_project
from registry.web.markdown import render_markdown

FIELDS = frozenset({"name", "summary", "description", "code_licence", "content_licence"})
Rows: TypeAlias = Sequence[Any]


async def set_project_parts(
    session: AsyncSession, *, project: Project, parts: Mapping[str, Any], now: datetime
) -> dict[str, list[Any]]:
    """Set the named parts of a project; what changed, as ``note_change`` takes it and as this takes it back.

    Parts are the texts of ``FIELDS`` and the lists ``links``, ``needs``, ``relations``, ``aliases`` and ``tags``
    (slugs), each whole and as plain values: an audit row's ``{part: [before, after]}`` is undone with
    ``{part: before}``. Checks nothing; counts a revision where anything changed; writes no audit row.

    Raises:
        KeyError: a part is none of ``PARTS`` (a team or an update is set back by their own commands).
    """
    if unknown := parts.keys() - PARTS:
        raise KeyError(*unknown)
    changes = change_fields(project, {name: parts[name] for name in parts if name in FIELDS}, now=now)
    is_counted = bool(changes)
    if "name" in changes:
        project.sort_name = sort_name_of(project.name)
    if "description" in changes:
        project.description_html = {tag: render_markdown(text) for tag, text in project.description.items()}
    for name, (rows_of, set_rows) in _LISTS.items():
        if name in parts and not _are_same(before := await rows_of(session, project), parts[name]):
            await set_rows(session, project, parts[name])
            changes[name] = [before, list(parts[name])]
    if changes and not is_counted:
        mark_changed(project, now=now)
    await session.flush()
    return changes


async def project_to_change(session: AsyncSession, slug: str) -> Project:
    """The public project at an address, which nobody else changes until this transaction ends.

    Raises:
        NotFound: there is none.
    """
    project: Project | None = await session.scalar(
        select(Project).where(Project.slug == slug, Project.hidden_at.is_(None)).with_for_update()
    )
    if project is None:
        raise NotFound(no_such_project())
    return project


async def links_of(session: AsyncSession, project: Project) -> list[dict[str, Any]]:
    """The project's links as they are written down."""
    return [
        {"url": link.url, "label": link.label, "kind": link.kind.value} for link in await _links(session, project)
    ]


async def set_links(session: AsyncSession, project: Project, links: Sequence[dict[str, Any]]) -> None:
    """Give the project these links and no others; what checking found of an address that stays is kept."""
    known = {link.url: link for link in await _links(session, project)}
    wanted = {one["url"]: one for one in links}
    for url in known.keys() - wanted.keys():
        await session.delete(known[url])
    for url, one in wanted.items():
        link = known.get(url) or Link(project_id=project.id, url=url)
        link.kind, link.label = LinkKind(one["kind"]), one["label"]
        session.add(link)
    project.has_repository = any(link["kind"] == LinkKind.REPOSITORY for link in links)
    await session.flush()


async def _links(session: AsyncSession, project: Project) -> Sequence[Link]:
    return (await session.scalars(select(Link).where(Link.project_id == project.id).order_by(Link.id))).all()


async def needs_of(session: AsyncSession, project: Project) -> list[dict[str, Any]]:
    """The project's needs as they are written down."""
    return [
        {
            "key": need.key, "line": dict(need.line), "state": need.state.value, "opened_on": _written(need.opened_on),
            "filled_on": _written(need.filled_on), "closed_on": _written(need.closed_on),
        }
        for need in await _needs(session, project)
    ]


async def set_needs(session: AsyncSession, project: Project, wanted: Sequence[dict[str, Any]]) -> None:
    """Give the project these needs and no others."""
    known = {need.key: need for need in await _needs(session, project)}
    keys = {need["key"] for need in wanted}
    for key, need in known.items():
        if key not in keys:
            await session.delete(need)
    for one in wanted:
        need = known.get(one["key"]) or Need(project_id=project.id, key=one["key"])
        need.line, need.state = one["line"], NeedState(one["state"])
        need.opened_on, need.filled_on = _read(one["opened_on"]), _read(one["filled_on"])
        need.closed_on = _read(one["closed_on"])
        session.add(need)
    await session.flush()


def _written(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _read(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None


async def _needs(session: AsyncSession, project: Project) -> Sequence[Need]:
    return (await session.scalars(select(Need).where(Need.project_id == project.id).order_by(Need.id))).all()


async def relations_of(session: AsyncSession, project: Project) -> list[dict[str, Any]]:
    """What the project itself says of others; not what they say of it."""
    return [{"kind": one.kind.value, "project": slug} for one, slug in await session.execute(_said_by(project))]


async def set_relations(session: AsyncSession, project: Project, relations: Sequence[dict[str, Any]]) -> None:
    """Let the project say this of others and nothing else; a project that is gone is passed over."""
    known = {(one.kind.value, slug): one for one, slug in await session.execute(_said_by(project))}
    wanted = {(one["kind"], one["project"]) for one in relations}
    for said, relation in known.items():
        if said not in wanted:
            await session.delete(relation)
    slugs = {slug for _kind, slug in wanted - set(known)}
    ids: dict[str, int] = dict(
        (await session.execute(select(Project.slug, Project.id).where(Project.slug.in_(slugs)))).all()
    )
    session.add_all(
        ProjectRelation(project_id=project.id, other_id=ids[slug], kind=RelationKind(kind))
        for kind, slug in sorted(wanted - set(known)) if slug in ids
    )
    await session.flush()


def _said_by(project: Project) -> Select[ProjectRelation, str]:
    return (
        select(ProjectRelation, Project.slug).join(Project, Project.id == ProjectRelation.other_id)
        .where(ProjectRelation.project_id == project.id).order_by(ProjectRelation.id)
    )


async def aliases_of(session: AsyncSession, project: Project) -> list[str]:
    """The other names that the project goes by."""
    return list(await session.scalars(
        select(ProjectAlias.name).where(ProjectAlias.project_id == project.id).order_by(ProjectAlias.id)
    ))


async def set_aliases(session: AsyncSession, project: Project, names: Sequence[str]) -> None:
    """Let the project go by these other names and by no others; the first of two spellings of one name stays."""
    known = (await session.scalars(select(ProjectAlias).where(ProjectAlias.project_id == project.id))).all()
    wanted = {normalise_name(name): name for name in reversed(names)}
    for alias in known:
        if alias.normalised in wanted:
            alias.name = wanted.pop(alias.normalised)
        else:
            await session.delete(alias)
    session.add_all(
        ProjectAlias(project_id=project.id, name=name, normalised=normalised)
        for normalised, name in reversed(wanted.items())
    )
    await session.flush()


async def tags_of(session: AsyncSession, project: Project) -> list[str]:
    """The slugs of the project's topics."""
    return list(await session.scalars(
        select(Tag.slug).join(ProjectTag, ProjectTag.tag_id == Tag.id)
        .where(ProjectTag.project_id == project.id).order_by(Tag.id)
    ))


async def set_tags(session: AsyncSession, project: Project, slugs: Sequence[str]) -> None:
    """Give the project these topics and no others; one that is gone is passed over."""
    ids = set(await session.scalars(select(Tag.id).where(Tag.slug.in_(slugs))))
    known = {
        one.tag_id: one
        for one in await session.scalars(select(ProjectTag).where(ProjectTag.project_id == project.id))
    }
    for tag_id in known.keys() - ids:
        await session.delete(known[tag_id])
    session.add_all(ProjectTag(project_id=project.id, tag_id=tag_id) for tag_id in sorted(ids - known.keys()))
    await session.flush()


def _are_same(before: Rows, after: Rows) -> bool:
    return sorted(map(_canonical, before)) == sorted(map(_canonical, after))


def _canonical(row: Any) -> bytes:
    """A row of a list for comparing: PostgreSQL gives the keys of an object back in an order of its own."""
    return msgspec.json.encode(row, order="deterministic")


_RowsOf: TypeAlias = Callable[[AsyncSession, Project], Awaitable[list[Any]]]
_SetRows: TypeAlias = Callable[[AsyncSession, Project, Any], Awaitable[None]]
_LISTS: Mapping[str, tuple[_RowsOf, _SetRows]] = {
    "links": (links_of, set_links), "needs": (needs_of, set_needs), "relations": (relations_of, set_relations),
    "aliases": (aliases_of, set_aliases), "tags": (tags_of, set_tags),
}
PARTS = FIELDS | _LISTS.keys()
"""Everything that ``set_project_parts`` sets."""
