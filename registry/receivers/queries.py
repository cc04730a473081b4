"""Receivers as their pages and the worker see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import func, select

from registry.activity.rules import Subject
from registry.database.aggregate import AnySelect
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.people.models import Person
from registry.projects.models import Project
from registry.receivers.models import Dispatch, Receiver
from registry.receivers.rules import DispatchState, OffReason


class ProjectHead(msgspec.Struct, frozen=True):
    """The project whose receivers are looked after."""

    id: int
    slug: str
    name: Localized


class ReceiverRow(msgspec.Struct, frozen=True):
    """A receiver. ``made_by`` is who added it; ``key`` half of its secret."""

    id: int
    address: str
    kinds: list[str]
    key: str
    revision: int
    created_at: datetime
    off_at: datetime | None
    off_reason: OffReason | None
    made_by: str | None


class DispatchRow(msgspec.Struct, frozen=True):
    """A message to a receiver, and what came of it."""

    id: int
    name: str
    kind: str
    state: DispatchState
    noted_at: datetime
    attempts: int
    tried_at: datetime | None
    status: int | None
    trouble: str | None
    body: str | None


class Parcel(msgspec.Struct, frozen=True):
    """A message as its deliverer needs it, with where it goes."""

    id: int
    name: str
    kind: str
    subject: Subject | None
    subject_id: int | None
    detail: str
    noted_at: datetime
    receiver_id: int
    project_id: int | None
    address: str
    key: str
    is_off: bool


async def project_with_receivers(reader: Reader, slug: str) -> ProjectHead | None:
    """The public project at an address (one statement)."""
    row = (await reader.execute(
        select(Project.id, Project.slug, Project.name).where(Project.slug == slug, Project.hidden_at.is_(None))
    )).one_or_none()
    return ProjectHead(*row) if row else None


async def receivers_of(reader: Reader, project_id: int | None) -> Sequence[ReceiverRow]:
    """The receivers of a project, or of the whole community, the first added first (one statement)."""
    rows = await reader.execute(_receivers(project_id).order_by(Receiver.id))
    return [ReceiverRow(*row) for row in rows]


async def receiver_row(reader: Reader, receiver_id: int, project_id: int | None) -> ReceiverRow | None:
    """One receiver of a project, or of the whole community (one statement)."""
    row = (await reader.execute(_receivers(project_id).where(Receiver.id == receiver_id))).one_or_none()
    return ReceiverRow(*row) if row else None


async def count_dispatches(reader: Reader, receiver_id: int) -> int:
    """How many messages to a receiver are on record (one statement)."""
    return int(await reader.scalar(select(func.count()).where(Dispatch.receiver_id == receiver_id)) or 0)


async def dispatches_to(reader: Reader, receiver_id: int, *, offset: int, limit: int) -> Sequence[DispatchRow]:
    """The messages to a receiver, the last first (one statement)."""
    query: AnySelect = (
        select(
            Dispatch.id, Dispatch.name, Dispatch.kind, Dispatch.state, Dispatch.noted_at, Dispatch.attempts,
            Dispatch.tried_at, Dispatch.status, Dispatch.trouble, Dispatch.body,
        ).where(Dispatch.receiver_id == receiver_id).order_by(Dispatch.id.desc()).offset(offset).limit(limit)
    )
    return [DispatchRow(*row) for row in await reader.execute(query)]


async def parcel(reader: Reader, dispatch_id: int) -> Parcel | None:
    """A message with where it goes; none when its receiver was removed (one statement)."""
    query: AnySelect = select(
        Dispatch.id, Dispatch.name, Dispatch.kind, Dispatch.subject, Dispatch.subject_id, Dispatch.detail,
        Dispatch.noted_at, Receiver.id, Receiver.project_id, Receiver.address, Receiver.key,
        Receiver.off_at.is_not(None),
    ).join(Receiver, Receiver.id == Dispatch.receiver_id).where(Dispatch.id == dispatch_id)
    row = (await reader.execute(query)).one_or_none()
    return Parcel(*row) if row else None


def _receivers(project_id: int | None) -> AnySelect:
    place: Any = Receiver.project_id.is_(None) if project_id is None else Receiver.project_id == project_id
    return select(
        Receiver.id, Receiver.address, Receiver.kinds, Receiver.key, Receiver.revision, Receiver.created_at,
        Receiver.off_at, Receiver.off_reason, Person.display_name,
    ).outerjoin(Person, Person.id == Receiver.made_by_id).where(place)
