"""What a person follows and was told."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, String, cast, func, literal, select, union_all

from registry.accounts.queries import Actor
from registry.activity.rules import Subject
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.events.models import Event
from registry.events.visibility import event_is_public
from registry.handbook import needs
from registry.inbox.models import Follow, Notice
from registry.inbox.rules import FOLLOWABLE, NoticeKind
from registry.projects.models import Project, Tag


class NoticeRow(msgspec.Struct, frozen=True):
    """One thing a person was told."""

    id: int
    kind: NoticeKind
    facts: dict[str, Any]
    path: str
    told_at: datetime
    read_at: datetime | None


class Followed(msgspec.Struct, frozen=True):
    """A record that can be followed, with its page."""

    subject: Subject
    target: str
    path: str
    name: Localized


class FollowState(msgspec.Struct, frozen=True):
    """What the button on a record's page needs: the record, and whether the reader follows it."""

    collection: str
    name: str
    target: str
    is_following: bool


async def notices_of(reader: Reader, *, person_id: int, offset: int, limit: int) -> list[NoticeRow]:
    """A stretch of an inbox: the unread first, each part from the newest on (one statement)."""
    rows = await reader.execute(
        select(Notice.id, Notice.kind, Notice.facts, Notice.path, Notice.told_at, Notice.read_at)
        .where(Notice.person_id == person_id)
        .order_by(Notice.read_at.is_not(None), Notice.id.desc()).offset(offset).limit(limit)
    )
    return [NoticeRow(*row) for row in rows]


async def latest_notices(reader: Reader, *, person_id: int, limit: int) -> list[NoticeRow]:
    """What a person was told last, read or not (one statement)."""
    rows = await reader.execute(
        select(Notice.id, Notice.kind, Notice.facts, Notice.path, Notice.told_at, Notice.read_at)
        .where(Notice.person_id == person_id).order_by(Notice.id.desc()).limit(limit)
    )
    return [NoticeRow(*row) for row in rows]


async def count_notices(reader: Reader, *, person_id: int) -> int:
    """How much is in an inbox (one statement)."""
    return await reader.scalar(select(func.count()).where(Notice.person_id == person_id)) or 0


async def follow_state(reader: Reader, actor: Actor, collection: str, name: str, target: str) -> FollowState:
    """Whether a reader follows a record (no statement for visitors, else one)."""
    is_following = actor.is_signed_in and await reader.scalar(select(Follow.id).where(
        Follow.person_id == actor.person_id, Follow.subject == FOLLOWABLE[collection], Follow.target == target
    )) is not None
    return FollowState(collection, name, target, is_following)


async def public_record(reader: Reader, collection: str, name: str) -> Followed | None:
    """The record of a collection that an address names, if the public sees it (at most one statement)."""
    if collection == "needs":
        need = needs().get(name)
        return Followed(Subject.NEED, need.key, f"/needs/{need.key}", need.name) if need else None
    table = _PUBLIC.get(collection)
    if table is None:
        return None
    model, is_public = table
    row = (await reader.execute(
        select(model.id, model.slug, model.name).where(model.slug == name, is_public())
    )).one_or_none()
    return Followed(FOLLOWABLE[collection], str(row.id), f"/{collection}/{row.slug}", row.name) if row else None


async def followed_records(reader: Reader, *, person_id: int, offset: int, limit: int) -> list[Followed]:
    """What a person follows, the last first; what is hidden by now is left out (one statement)."""
    rows = await reader.execute(
        _followed(person_id).order_by(Follow.id.desc()).offset(offset).limit(limit)
    )
    return [_as_followed(*row) for row in rows]


async def count_followed(reader: Reader, *, person_id: int) -> int:
    """How many records a person follows (one statement)."""
    return await reader.scalar(select(func.count()).select_from(_followed(person_id).subquery())) or 0


def _followed(person_id: int) -> Select[Any]:
    """Follows joined with their record, which a need has in the handbook and not in a table."""
    records = union_all(*(
        select(
            literal(FOLLOWABLE[collection].value).label("subject"), cast(model.id, String).label("target"),
            model.slug.label("slug"), model.name.label("name"),
        ).where(is_public()) for collection, (model, is_public) in _PUBLIC.items()
    )).subquery()
    return (
        select(Follow.subject, Follow.target, records.c.slug, records.c.name)
        .outerjoin(records, (records.c.subject == cast(Follow.subject, String)) & (records.c.target == Follow.target))
        .where(
            Follow.person_id == person_id,
            (Follow.subject == Subject.NEED) & Follow.target.in_(list(needs())) | records.c.slug.is_not(None),
        )
    )


def _as_followed(subject: Subject, target: str, slug: str | None, name: Localized | None) -> Followed:
    if subject is Subject.NEED:
        return Followed(subject, target, f"/needs/{target}", needs()[target].name)
    collection = next(part for part, kind in FOLLOWABLE.items() if kind is subject)
    return Followed(subject, target, f"/{collection}/{slug}", name or {})


def _is_shown(hidden_at: Any) -> ColumnElement[bool]:
    shown: ColumnElement[bool] = hidden_at.is_(None)
    return shown


_PUBLIC: dict[str, Any] = {
    "projects": (Project, lambda: _is_shown(Project.hidden_at)),
    "events": (Event, event_is_public),
    "tags": (Tag, lambda: _is_shown(Tag.hidden_at)),
}
