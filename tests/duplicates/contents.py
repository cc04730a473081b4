"""All that a database holds, to compare before and after."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.database.tables import Base

# A log, what is made anew from the rest, and the merges themselves.
_LEFT_OUT = {"audit", "merges", "search_documents", "search_words", "form_answers", "sessions"}
_COUNTERS = {"updated_at", "revision"}


async def contents(session: AsyncSession) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table but for logs, counters of revisions and times of change."""
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in _LEFT_OUT:
            rows = (await session.execute(select(table).order_by(*table.primary_key))).mappings()
            found[table.name] = [
                {name: value for name, value in row.items() if name not in _COUNTERS} for row in rows
            ]
    return found
