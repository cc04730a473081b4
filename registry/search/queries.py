"""Find records: the page, the suggestions, and what a reader may have meant."""

import sys
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec
from sqlalchemy import (
    Boolean,
    ColumnElement,
    CompoundSelect,
    String,
    TextClause,
    bindparam,
    func,
    literal,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from registry.activity.rules import Subject
from registry.database import bounded
from registry.database.engine import Reader, dialect_of
from registry.database.types import Localized
from registry.search.models import SearchDocument, SearchWord
from registry.search.rules import (
    SHORTEST_WORD,
    Phrase,
    marker_of,
    nearest_word,
    query_terms,
    with_words_replaced,
)

MOST_HITS = 500
"""Hits in titles, and in texts, that are looked at: a word that every record has must not cost more than a rare one."""
RECORDS_WALKED = 1_000
RECORDS_OF_LISTS_WALKED = 4_000
LONGER_WORDS = 8
MOST_SUGGESTIONS = 8
WORDS_COMPARED = 2_000
SUGGESTED = (Subject.PROJECT, Subject.EVENT, Subject.TAG, Subject.NEED, Subject.CHAPTER, Subject.PERSON)

_PARTS = {
    "sqlite": """
SELECT {in_title} AS in_title, document.weight, document.id, document.subject
FROM (SELECT rowid AS id FROM fts_{part}s WHERE fts_{part}s MATCH :wanted LIMIT :most) AS hit
JOIN search_documents AS document ON document.id = hit.id
""",
    # A word that many records have is soon met by walking through the heaviest: the index would first gather every
    # place it knows (13 ms against 0.8 ms at 100,000 records). The index is asked where the walk found too few. Its
    # query comes out of a subselect so that the planner cannot look into it: guessing that a common word will soon be
    # met, it would walk the whole table.
    "postgresql": """
WITH met AS MATERIALIZED (
  SELECT {in_title} AS in_title, weight, id, subject
  FROM (SELECT weight, id, subject, {part}_vector AS vector FROM fts_documents LIMIT {walked}) AS heaviest
  WHERE vector @@ CAST(:wanted AS tsquery) LIMIT :most
)
SELECT * FROM met WHERE (SELECT count(*) FROM met) >= :most
UNION ALL
(SELECT {in_title}, weight, id, subject FROM fts_documents
WHERE {part}_vector @@ (SELECT CAST(:wanted AS tsquery)) AND (SELECT count(*) FROM met) < :most LIMIT :most)
""",
}

_SHOWN = select(
    SearchDocument.id, SearchDocument.subject, SearchDocument.slug, SearchDocument.title, SearchDocument.body,
    SearchDocument.dated_on,
).where(SearchDocument.id.in_(bindparam("ids", expanding=True)))

_IN_NO_RECORD = Phrase(("§",))
_Wanted = Sequence[Sequence[Phrase]]
"""Every inner sequence must be met, by any one of its phrases."""


class SearchHit(msgspec.Struct, frozen=True):
    """A record that was found. ``body`` is the beginning of its texts; ``und`` tags a text of unknown language."""

    id: int
    subject: Subject
    slug: str
    title: Localized
    body: Localized
    dated_on: date | None

    @property
    def collection(self) -> str:
        """Where its kind lives, on pages and in the API: ``projects``."""
        return _COLLECTIONS[self.subject]

    @property
    def url(self) -> str:
        """The path of the record's page."""
        return f"/{self.collection}/{quote(self.slug)}"


class SearchPage(msgspec.Struct, frozen=True):
    """One page of hits, best first.

    ``total`` stops at a bound: ``is_bounded`` says that there are more. ``counts`` are of every kind, whatever kinds
    were asked for, and none where too much was found to count. ``corrected`` is the query that was answered when the
    one asked for finds nothing.
    """

    hits: Sequence[SearchHit] = ()
    total: int = 0
    is_bounded: bool = False
    counts: Mapping[Subject, int] | None = {}
    corrected: str | None = None


class _Found(NamedTuple):
    """What ranking needs of a record, in the order in which it counts."""

    in_title: int
    weight: int
    id: int
    subject: str


class Hits(msgspec.Struct, frozen=True):
    """Records that hold a free text: their row numbers, as the database takes a list of them.

    ``has_more`` when more hold it than a list goes through.
    """

    numbers: str
    has_more: bool = False


class _TextHolds(FunctionElement[bool]):
    """That the texts of a document (its number, and what is wanted) match."""

    type = Boolean()
    inherit_cache = True
    part = "text"

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002
        """Itself: SQLAlchemy would compare it with 1, and SQLite then looks at every document instead of the hits."""
        return self


class _TitleHolds(_TextHolds):
    """That its title matches."""

    inherit_cache = True
    part = "title"


class _IsAmong(_TextHolds):
    """That a row number is among those of `Hits`."""

    inherit_cache = True


@compiles(_TextHolds, "sqlite")
def _holds_for_sqlite(element: _TextHolds, compiler: SQLCompiler, **options: Any) -> str:
    document, wanted = (compiler.process(clause, **options) for clause in element.clauses)
    index = f"fts_{element.part}s"
    return f"{document} IN (SELECT rowid FROM {index} WHERE {index} MATCH {wanted})"  # noqa: S608 — wanted is bound


@compiles(_TextHolds, "postgresql")
def _holds_for_postgresql(element: _TextHolds, compiler: SQLCompiler, **options: Any) -> str:
    document, wanted = (compiler.process(clause, **options) for clause in element.clauses)
    vector = f"{element.part}_vector"
    return f"{document} IN (SELECT id FROM fts_documents WHERE {vector} @@ CAST({wanted} AS tsquery))"  # noqa: S608


@compiles(_IsAmong, "sqlite")
def _among_for_sqlite(element: _IsAmong, compiler: SQLCompiler, **options: Any) -> str:
    number, numbers = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{number} IN (SELECT value FROM json_each({numbers}))"  # noqa: S608 — numbers are bound


@compiles(_IsAmong, "postgresql")
def _among_for_postgresql(element: _IsAmong, compiler: SQLCompiler, **options: Any) -> str:
    number, numbers = (compiler.process(clause, **options) for clause in element.clauses)
    # Not ANY of them: of how many it is unknown to a statement that is kept, which may look through all for each row.
    return f"{number} IN (SELECT unnest(CAST({numbers} AS bigint[])))"


_COLLECTIONS = {
    Subject.PROJECT: "projects", Subject.EVENT: "events", Subject.PROPOSAL: "proposals", Subject.PERSON: "people",
    Subject.TAG: "tags", Subject.NEED: "needs", Subject.CHAPTER: "handbook",
    Subject.CASE: "cases",
}


async def search(
    reader: Reader, asked: str, *, kinds: Collection[Subject] = (), limit: int, offset: int = 0
) -> SearchPage:
    """Find the records that hold every word of a query, those with all of them in the title first.

    Words also find longer ones. When nothing holds them, their likeliest spelling is tried. At most six statements,
    three for most queries; none for a query without a word.
    """
    wanted = await _longer_words(reader, query_terms(asked))
    found, corrected = await _found(reader, wanted), None
    if not found and (meant := await _meant(reader, asked)):
        lengthened = {phrases[0]: phrases for phrases in wanted}
        wanted = [lengthened.get(phrase, [phrase]) for phrase in query_terms(meant)]
        found, corrected = await _found(reader, wanted), meant
    if not found:
        return SearchPage()
    is_bounded = len(found) >= MOST_HITS
    counts = None if is_bounded else {Subject(kind): n for kind, n in Counter(one.subject for one in found).items()}
    if kinds:
        found = await _found(reader, wanted, kinds) if is_bounded else [one for one in found if one.subject in kinds]
    hits = await _hits(reader, found[offset : offset + limit])
    return SearchPage(hits, len(found), len(found) >= MOST_HITS, counts, corrected)


async def full_text(reader: Reader, kind: Subject, asked: str | None) -> str | None:
    """What ``holds`` looks for in records of a kind: every word of a query, in the database's own language.

    Words also find longer ones (at most one statement). Nothing where nothing is asked; a query without a word finds
    no record.
    """
    if not asked:
        return None
    words = await _longer_words(reader, query_terms(asked))
    return _written(dialect_of(reader), [[Phrase((marker_of(kind),))], *(words or [[_IN_NO_RECORD]])])


async def hits_of(reader: Reader, kind: Subject, asked: str | None, *, in_titles: bool = False) -> Hits | None:
    """Which records of a kind hold every word of a query, for a list that counts and sorts them.

    At most `bounded.MOST_HITS`, the weightiest or those indexed last; ``in_titles`` leaves all but names out. At most
    two statements. Nothing where nothing is asked.
    """
    wanted = await full_text(reader, kind, asked)
    if wanted is None:
        return None
    dialect, most = dialect_of(reader), bounded.MOST_HITS
    found = (await reader.scalars(
        _listed_statement(dialect, "title" if in_titles else "text"), {"wanted": wanted, "most": most + 1}
    )).all()
    numbers = ",".join(map(str, found[:most]))
    return Hits(f"[{numbers}]" if dialect == "sqlite" else f"{{{numbers}}}", len(found) > most)


def holds(record_id: InstrumentedAttribute[int], wanted: Any, *, in_titles: bool = False) -> ColumnElement[bool]:
    """That a record, by its row number, holds what ``full_text`` or ``hits_of`` gave: the condition of a list.

    ``wanted`` is that text, or a bound parameter for it, or the hits; ``in_titles`` leaves all but names out.
    """
    if isinstance(wanted, Hits):
        return is_among(record_id, wanted.numbers)
    hits = _TitleHolds if in_titles else _TextHolds
    return record_id.in_(select(SearchDocument.subject_id).where(hits(SearchDocument.id, wanted)))


def is_among(record_id: InstrumentedAttribute[int], numbers: Any) -> ColumnElement[bool]:
    """That a row number is among those of `Hits`, or of a bound parameter for them."""
    return _IsAmong(record_id, numbers)


async def slugs_named(reader: Reader, typed: str, kind: Subject) -> list[str]:
    """The records of a kind whose names hold what was typed so far (at most three statements)."""
    wanted = await _longer_words(reader, query_terms(typed), shortest=1)
    ids = [hit.id for hit in await _found(reader, wanted, (kind,), in_titles=True)]
    return list(await reader.scalars(select(SearchDocument.slug).where(SearchDocument.id.in_(ids))))


async def records_by_word(reader: Reader, words: Sequence[str], kind: Subject, *, most: int) -> dict[str, list[int]]:
    """For each of some words the row numbers of records of a kind that hold it, at most ``most`` (two statements)."""
    phrases = {word: terms for word in words if (terms := query_terms(word))}
    if not phrases:
        return {}
    wanted = await _longer_words(reader, list(dict.fromkeys(term for terms in phrases.values() for term in terms)))
    lengthened = {alternatives[0]: alternatives for alternatives in wanted}
    dialect = dialect_of(reader)
    of_kind = [Phrase((marker_of(kind),))]
    asked = {
        f"wanted_{number}": _written(dialect, [of_kind, *(lengthened[term] for term in terms)])
        for number, terms in enumerate(phrases.values())
    }
    found: dict[str, list[int]] = {word: [] for word in phrases}
    in_order = list(phrases)
    for number, subject_id in await reader.execute(_by_word_statement(dialect, len(asked)), {**asked, "most": most}):
        found[in_order[number]].append(subject_id)
    return found


async def suggestions(reader: Reader, typed: str) -> list[SearchHit]:
    """Titles that hold what was typed so far, best first (at most three statements)."""
    wanted = await _longer_words(reader, query_terms(typed), shortest=1)
    return await _hits(reader, (await _found(reader, wanted, SUGGESTED, in_titles=True))[:MOST_SUGGESTIONS])


async def _longer_words(reader: Reader, phrases: Sequence[Phrase], *, shortest: int = SHORTEST_WORD) -> _Wanted:
    words = [phrase.terms[0] for phrase in phrases if phrase.is_word and len(phrase.terms[0]) >= shortest]
    longer: dict[str, list[Phrase]] = {word: [] for word in words}
    if words:
        beginnings = {f"word_{number}": word for number, word in enumerate(words)}
        ends = {f"end_{number}": word + chr(sys.maxunicode) for number, word in enumerate(words)}
        for word, longer_word in await reader.execute(_most_used_longer(len(words)), beginnings | ends):
            longer[word].append(Phrase((longer_word,), is_word=True))
    return [[phrase, *longer.get(phrase.terms[0], ())] for phrase in phrases]


async def _found(
    reader: Reader, wanted: _Wanted, kinds: Collection[Subject] = (), *, in_titles: bool = False
) -> list[_Found]:
    if not wanted:
        return []
    of_kinds = [[Phrase((marker_of(kind),)) for kind in kinds]] if kinds else []
    dialect = dialect_of(reader)
    rows = (await reader.execute(
        _hits_statement(dialect, in_titles),
        {"wanted": _written(dialect, [*of_kinds, *wanted]), "most": MOST_HITS},
    )).all()
    # A record that is found in its title and in its texts is one, with its title.
    found = {number: _Found(in_title, weight, number, kind) for in_title, weight, number, kind in reversed(rows)}
    return sorted(found.values(), reverse=True)


async def _hits(reader: Reader, found: Sequence[_Found]) -> list[SearchHit]:
    if not found:
        return []
    rows = await reader.execute(_SHOWN, {"ids": [one.id for one in found]})
    by_id = {row.id: SearchHit(*row) for row in rows}
    return [by_id[one.id] for one in found]


async def _meant(reader: Reader, asked: str) -> str | None:
    """The query with each word that no record has replaced by the nearest that one has (one statement)."""
    words_asked = [phrase.terms[0] for phrase in query_terms(asked) if phrase.is_word]
    typed = [word for word in words_asked if len(word) >= SHORTEST_WORD]
    if not typed:
        return None
    alike = [
        select(literal(word).label("typed"), SearchWord.word)
        .where(
            func.length(SearchWord.word).between(len(word) - 2, len(word) + 2),
            # One slip leaves one of the first two letters in one of the first two places.
            or_(*(func.substr(SearchWord.word, place, 1).in_(list(word[:2])) for place in (1, 2))),
        )
        .order_by(SearchWord.uses.desc(), SearchWord.word)
        .limit(WORDS_COMPARED)
        .subquery()
        for word in typed
    ]
    words: dict[str, list[str]] = {word: [] for word in typed}
    for word, other in await reader.execute(union_all(*map(select, alike))):
        words[word].append(other)
    meant = {word: nearest_word(word, words[word]) for word in typed}
    slips = {word: near for word, near in meant.items() if near and near != word}
    return with_words_replaced(asked, slips) if slips else None


@cache
def _most_used_longer(count: int) -> CompoundSelect[Any]:
    """For each of some words, those that begin with it (built once: that costs more than running it)."""
    most_used = [
        select(bindparam(f"word_{number}", type_=String), SearchWord.word)
        .where(SearchWord.word > bindparam(f"word_{number}"), SearchWord.word < bindparam(f"end_{number}"))
        .order_by(SearchWord.uses.desc(), SearchWord.word)
        .limit(LONGER_WORDS)
        .subquery()
        for number in range(count)
    ]
    return union_all(*map(select, most_used))


def _hits_in(dialect: str, part: str, in_title: int, *, walked: int = RECORDS_WALKED) -> str:
    return _PARTS[dialect].format(part=part, in_title=in_title, walked=walked)


@cache
def _hits_statement(dialect: str, in_titles: bool) -> TextClause:
    parts = [("title", 1)] if in_titles else [("title", 1), ("text", 0)]
    selects = (_hits_in(dialect, part, in_title) for part, in_title in parts)
    return text(" UNION ALL ".join(map("SELECT * FROM ({}) AS found".format, selects)))


@cache
def _listed_statement(dialect: str, part: str) -> TextClause:
    """The records of a list's words. A marker that a million people have takes long to be read backwards in titles."""
    newest = " ORDER BY rowid DESC" if part == "text" else ""
    hits = (
        f"SELECT rowid FROM fts_{part}s WHERE fts_{part}s MATCH :wanted{newest} LIMIT :most" if dialect == "sqlite"  # noqa: S608
        else f"SELECT id FROM ({_hits_in(dialect, part, 0, walked=RECORDS_OF_LISTS_WALKED)}) AS found"  # noqa: S608
    )
    return text(f"SELECT subject_id FROM search_documents WHERE id IN ({hits})")  # noqa: S608


@cache
def _by_word_statement(dialect: str, count: int) -> TextClause:
    """The records of each of ``count`` queries, with the number of the query."""
    hits = _hits_in(dialect, "text", 0)
    return text(" UNION ALL ".join(
        f"SELECT {number} AS place, searched.subject_id FROM ({hits.replace(':wanted', f':wanted_{number}')}) AS found "  # noqa: S608
        "JOIN search_documents AS searched ON searched.id = found.id" for number in range(count)
    ))


def _written(dialect: str, wanted: _Wanted) -> str:
    """A query in the language of a database: FTS5's, or that of ``tsquery``."""
    if dialect == "sqlite":
        return " AND ".join(f"({' OR '.join(map(_for_fts5, phrases))})" for phrases in wanted)
    return " & ".join(f"({' | '.join(map(_for_tsquery, phrases))})" for phrases in wanted)


def _for_fts5(phrase: Phrase) -> str:
    return f'"{" ".join(phrase.terms)}"{"*" if phrase.is_prefix else ""}'


def _for_tsquery(phrase: Phrase) -> str:
    terms = [f"'{term}'" for term in phrase.terms]
    return f"({' <-> '.join(terms)}{':*' if phrase.is_prefix else ''})"
