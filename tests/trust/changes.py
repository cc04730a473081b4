"""A walk through everything that people can change: each form of a site's pages is filled and sent, and what each one
left in the database is witnessed by the database itself."""

import re
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from secrets import token_hex
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import lxml.html

from tests.accounts.routes import routes
from tests.visits import BASE, Visit

AT_ONCE = 2
"""How many pages of a kind are looked at, and how many times a form of a kind is sent, by each visitor."""
BESIDE = frozenset({
    "audit", "form_answers", "search_documents", "search_words", "sessions", "notices", "notice_deliveries", "follows",
})
"""Tables that may change without an audit row: what is made of other rows, and what people choose to be told."""
_WORDS = {"url": "https://example.org/walked", "email": "walked@example.org", "date": "2026-03-04"}
_KNOWN = {"person": "example-newcomer"}


class Change(NamedTuple):
    """What one request left behind: the tables whose rows are others now, and the records that audit rows are about."""

    route: str
    tables: frozenset[str]
    about: tuple[tuple[str, int], ...]

    @property
    def is_one(self) -> bool:
        """Whether it is a change of the record."""
        return bool(self.tables - BESIDE)

    @property
    def is_told_once(self) -> bool:
        """Whether there is one audit row for each record that it is about, and none where nothing was changed."""
        return self.is_one == bool(self.about) and len(set(self.about)) == len(self.about)


class Witness:
    """Triggers on every table of an SQLite file: what a transaction takes back, they have not seen."""

    def __init__(self, path: str) -> None:
        self._path = path
        with closing(sqlite3.connect(path)) as file, file:
            file.execute("CREATE TABLE witnessed (name TEXT, record TEXT, number INTEGER)")
            tables = [name for (name,) in file.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'fts_%'"
                " AND name NOT IN ('witnessed', 'alembic_version', 'sqlite_sequence', 'sqlite_stat1', 'sqlite_stat4')"
            )]
            for table in tables:
                columns = [row[1] for row in file.execute(f"PRAGMA table_info({table})")]
                differs = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)
                told = "NEW.subject, NEW.subject_id" if table == "audit" else "NULL, NULL"
                for deed, when in (("INSERT", ""), ("DELETE", ""), ("UPDATE", f"WHEN {differs}")):
                    words = told if deed == "INSERT" else "NULL, NULL"
                    name = f"witness_{table}_{deed}"
                    noting = f"INSERT INTO witnessed VALUES ('{table}', {words})"  # noqa: S608 — names of our own
                    file.execute(f"CREATE TRIGGER {name} AFTER {deed} ON {table} {when} BEGIN {noting}; END")

    def told(self, route: str) -> Change:
        """What was changed since it was last asked."""
        with closing(sqlite3.connect(self._path)) as file, file:
            rows = file.execute("SELECT name, record, number FROM witnessed").fetchall()
            file.execute("DELETE FROM witnessed")
        about = tuple((record, number) for name, record, number in rows if name == "audit" and record)
        return Change(route, frozenset(name for name, _record, _number in rows), about)


class Walk:
    """One visitor's way through a site: pages are opened, links followed, forms sent."""

    def __init__(self, visit: Visit, witness: Witness) -> None:
        self._visit, self._witness = visit, witness
        app: Any = visit.client.app  # type: ignore[attr-defined]
        self._patterns = [
            (one.method, one.path, re.compile(re.sub(r"\\\{\w+:\w+\\\}", "[^/]+", re.escape(one.path))))
            for one in routes(app)
        ]
        self._opened: Counter[str] = Counter()
        self._sent: Counter[str] = Counter()
        self._ahead: list[str] = []

    async def through(self, *pages: str) -> AsyncIterator[Change]:
        """Walk from these pages on, until nothing new is left; what each form that was taken changed."""
        self._ahead, seen = list(pages), set[str]()
        while self._ahead:
            path = self._ahead.pop(0)
            kind = self._kind("GET", path)
            if path in seen or not kind or self._opened[kind] >= AT_ONCE:
                continue
            seen.add(path)
            self._opened[kind] += 1
            answer = await self._visit.client.get(path, headers={"accept": "text/html"})
            if answer.status_code != 200 or "text/html" not in answer.headers["content-type"]:
                continue
            page = lxml.html.fromstring(answer.text)
            self._ahead += _links(page, path)
            for form in page.forms:
                if form.method.lower() == "post":
                    async for change in self._send(form, path):
                        yield change

    async def _send(self, form: Any, path: str) -> AsyncIterator[Change]:
        for action, button in _ways(form, path):
            kind = self._kind("POST", action)
            if not kind or kind.startswith("/sign-") or self._sent[kind] >= AT_ONCE:
                continue
            for fields in (_changed(form), _plain(form)):
                sent = fields | button | {"form_key": token_hex(8)}
                answer = await self._visit.client.post(action, data=sent, headers={"accept": "text/html"})
                assert answer.status_code < 500, (action, sent)
                yield self._witness.told(kind)
                if answer.status_code == 303:
                    self._sent[kind] += 1
                    self._ahead.append(urlsplit(answer.headers["location"]).path)
                    break

    def _kind(self, method: str, path: str) -> str:
        """The route of an address; files are none, for no form stands in them."""
        if "." in path.rpartition("/")[2]:
            return ""
        found = [one for way, one, pattern in self._patterns if way == method and pattern.fullmatch(path)]
        return min(found, key=lambda one: one.count("{"), default="")


def _links(page: Any, path: str) -> Iterator[str]:
    for link in page.xpath("//a/@href"):
        address = urlsplit(urljoin(BASE + path, link))
        if address.netloc == urlsplit(BASE).netloc and not address.query:
            yield address.path


def _ways(form: Any, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Where each of a form's buttons sends it, with what the button says."""
    for button in form.xpath(".//button[not(@type='button')]"):
        action = urlsplit(urljoin(BASE + path, button.get("formaction") or form.action or path)).path
        name = button.get("name")
        yield action, {name: button.get("value", "")} if name else {}


def _plain(form: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in form.form_values():
        fields.setdefault(name, []).append(value)
    return fields


def _changed(form: Any) -> dict[str, Any]:
    """A form as somebody sends it who changes all that can be changed."""
    fields = _plain(form)
    for box in form.xpath(".//input[@type='checkbox']"):
        fields[box.get("name")] = [*fields.get(box.get("name"), ()), box.get("value", "on")]
    for dot in form.xpath(".//input[@type='radio']"):
        fields[dot.get("name")] = dot.get("value", "on")
    for choice in form.xpath(".//select[@name]"):
        values = [option.get("value", option.text) for option in choice.xpath(".//option")]
        fields[choice.get("name")] = next((one for one in reversed(values) if one), "")
    for area in form.xpath(".//textarea[@name]"):
        fields[area.get("name")] = f"{area.text or ''} walked"
    for line in form.xpath(".//input[@name]"):
        name, kind, value = line.get("name"), line.get("type", "text"), line.get("value", "")
        if kind in {"text", "search"}:
            fields[name] = _KNOWN.get(name, f"{value} walked".strip())
        elif kind in _WORDS or kind == "number":
            fields[name] = value or _WORDS.get(kind) or line.get("min", "1")
    return fields
