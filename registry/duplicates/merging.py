"""Everything that names one record, in whatever table, led over to another one: found from the tables' own keys.

A table that is added later is covered as soon as it has a foreign key to the record, or a ``subject`` and a
``subject_id``.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Column, Table, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.models import AuditEntry
from registry.activity.rules import Subject
from registry.database.base import Base
from registry.database.rows import Values
from registry.database.tables import events, people, projects, proposals
from registry.duplicates.journal import Journal
from registry.duplicates.models import Merge
from registry.people.rules import MembershipRole
from registry.projects.rules import NeedState
from registry.registrations.rules import RegistrationState
from registry.search.models import SearchDocument

TABLES: Mapping[Subject, Table] = {
    subject: Base.metadata.tables[model.__tablename__] for subject, model in (
        (Subject.PROJECT, projects.Project), (Subject.PERSON, people.Person), (Subject.EVENT, events.Event),
        (Subject.PROPOSAL, proposals.Proposal),
    )
}
_SUBJECTS = {table.name: subject for subject, table in TABLES.items()}
# The audit is a record of what was said then; the search index is made anew; a merge says where each record went.
_STAYING = frozenset({AuditEntry.__tablename__, SearchDocument.__tablename__, Merge.__tablename__})
_ROLES = {role: place for place, role in enumerate(MembershipRole)}


async def lead_over(session: AsyncSession, journal: Journal, table: Table, *, gone: int, kept: int) -> None:
    """Let every row that names ``gone`` (a row number of ``table``) name ``kept``.

    Where that makes two rows of one, they are united, and what names the second follows in the same way. A row that
    would tie the record to itself is taken away.
    """
    for column in naming(table):
        other = column.table
        rows = await _rows(session, column, _SUBJECTS.get(table.name), (gone, kept))
        here = [row for row in rows if row[column.name] == kept]
        for row in rows:
            if row[column.name] != gone:
                continue
            moved = {**row, column.name: kept}
            if _ties_to_itself(other, column, moved):
                await journal.remove(other, row)
            elif twin := _twin(other, column, moved, here):
                await _unite(session, journal, other, twin=twin, row=row)
            else:
                await journal.alter(other, row, {column.name: kept})
                here.append(moved)


def naming(table: Table) -> Iterator[Column[Any]]:
    """The columns of all tables that name a row of ``table``."""
    subject = _SUBJECTS.get(table.name)
    for other in Base.metadata.sorted_tables:
        if other.name in _STAYING:
            continue
        for column in other.columns:
            if any(key.column.table is table for key in column.foreign_keys):
                yield column
        if subject and {"subject", "subject_id"} <= set(other.columns.keys()):
            yield other.c.subject_id


async def _rows(
    session: AsyncSession, column: Column[Any], subject: Subject | None, ids: tuple[int, ...]
) -> list[dict[str, Any]]:
    table = column.table
    rows = select(table).where(column.in_(ids)).order_by(*table.primary_key)
    if column.name == "subject_id":
        rows = rows.where(table.c.subject == subject)
    return [dict(row) for row in (await session.execute(rows)).mappings()]


async def _unite(
    session: AsyncSession, journal: Journal, table: Table, *, twin: dict[str, Any], row: dict[str, Any]
) -> None:
    united = {**_fill_gaps(twin, row), **_UNITED.get(table.name, _nothing_more)(twin, row)}
    own = {name: value for name, value in united.items() if name not in _keys(table)}
    await journal.alter(table, twin, own)
    if "id" in table.c:
        await lead_over(session, journal, table, gone=row["id"], kept=twin["id"])
    await journal.remove(table, row)
    twin.update(own)


def _twin(table: Table, column: Column[Any], moved: Values, here: list[dict[str, Any]]) -> dict[str, Any] | None:
    for names in _twin_keys(table):
        is_apart = names not in _SAME.get(table.name, ()) and any(moved[name] is None for name in names)
        if column.name in names and not is_apart:
            for row in here:
                if all(row[name] == moved[name] for name in names):
                    return row
    return None


def _twin_keys(table: Table) -> list[tuple[str, ...]]:
    """The columns that make two rows of a table one: its unique keys, and what we know of its meaning.

    In a unique key nothing is like nothing (two who register without an account are two), as databases have it.
    """
    unique = [tuple(constraint.columns.keys()) for constraint in table.constraints
              if isinstance(constraint, UniqueConstraint)]
    indexes = [tuple(index.columns.keys()) for index in table.indexes if index.unique and not _is_partial(index)]
    primary = tuple(table.primary_key.columns.keys())
    return [*unique, *indexes, primary, *_SAME.get(table.name, ())]


def _is_partial(index: Any) -> bool:
    return index.dialect_options["sqlite"].get("where") is not None


def _keys(table: Table) -> frozenset[str]:
    return frozenset({"id", "created_at", "updated_at"}.union(*_twin_keys(table)))


def _ties_to_itself(table: Table, column: Column[Any], moved: Values) -> bool:
    """Whether a row of a key of two records of one kind now names the same one twice."""
    target = {key.column.table.name for key in column.foreign_keys}
    return any(
        moved[name] == moved[column.name]
        for names in _twin_keys(table) if column.name in names
        for name in names if name != column.name
        and {key.column.table.name for key in table.c[name].foreign_keys} & target
    )


def _fill_gaps(twin: Values, row: Values) -> dict[str, Any]:
    """What the row that stays lacks and the other has; of texts by language, the languages."""
    filled: dict[str, Any] = {}
    for name, value in row.items():
        mine = twin[name]
        if isinstance(mine, dict) and isinstance(value, dict):
            filled[name] = {**value, **mine}
        elif mine in (None, "", []):
            filled[name] = value
    return filled


# What else is to be said of two rows that are one: of a table, the columns and their values.


def _nothing_more(_twin: Values, _row: Values) -> dict[str, Any]:
    return {}


def _need(twin: Values, row: Values) -> dict[str, Any]:
    is_open = NeedState.OPEN in {twin["state"], row["state"]}
    return {
        "state": NeedState.OPEN if is_open else twin["state"],
        "filled_on": None if is_open else twin["filled_on"] or row["filled_on"],
        "closed_on": None if is_open else twin["closed_on"] or row["closed_on"],
        "opened_on": _first(twin["opened_on"], row["opened_on"]),
    }


def _membership(twin: Values, row: Values) -> dict[str, Any]:
    return {
        "role": min(twin["role"], row["role"], key=_ROLES.__getitem__),
        "joined_on": _first(twin["joined_on"], row["joined_on"]),
    }


def _answer(twin: Values, row: Values) -> dict[str, Any]:
    texts = list(dict.fromkeys(text for text in (twin["text"], row["text"]) if text))
    return {
        "choices": [*twin["choices"], *(choice for choice in row["choices"] if choice not in twin["choices"])],
        "text": "\n".join(texts) or None,
    }


def _credit(twin: Values, row: Values) -> dict[str, Any]:
    return {"position": min(twin["position"], row["position"])}


def _registration(twin: Values, row: Values) -> dict[str, Any]:
    return {
        "checked_in_at": _first(twin["checked_in_at"], row["checked_in_at"]),
        "state": min(twin["state"], row["state"], key=list(RegistrationState).index),
    }


def _offer(twin: Values, row: Values) -> dict[str, Any]:
    return {"note": "\n".join(dict.fromkeys((twin["note"], row["note"])))}


def _first(one: Any, other: Any) -> Any:
    return min((day for day in (one, other) if day is not None), default=None)


_UNITED: Mapping[str, Callable[[Values, Values], dict[str, Any]]] = {
    "needs": _need, "memberships": _membership, "axis_answers": _answer, "credits": _credit,
    "registrations": _registration, "offers": _offer,
}
_SAME: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "memberships": (("project_id", "person_id", "left_on"),),
    "axis_answers": (("project_id", "axis", "answered_on"),),
    "role_grants": (("person_id", "role", "event_id"),),
    # A person has one open claim on a record.
    "claims": (("claimer_id", "subject", "subject_id", "state", "decided_at"),),
    # A person has one open offer for each need of a project.
    "offers": (("person_id", "project_id", "need_key", "state", "answered_at"),),
    "checkpoint_evidence": (("project_id", "checkpoint_key", "source", "url", "note"),),
}
