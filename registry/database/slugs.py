"""Slugs that nobody has: neither a record now, nor one that had it once."""

from sqlalchemy import select, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from registry.activity.models import SlugRedirect
from registry.activity.rules import Subject


async def free_slug(
    session: AsyncSession, column: InstrumentedAttribute[str], wish: str, *, subject: Subject
) -> str:
    """``wish``, or with the first number from 2 on that makes it free among the slugs of ``subject``. One query."""
    taken = set(await session.scalars(union(
        select(column).where(column.startswith(wish, autoescape=True)),
        select(SlugRedirect.old_slug)
        .where(SlugRedirect.subject == subject, SlugRedirect.old_slug.startswith(wish, autoescape=True)),
    )))
    wishes = (f"{wish}-{number + 1}" if number else wish for number in range(len(taken) + 1))
    return next(slug for slug in wishes if slug not in taken)
