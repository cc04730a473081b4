"""Keep the index true, in the transaction of each change.

A command that changes records ends with one line: ``await refresh(session, Subject.PROJECT, [project.id])``.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy import text as plain_sql
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.rules import Subject
from registry.database.engine import dialect_of
from registry.database.types import Localized
from registry.search.models import SearchDocument, SearchWord
from registry.search.rules import SEARCHED, index_terms, marker_of, spaced_words
from registry.search.sources import UNTOLD, Document, dependents_of, documents_of, ids_of

BATCH = 500
SHOWN_CHARACTERS = 600
MOST_STRENGTH = 99


async def refresh(session: AsyncSession, subject: Subject, ids: Iterable[int]) -> None:
    """Make these records findable as they are now; those that are gone, drafts or hidden can no longer be found.

    Proposals follow their events and projects, and projects their topics. Kinds that are not searched are left alone.
    """
    if subject not in SEARCHED:
        return
    for some in _batches(ids):
        await _replace(session, subject, some, await documents_of(session, subject, some))
        for kind, dependents in await dependents_of(session, subject, some):
            for others in _batches(dependents):
                await _replace(session, kind, others, await documents_of(session, kind, others))


async def forget_removed_words(session: AsyncSession) -> None:
    """Rewrite SQLite's full-text tables, which keep the words of removed rows until then."""
    if dialect_of(session) == "sqlite":
        for table in ("fts_titles", "fts_texts"):
            await session.execute(plain_sql(f"INSERT INTO {table}({table}) VALUES ('optimize')"))  # noqa: S608 — our own names


async def rebuild(session: AsyncSession, *, advance: Callable[[int, int], None] | None = None) -> int:
    """Index every public record anew; give their number. ``advance`` is told how many records of how many are done."""
    await session.execute(delete(SearchDocument))
    await session.execute(delete(SearchWord))
    ids = {subject: await ids_of(session, subject) for subject in SEARCHED}
    total, done, found = sum(map(len, ids.values())), 0, 0
    for subject in SEARCHED:
        for some in _batches(ids[subject]):
            documents = await documents_of(session, subject, some)
            await add_documents(session, subject, documents)
            done, found = done + len(some), found + len(documents)
            if advance:
                advance(done, total)
    return found


async def _replace(
    session: AsyncSession, subject: Subject, ids: Collection[int], documents: Sequence[Document]
) -> None:
    former = (SearchDocument.subject == subject) & SearchDocument.subject_id.in_(ids)
    gone = list((await session.execute(select(SearchDocument.text_terms).where(former))).scalars())
    if gone:
        await session.execute(delete(SearchDocument).where(former))
    await add_documents(session, subject, documents, gone=gone)


async def add_documents(
    session: AsyncSession, subject: Subject, documents: Sequence[Document], *, gone: Sequence[str] = ()
) -> None:
    """Index documents that are not in the index; ``gone`` are the terms of those they replace, taken out already."""
    rows = [_row(subject, document) for document in documents]
    if rows:
        await session.execute(insert(SearchDocument), rows)
    uses = Counter(word for row in rows for word in spaced_words(row["text_terms"]))
    uses.subtract(word for terms in gone for word in spaced_words(terms))
    await _count_words(session, {word: count for word, count in uses.items() if count != 0})


async def _count_words(session: AsyncSession, uses: Mapping[str, int]) -> None:
    if not uses:
        return
    dialect = {"sqlite": sqlite, "postgresql": postgresql}[dialect_of(session)]
    counted = dialect.insert(SearchWord)
    await session.execute(
        counted.on_conflict_do_update(
            index_elements=[SearchWord.word], set_={"uses": SearchWord.uses + counted.excluded.uses}
        ),
        # In one order everywhere: two transactions that meet in a word wait, and never for each other.
        [{"word": word, "uses": count} for word, count in sorted(uses.items())],
    )
    if min(uses.values()) < 0:
        await session.execute(delete(SearchWord).where(SearchWord.uses <= 0))


def _row(subject: Subject, document: Document) -> dict[str, Any]:
    names = "\n".join([*document.title.values(), *document.other_names])
    texts = [{UNTOLD: text} if isinstance(text, str) else text or {} for text in document.texts]
    everything = "\n".join([names, *(words for text in texts for words in text.values())])
    return {
        "subject": subject,
        "subject_id": document.subject_id,
        "slug": document.slug,
        "title": document.title,
        "body": _beginning(texts),
        "dated_on": document.dated_on,
        "weight": 100 * (len(SEARCHED) - SEARCHED.index(subject)) + min(document.strength, MOST_STRENGTH),
        "title_terms": f"{marker_of(subject)} {index_terms(names)}",
        "text_terms": f"{marker_of(subject)} {index_terms(everything)}",
    }


def _beginning(texts: Iterable[Localized]) -> Localized:
    shown: Localized = {}
    for text in texts:
        for language, words in text.items():
            before = shown.get(language)
            if words.strip() and len(before or "") < SHOWN_CHARACTERS:
                after = " ".join(words[:SHOWN_CHARACTERS].split())
                shown[language] = f"{before} · {after}" if before else after
    return shown


def _batches(ids: Iterable[int]) -> Iterator[list[int]]:
    remaining = iter(ids)
    while some := list(islice(remaining, BATCH)):
        yield some
