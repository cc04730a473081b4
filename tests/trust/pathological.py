"""Texts that nobody writes but to keep a machine busy, and how much of it one takes."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import count
from os import sysconf
from pathlib import Path
from random import Random
from time import process_time

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.rules import Subject
from registry.database.engine import Database, dialect_of
from registry.repositories.readme import render_readme
from registry.search.commands import refresh
from registry.search.queries import search, suggestions
from registry.search.rules import excerpt, highlight, index_terms
from registry.web.markdown import render_markdown
from tests.factories import a_project

LENGTH = 100_000
"""Bytes of each text."""
DOUBTFUL = (0.1, 0.5)
"""Seconds between which a measurement is made again: other work on a processor makes ours longer."""
MOST_MEASURED = 10
_ITS_PROCESS = select(func.pg_backend_pid())
TICKS_A_SECOND = sysconf("SC_CLK_TCK")
PIECES = (
    "[", "![", "[](", "[a](", "[a][", "[a]: b\n", "[![a](", "](<", "[a](b \"", "<b", "<b id=1><p>", "</b>", "<a@b.c>",
    "<http://a>", "<!--", "<![CDATA[", "<?", "<table><td>", "&", "&amp;", "&#x41;", "*a", "**a*", "_a ", "a*b_", "~~a",
    "**「", "」**", "`", "``a`", "`a``b```", "\\", "> ", ">>", "> - ", "- ", "1. ", "  - ", "    a\n", "a\n", "\n",
    "  \n", "===\n", "a\n=\n", "# ", "```\n", "~~~\n", "| a ", "| |\n", "|a|\n|-|\n", "|", ":-", "a", " ", "坑",
    "預算", "《", "\t", "\u0301", "a\u0301", "ﬁ", "㈱", "Ａ", "ガ", "ｶﾞ", "가", "\u200b", "\U0001f469\u200d", "\u202e",
    "a_b ", "ab ", "'", '"',
)


def texts(seed: int) -> Iterator[str]:
    """Texts of 100 KB without end, the same ones for a seed; the worst ones that are known come first."""
    random = Random(seed)  # noqa: S311 — the same ones each time
    yield _cut("*a" * LENGTH)
    yield _cut("[![a](" * LENGTH)
    yield "|" + "a|" * 250 + "\n|" + "-|" * 250 + "\n" + "a\n" * 49_000
    yield _cut("".join(map(chr, range(0x4E00, 0xA000))) + "".join(map(chr, range(0x20000, 0x30000))))
    yield "<p>" + "".join(f"<b id={number}>" for number in range(900)) + "<p>x" * 20_000
    yield "[a](" * 3_000 + "a" * 80_000
    kinds = (_repeated, _nested, _in_turn, _mixed, _padded)
    for number in count():
        yield _cut(kinds[number % len(kinds)](random))


def _cut(text: str) -> str:
    return text.encode()[:LENGTH].decode(errors="ignore")


def _repeated(random: Random) -> str:
    return random.choice(PIECES) * LENGTH


def _nested(random: Random) -> str:
    start, end, depth = random.choice(PIECES), random.choice(PIECES), random.choice([5, 18, 100, 9_000])
    return (start * depth + "a" + end * depth + random.choice(["", "\n", "\n\n"])) * (LENGTH // depth)


def _in_turn(random: Random) -> str:
    return "".join(random.choices(PIECES, k=random.randint(2, 6))) * LENGTH


def _mixed(random: Random) -> str:
    return "".join(random.choices(random.sample(PIECES, 12), k=LENGTH))


def _padded(random: Random) -> str:
    """Few marks, and much for each of them to look through."""
    mark = "".join(random.choices(PIECES, k=2))
    return (mark + random.choice(["a", "a ", "坑", "a\n", "("]) * random.choice([30, 1_000, 30_000])) * 400


def showing(text: str) -> dict[str, Callable[[], object]]:
    """What is done to show a text, and to mark in it what was looked for."""
    return {
        "Markdown": lambda: render_markdown(text),
        "README": lambda: render_readme(text, url="https://github.com/g0v/map", branch="main"),
        "terms": lambda: index_terms(text),
        "marks": lambda: (highlight(text, text[:200]), excerpt(text, text[:3])),
    }


def seconds_of(work: Callable[[], object]) -> float:
    """What a processor spends on some work, the least of several where that is doubtful."""
    def once() -> float:
        start = process_time()
        work()
        return process_time() - start

    measured = [once()]
    while _is_doubtful(measured):
        measured.append(once())
    return min(measured)


def _is_doubtful(measured: Sequence[float]) -> bool:
    return DOUBTFUL[0] < min(measured) < DOUBTFUL[1] and len(measured) < MOST_MEASURED


async def seconds_of_search(database: Database, text: str) -> dict[str, float]:
    """What our processor and the database's spend on keeping a text, looking for it, and for how it begins."""
    async with database.writing() as session:
        project = await a_project(session, description={"en": text})
        spent = {
            "indexing": await _seconds(session, lambda: refresh(session, Subject.PROJECT, [project.id])),
            "search": await _seconds(session, lambda: search(session, text, limit=20)),
            "suggestions": await _seconds(session, lambda: suggestions(session, text)),
        }
        await session.rollback()
    return spent


async def _seconds(session: AsyncSession, work: Callable[[], Awaitable[object]]) -> float:
    async def once() -> float:
        start = process_time() + await _of_server(session)
        await work()
        return process_time() + await _of_server(session) - start

    measured = [await once()]
    while _is_doubtful(measured):
        measured.append(await once())
    return min(measured)


async def _of_server(session: AsyncSession) -> float:
    """The seconds of PostgreSQL's own process for this session; SQLite is a part of ours."""
    return 0 if dialect_of(session) == "sqlite" else _of_another((await session.execute(_ITS_PROCESS)).scalar_one())


def _of_another(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND
