"""What happened to a record, the last first: its own audit rows and those of the records that were merged into it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import CTE, ColumnElement, and_, func, literal, or_, select

from registry.activity.models import AuditEntry, SlugRedirect
from registry.activity.rules import PUBLIC_ACTIONS, UNDONE, Changed, Subject, changes_of
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.duplicates.models import Merge
from registry.events.models import Event
from registry.events.visibility import event_is_public
from registry.people.models import Person
from registry.people.visibility import person_is_public
from registry.projects.models import Project
from registry.proposals.models import Proposal
from registry.proposals.visibility import proposal_is_public

UNDOINGS_READ = 500
_PERSON = "person:"


class RecordHead(msgspec.Struct, frozen=True):
    """Whose history it is; ``is_anonymous`` when those who act for it are not to be named."""

    id: int
    slug: str
    name: Localized
    is_anonymous: bool = False


class HistoryEntry(msgspec.Struct, frozen=True):
    """One change of a record. ``actor`` is as the audit names them."""

    id: int
    at: datetime
    actor: str
    action: str
    changes: dict[str, Any]

    @property
    def fields(self) -> dict[str, Changed]:
        """The fields that changed, with what they were and became."""
        return changes_of(self.action, self.changes)

    @property
    def undid(self) -> int | None:
        """The number of the change that this one took back."""
        pair = self.changes.get("undid")
        return pair[1] if pair else None


class NamedActor(msgspec.Struct, frozen=True):
    """A person whom everyone may see."""

    slug: str
    name: str


async def record_head(reader: Reader, subject: Subject, slug: str, *, sees_all: bool) -> RecordHead | None:
    """A record with a history by its address; one that is hidden only for those who see all (one statement)."""
    record: Any = {Subject.PROJECT: Project, Subject.EVENT: Event, Subject.PROPOSAL: Proposal}[subject]
    named = Proposal.title if record is Proposal else record.name
    anonymous: Any = Proposal.is_anonymous if record is Proposal else literal(False)
    asked = select(record.id, record.slug, named, anonymous).where(record.slug == slug)
    if record is Proposal and not sees_all:
        asked = (
            asked.join(Event, Event.id == Proposal.event_id).join(Project, Project.id == Proposal.project_id)
        )
    if not sees_all:
        asked = asked.where({
            Subject.PROJECT: Project.hidden_at.is_(None), Subject.EVENT: event_is_public(),
            Subject.PROPOSAL: proposal_is_public(),
        }[subject])
    row = (await reader.execute(asked)).one_or_none()
    return RecordHead(row[0], row[1], row[2], bool(row[3])) if row else None


async def count_history(reader: Reader, subject: Subject, record_id: int, *, sees_all: bool) -> int:
    """How many changes the reader may see (one statement)."""
    return await reader.scalar(
        select(func.count()).select_from(AuditEntry).where(_belongs(subject, record_id), _is_shown(sees_all))
    ) or 0


async def history_entries(
    reader: Reader, subject: Subject, record_id: int, *, sees_all: bool, offset: int, limit: int
) -> list[HistoryEntry]:
    """A page of a record's changes, the last first (one statement)."""
    rows = await reader.execute(
        select(AuditEntry.id, AuditEntry.at, AuditEntry.actor, AuditEntry.action, AuditEntry.changes)
        .where(_belongs(subject, record_id), _is_shown(sees_all))
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).offset(offset).limit(limit)
    )
    return [HistoryEntry(*row) for row in rows]


async def history_entry(
    reader: Reader, subject: Subject, record_id: int, entry_id: int, *, sees_all: bool
) -> HistoryEntry | None:
    """One change of a record (one statement)."""
    row = (await reader.execute(
        select(AuditEntry.id, AuditEntry.at, AuditEntry.actor, AuditEntry.action, AuditEntry.changes)
        .where(AuditEntry.id == entry_id, _belongs(subject, record_id), _is_shown(sees_all))
    )).one_or_none()
    return HistoryEntry(*row) if row else None


async def undone_entries(reader: Reader, subject: Subject, record_id: int) -> dict[int, int]:
    """Which changes were taken back, each with the change that did it (one statement)."""
    rows = await reader.execute(
        select(AuditEntry.id, AuditEntry.changes)
        .where(_belongs(subject, record_id), AuditEntry.action == UNDONE)
        .order_by(AuditEntry.id.desc()).limit(UNDOINGS_READ)
    )
    return {changes["undid"][1]: entry_id for entry_id, changes in rows if changes.get("undid", [None, None])[1]}


async def named_actors(reader: Reader, actors: Collection[str]) -> dict[str, NamedActor]:
    """Those of the audit's actors whom everyone may see, by what the audit calls them (one statement).

    Who was merged into somebody else has acted as that person.
    """
    slugs = [actor.removeprefix(_PERSON) for actor in set(actors) if actor.startswith(_PERSON)]
    moved = and_(SlugRedirect.subject == Subject.PERSON, SlugRedirect.old_slug.in_(slugs))
    rows = await reader.execute(
        select(Person.slug, Person.display_name, SlugRedirect.old_slug)
        .outerjoin(SlugRedirect, and_(SlugRedirect.subject_id == Person.id, moved))
        .where(person_is_public(), or_(
            Person.slug.in_(slugs), Person.id.in_(select(SlugRedirect.subject_id).where(moved))
        ))
    )
    named: dict[str, NamedActor] = {}
    for slug, name, old_slug in rows:
        for known_as in filter(None, (slug, old_slug)):
            named[_PERSON + known_as] = NamedActor(slug, name)
    return named


def _belongs(subject: Subject, record_id: int) -> ColumnElement[bool]:
    return and_(AuditEntry.subject == subject, AuditEntry.subject_id.in_(select(_with_merged(subject, record_id))))


def _with_merged(subject: Subject, record_id: int) -> Any:
    """The row numbers of a record and of all that went into it, whether at once or by way of another."""
    ids: CTE = select(literal(record_id).label("id")).cte("ids", recursive=True)
    ids = ids.union(
        select(Merge.gone_id).join(ids, Merge.kept_id == ids.c.id)
        .where(Merge.subject == subject, Merge.unmerged_at.is_(None))
    )
    return ids.c.id


def _is_shown(sees_all: bool) -> ColumnElement[bool]:
    return literal(True) if sees_all else AuditEntry.action.in_(PUBLIC_ACTIONS)
