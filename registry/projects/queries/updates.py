"""The updates of a project, the newest first."""

from datetime import datetime

import msgspec
from sqlalchemy import func, select

from registry.database.aggregate import AnySelect
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.people.models import Person
from registry.people.visibility import person_is_public
from registry.projects.models import Project, Update


class UpdateRow(msgspec.Struct, frozen=True):
    """An update; its author is named only where the public sees them."""

    id: int
    text_html: Localized
    picture_url: str | None
    picture_text: str | None
    posted_at: datetime
    author_id: int | None
    author_slug: str | None
    author_name: str | None


class UpdatedProject(msgspec.Struct, frozen=True):
    """A project and how many updates it has."""

    id: int
    slug: str
    name: Localized
    update_count: int


def update_rows() -> AnySelect:
    """The public updates of every project as ``UpdateRow``, the newest first."""
    return (
        select(
            Update.id, Update.text_html, Update.picture_url, Update.picture_text, Update.posted_at, Update.author_id,
            Person.slug.label("author_slug"), Person.display_name.label("author_name"),
        )
        .outerjoin(Person, (Person.id == Update.author_id) & person_is_public())
        .where(Update.hidden_at.is_(None)).order_by(Update.posted_at.desc(), Update.id.desc())
    )


async def updated_project(reader: Reader, slug: str) -> UpdatedProject | None:
    """The public project at an address, with the number of its updates (one statement)."""
    count = (
        select(func.count()).select_from(Update)
        .where(Update.project_id == Project.id, Update.hidden_at.is_(None)).correlate(Project).scalar_subquery()
    )
    row = (await reader.execute(
        select(Project.id, Project.slug, Project.name, count).where(Project.slug == slug, Project.hidden_at.is_(None))
    )).one_or_none()
    return UpdatedProject(*row) if row else None


async def updates_of(reader: Reader, project_id: int, *, size: int, offset: int) -> list[UpdateRow]:
    """One page of a project's updates (one statement)."""
    rows = await reader.execute(update_rows().where(Update.project_id == project_id).limit(size).offset(offset))
    return [UpdateRow(*row) for row in rows]
