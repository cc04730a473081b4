"""Changes to rows of any table, written down so that they can be taken back one by one."""

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Table, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.rules import Changed, plan_undo
from registry.database.base import Base
from registry.database.rows import Values, as_json, from_json


class RowChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row before and after, as JSON holds it: all of a row that was added or taken away, else what changed."""

    table: str
    key: dict[str, Any]
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


class Journal:
    """Changes rows within a session's transaction and remembers each."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.changes: list[RowChange] = []

    async def add(self, table: Table, values: Values) -> None:
        """Add a row."""
        rows = await self._session.execute(insert(table).values(**values).returning(*table.columns))
        row = as_json(dict(rows.mappings().one()))
        self.changes.append(RowChange(str(table.name), key_of(table, row), after=row))

    async def alter(self, table: Table, row: Values, values: Values) -> None:
        """Change some columns of a row; those that hold the value already are left alone."""
        new = {name: value for name, value in values.items() if row[name] != value}
        key = key_of(table, row)
        if not new:
            return
        if key.keys() & new.keys():
            await self.remove(table, row)
            await self.add(table, {**row, **new})
            return
        await self._session.execute(update(table).where(_is(table, key)).values(**new))
        self.changes.append(RowChange(
            str(table.name), key, before=as_json({name: row[name] for name in new}), after=as_json(new),
        ))

    async def remove(self, table: Table, row: Values) -> None:
        """Take a row away."""
        key = key_of(table, row)
        await self._session.execute(table.delete().where(_is(table, key)))
        self.changes.append(RowChange(str(table.name), key, before=as_json(row)))


async def take_back(session: AsyncSession, changes: list[RowChange]) -> list[RowChange]:
    """Take changes back, the last first; the changes that stay, because their rows are not as they left them."""
    renumbered: dict[tuple[str, Any], Any] = {}
    return [change for change in reversed(changes) if not await _take_back(session, change, renumbered)]


async def _take_back(session: AsyncSession, change: RowChange, renumbered: dict[tuple[str, Any], Any]) -> bool:
    table = Base.metadata.tables[change.table]
    now = await read_row(session, table, change.key)
    if change.before is None:
        if now is None or now != change.after:
            return False
        await session.execute(table.delete().where(_is(table, change.key)))
        return True
    before = _with_new_numbers(table, change.before, renumbered)
    if change.after is None:
        if now is None:
            return await _put_in(session, table, before) is not None
        # SQLite gives the number of the last row again once that row is gone.
        number = await _put_in(session, table, {**before, "id": None}) if "id" in table.c else None
        renumbered[table.name, before.get("id")] = number
        return number is not None
    if now is None:
        return False
    undoing = plan_undo(now, {name: Changed(value, change.after[name]) for name, value in before.items()})
    if undoing.back:
        await session.execute(
            update(table).where(_is(table, change.key)).values(**from_json(table, undoing.back))
        )
    return not undoing.stuck


async def _put_in(session: AsyncSession, table: Table, row: Values) -> Any:
    """Put a row in again; the first column of its key, or none when something else has its place by now."""
    values = {name: value for name, value in from_json(table, row).items() if name != "id" or value is not None}
    try:
        async with session.begin_nested():
            return await session.scalar(insert(table).values(**values).returning(next(iter(table.primary_key))))
    except IntegrityError:
        return None


def _with_new_numbers(table: Table, row: Values, renumbered: dict[tuple[str, Any], Any]) -> dict[str, Any]:
    """A row that names rows by the numbers they have now."""
    named = {
        name: (key.column.table.name, value)
        for name, value in row.items() for key in table.c[name].foreign_keys
    }
    return {name: renumbered.get(named.get(name, ("", None)), value) for name, value in row.items()}


async def read_row(session: AsyncSession, table: Table, key: Values) -> dict[str, Any] | None:
    """A row as JSON holds it."""
    row = (await session.execute(select(table).where(_is(table, key)))).mappings().one_or_none()
    return None if row is None else as_json(dict(row))


def key_of(table: Table, row: Values) -> dict[str, Any]:
    """What of a row names it."""
    return {str(column.name): row[column.name] for column in table.primary_key}


def _is(table: Table, key: Values) -> Any:
    return sa.and_(*(table.c[name] == value for name, value in key.items()))
