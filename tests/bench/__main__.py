"""``make bench``: what the pages of the community's record cost, beside ``/livez``, the ceiling of this machine.

The record is read from the folder ``KENG_BENCH_DATA`` (by default ``../shared/data`` if it is there), else it is the
sample. Each row names its target; a row that misses it is marked.
"""

import asyncio
import logging
import os
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from registry.settings import Settings
from tests.bench.load import CONNECTIONS, Load, generator, load_many, load_one
from tests.bench.search import generated_search
from tests.bench.site import WORKERS, Pages, Server, import_record, pages_of, queries_of, serving
from tests.databases import postgresql_server

SECONDS = float(os.environ.get("KENG_BENCH_SECONDS", "5"))
GENERATED = int(os.environ.get("KENG_BENCH_RECORDS", "100000"))
DEFAULT_FOLDER = Path("../shared/data")
# Ratios to /livez, by (is it served from memory, page).
LEAST_AS_SERVED = {"event page": 0.4, "project page": 0.4}
LEAST_UNCACHED = {"event page": 0.04, "project page": 0.04, "search, distinct": 0.03}
LONGEST_P99_AS_SERVED = 25.0
MOST_QUERIES = 6
MOST_MEGABYTES = 200
LONGEST_SEARCH = 5.0

console = Console(width=120)
logging.getLogger("httpx").setLevel(logging.WARNING)


def main() -> None:
    """Import, measure, print."""
    folder = Path(os.environ.get("KENG_BENCH_DATA", DEFAULT_FOLDER))
    with tempfile.TemporaryDirectory(prefix="keng-bench-") as place:
        cached = Settings(database_url=f"sqlite:///{place}/record.sqlite3", page_cache=True)
        uncached = cached.model_copy(update={"page_cache": False})
        seconds = import_record(cached, folder if folder.is_dir() else None)
        console.print(f"Record: {folder if folder.is_dir() else 'the sample'}, imported in {seconds:.1f} s")
        console.print(f"Load: {generator()}, {CONNECTIONS} connections, "
                      f"{WORKERS} workers, {SECONDS:.0f} s a row")
        pages = asyncio.run(pages_of(cached))
        table = Table("page", "requests/s", "p50 ms", "p99 ms", "ratio to /livez", "target", "queries")
        memory = []
        for settings in (uncached, cached):
            with serving(settings) as server:
                _measure(table, server, pages, settings)
                memory.append(server.worker_megabytes())
        console.print(table)
        console.print(f"Memory of the largest worker: {max(memory):.0f} MB {_mark(max(memory) < MOST_MEGABYTES)}")
        if GENERATED:
            with postgresql_server(Path(place)) as postgresql:
                for name, url in (("SQLite", f"sqlite:///{place}/generated.sqlite3"), ("PostgreSQL", postgresql)):
                    found = asyncio.run(generated_search(url, records=GENERATED))
                    console.print(f"Search in {name} at {GENERATED:,} records: p50 {found.in_database:.2f} ms in the "
                                  f"database (target {LONGEST_SEARCH} ms) {_mark(found.in_database < LONGEST_SEARCH)}, "
                                  f"{found.p50:.2f} ms with ours, p99 {found.p99:.2f} ms")


def _measure(table: Table, server: Server, pages: Pages, settings: Settings) -> None:
    ceiling = load_one(f"{server.address}/livez", seconds=SECONDS)
    table.add_section()
    table.add_row(f"/livez, {'as served' if settings.page_cache else 'uncached'}", *_figures(ceiling), "1", "", "0")
    for name, path in pages.single.items():
        load = load_one(server.address + path, seconds=SECONDS)
        _row(table, name, load, ceiling=ceiling, settings=settings, queries=asyncio.run(queries_of(settings, path)))
    again = pages.searches[0]
    load = load_one(server.address + again, seconds=SECONDS)
    asked = asyncio.run(queries_of(settings, again))
    _row(table, "search, again", load, ceiling=ceiling, settings=settings, queries=asked)
    load = load_many([server.address + path for path in pages.searches], seconds=SECONDS)
    most = max(asyncio.run(queries_of(settings, path)) for path in pages.searches[::400])
    _row(table, "search, distinct", load, ceiling=ceiling, settings=settings, queries=most)


def _row(table: Table, name: str, load: Load, *, ceiling: Load, settings: Settings, queries: int) -> None:
    ratio = load.per_second / ceiling.per_second
    least = (LEAST_AS_SERVED if settings.page_cache else LEAST_UNCACHED).get(name)
    is_fast = least is None or ratio >= least
    # Distinct queries are never in memory: they are rendered anew on either server.
    is_even = not settings.page_cache or name == "search, distinct" or load.p99 < LONGEST_P99_AS_SERVED
    table.add_row(
        name + (f", {load.failures} FAILED" if load.failures else ""), *_figures(load), f"{ratio:.3f}",
        (f"{least} " if least else "") + _mark(is_fast and is_even and not load.failures),
        f"{queries} {_mark(queries <= MOST_QUERIES)}",
    )


def _figures(load: Load) -> tuple[str, str, str]:
    return f"{load.per_second:,.0f}", f"{load.p50:.2f}", f"{load.p99:.2f}"


def _mark(is_met: bool) -> str:
    return "✓" if is_met else "✗ MISSED"


if __name__ == "__main__":
    main()
