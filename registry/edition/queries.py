"""What can be found, read for the edition: lists of a kind, and all with their terms."""

from collections.abc import AsyncIterator, Mapping

from sqlalchemy import func, select

from registry.activity.rules import Subject
from registry.database.engine import Reader
from registry.search.models import SearchDocument
from registry.search.queries import SearchHit

_AT_ONCE = 500
_SHOWN = (
    SearchDocument.id, SearchDocument.subject, SearchDocument.slug, SearchDocument.title, SearchDocument.body,
    SearchDocument.dated_on,
)


class FoundRecord(SearchHit, frozen=True):
    """A record as the index knows it: the terms of its names, then those of its names and texts."""

    title_terms: str
    text_terms: str


async def count_found(reader: Reader) -> Mapping[Subject, int]:
    """How many records of each kind can be found (one statement)."""
    counts = await reader.execute(select(SearchDocument.subject, func.count()).group_by(SearchDocument.subject))
    return dict(counts.all())


async def found_of_kind(reader: Reader, subject: Subject, *, offset: int, limit: int) -> list[SearchHit]:
    """A stretch of the records of a kind, by slug (one statement)."""
    rows = await reader.execute(
        select(*_SHOWN).where(SearchDocument.subject == subject)
        .order_by(SearchDocument.slug).offset(offset).limit(limit)
    )
    return [SearchHit(*row) for row in rows]


async def found_records(reader: Reader) -> AsyncIterator[FoundRecord]:
    """All that can be found, what weighs most first (a statement for some hundreds)."""
    heaviest_first = select(*_SHOWN, SearchDocument.title_terms, SearchDocument.text_terms).order_by(
        SearchDocument.weight.desc(), SearchDocument.subject, SearchDocument.slug
    )
    start = 0
    while rows := (await reader.execute(heaviest_first.offset(start).limit(_AT_ONCE))).all():
        for row in rows:
            yield FoundRecord(*row)
        start += len(rows)
