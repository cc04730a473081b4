"""What each request changes, as the database itself saw it: triggers note it, whoever sends the request."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from litestar import Litestar

from tests.accounts.routes import routes

BESIDE = frozenset({
    "audit", "form_answers", "search_documents", "search_words", "sessions", "notices", "notice_deliveries", "follows",
})
"""Tables that may change without an audit row: what is made of other rows, and what people choose to be told."""
APART = BESIDE - {"audit"} | {"uploads", "outbox"}
"""What a route may write that changes no record: besides, files that wait to be imported, and letters."""
EACH_TOLD = {("POST", "/api/v1/projects/{slug:str}/stage")}
"""Where one request may bring several changes of one record, each with its row: evidence, which can be taken back by
itself, and the move."""
WALKED = "walked"
EXPECTED = Path(__file__).with_name("changing_routes.txt")
LOOKING = frozenset({"GET", "HEAD", "OPTIONS"})


def expected() -> dict[tuple[str, str], str]:
    """Each route that may change something: "walked", or why it changes nothing of the record."""
    lines = (line.split(maxsplit=2) for line in EXPECTED.read_text("utf-8").splitlines())
    return {(method, path): what for method, path, what in lines}


class Change(NamedTuple):
    """What one request left behind: the tables whose rows are others now, and the records that audit rows are about."""

    route: tuple[str, str]
    tables: frozenset[str]
    about: tuple[tuple[str, int, str], ...]

    @property
    def is_one(self) -> bool:
        """Whether it is a change of the record."""
        return bool(self.tables - BESIDE)

    @property
    def is_told_once(self) -> bool:
        """Whether there is one audit row for each record that it is about, and none where nothing was changed."""
        records = self.about if self.route in EACH_TOLD else tuple(told[:2] for told in self.about)
        return self.is_one == bool(records) and len(set(records)) == len(records)


class Routes:
    """Which route an address belongs to."""

    def __init__(self, app: Litestar) -> None:
        self.every = [(one.method, one.path) for one in routes(app)]
        self._patterns = [
            (method, path, re.compile(re.sub(r"\\\{\w+:\w+\\\}", "[^/]+", re.escape(path))))
            for method, path in self.every
        ]

    def changing(self) -> set[tuple[str, str]]:
        """Those that may change something, as method and pattern."""
        return {(method, path) for method, path in self.every if method not in LOOKING}

    def of(self, method: str, path: str) -> str:
        """The pattern of the route; empty when there is none."""
        found = [one for way, one, pattern in self._patterns if way == method and pattern.fullmatch(path)]
        return min(found, key=lambda one: one.count("{"), default="")


class Witness:
    """Triggers on every table of an SQLite file: what a transaction takes back, they have not seen."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.changes: list[Change] = []
        with closing(sqlite3.connect(path)) as file, file:
            file.execute("CREATE TABLE witnessed (name TEXT, record TEXT, number INTEGER, action TEXT)")
            tables = [name for (name,) in file.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'fts_%'"
                " AND name NOT IN ('witnessed', 'alembic_version', 'sqlite_sequence', 'sqlite_stat1', 'sqlite_stat4')"
            )]
            for table in tables:
                columns = [row[1] for row in file.execute(f"PRAGMA table_info({table})")]
                differs = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)
                told = "NEW.subject, NEW.subject_id, NEW.action" if table == "audit" else "NULL, NULL, NULL"
                for deed, when in (("INSERT", ""), ("DELETE", ""), ("UPDATE", f"WHEN {differs}")):
                    words = told if deed == "INSERT" else "NULL, NULL, NULL"
                    name = f"witness_{table}_{deed}"
                    noting = f"INSERT INTO witnessed VALUES ('{table}', {words})"  # noqa: S608 — names of our own
                    file.execute(f"CREATE TRIGGER {name} AFTER {deed} ON {table} {when} BEGIN {noting}; END")

    def walked(self) -> set[tuple[str, str]]:
        """The routes that changed something of the record."""
        return {one.route for one in self.changes if one.is_one and one.about}

    def amiss(self) -> list[Change]:
        """What was changed and not told once, or changed where no record is."""
        known = expected()
        return [
            one for one in self.changes
            if not (one.is_told_once if known.get(one.route) == WALKED else one.tables <= APART)
        ]

    def look_at(self, client: Any) -> None:
        """Note what each request of a client's changes from now on, and of every browser that is opened beside it."""
        client._transport = _Watched(client._transport, self, Routes(client.app))

    def told(self, route: tuple[str, str]) -> Change:
        """What was changed since it was last asked."""
        with closing(sqlite3.connect(self._path)) as file, file:
            rows = file.execute("SELECT name, record, number, action FROM witnessed").fetchall()
            file.execute("DELETE FROM witnessed")
        about = tuple(tuple(told) for name, *told in rows if name == "audit" and told[0])
        return Change(route, frozenset(name for name, *_told in rows), about)


class _Watched(httpx.AsyncBaseTransport):
    def __init__(self, inner: httpx.AsyncBaseTransport, witness: Witness, known: Routes) -> None:
        self._inner, self._witness, self._known = inner, witness, known

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method in LOOKING:
            return await self._inner.handle_async_request(request)
        self._witness.told(("", ""))  # what was written before, by whomever
        answer = await self._inner.handle_async_request(request)
        route = self._known.of(request.method, request.url.path)
        self._witness.changes.append(self._witness.told((request.method, route)))
        return answer
