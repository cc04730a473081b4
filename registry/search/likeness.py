"""Records like a text that somebody is writing: not all its words need to be in them."""

from collections import Counter
from functools import cache

from sqlalchemy import TextClause, select, text

from registry.activity.rules import Subject
from registry.database.engine import Reader, dialect_of
from registry.search.models import SearchDocument
from registry.search.queries import SearchHit
from registry.search.rules import index_terms, marker_of

MOST_TERMS = 16
HITS_A_TERM = 80
IN_TITLE = 3
_PARTS = {
    "sqlite": """
SELECT {number} AS term, {weight} AS weight, rowid AS id FROM fts_{part}s
WHERE fts_{part}s MATCH :term_{number} ORDER BY rowid LIMIT {most}
""",
    # A subselect, for the reason given in `registry.search.queries`.
    "postgresql": """
SELECT {number} AS term, {weight} AS weight, id FROM fts_documents
WHERE {part}_vector @@ (SELECT CAST(:term_{number} AS tsquery)) ORDER BY id LIMIT {most}
""",
}


async def records_like(reader: Reader, written: str, *, kind: Subject, limit: int) -> list[SearchHit]:
    """The records of a kind that share most with a text, the likest first (two statements, none without a word).

    A term counts the less, the more records have it, and three times in a title; one that too many have does not
    count at all. What only a single common term ties to the text is left out.
    """
    terms = _terms(written)
    if not terms:
        return []
    dialect, marker = dialect_of(reader), marker_of(kind)
    asked = {
        f"term_{number}": f'"{marker}" AND "{term}"' if dialect == "sqlite" else f"'{marker}' & '{term}'"
        for number, term in enumerate(terms)
    }
    rows = (await reader.execute(_statement(dialect, len(terms)), asked)).all()
    spread = Counter(term for term, _weight, _id in rows)
    likeness: Counter[int] = Counter()
    shared: Counter[int] = Counter()
    for term, weight, record in rows:
        if spread[term] < HITS_A_TERM:
            likeness[record] += round(1000 * weight / spread[term])
            shared[record] += weight
    needed = 1 if len(terms) == 1 else 2
    ids = [record for record, _score in likeness.most_common() if shared[record] >= needed][:limit]
    if not ids:
        return []
    found = {
        row.id: SearchHit(*row) for row in await reader.execute(
            select(
                SearchDocument.id, SearchDocument.subject, SearchDocument.slug, SearchDocument.title,
                SearchDocument.body, SearchDocument.dated_on,
            ).where(SearchDocument.id.in_(ids))
        )
    }
    return [found[record] for record in ids]


def _terms(written: str) -> list[str]:
    terms = dict.fromkeys(term for term in index_terms(written[:2_000]).split() if len(term) > 1)
    return list(terms)[:MOST_TERMS]


@cache
def _statement(dialect: str, count: int) -> TextClause:
    parts = (
        _PARTS[dialect].format(number=number, weight=weight, part=part, most=HITS_A_TERM)
        for number in range(count) for part, weight in (("title", IN_TITLE), ("text", 1))
    )
    return text(" UNION ALL ".join(map("SELECT * FROM ({}) AS part".format, parts)))
