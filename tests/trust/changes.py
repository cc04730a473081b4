"""A walk through everything that people can change: each form of a site's pages is filled and sent, and what each one
left in the database is witnessed by the database itself."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from secrets import token_hex
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.html
from litestar.testing import AsyncTestClient

from registry.accounts.personas import Persona
from registry.database.engine import Database
from tests.trust.by_scripts import write_by_scripts
from tests.trust.kinds import every_kind
from tests.trust.states import prepare
from tests.trust.steps import leave, take_steps
from tests.trust.witness import Routes
from tests.visits import BASE, Visit, another_visit

AT_ONCE = 2
"""How many times a form of a kind is sent by each visitor."""
OPENED = {"link": 1, "query": 1, "change": AT_ONCE}
"""How many pages of a kind are opened for each way in which a visitor comes there."""
FROM = ("/", "/account", "/desk", "/pitch", "/projects/new", "/cases/cofacts/draft", "/inbox", "/events/hackath66n/run")
_ENDS = re.compile(r"/(state|remove|discard|leave|withdraw|revoke|cancel|settle|forget|end|drop|erase)$|/hand-over$")
"""Forms that are sent last: what they end has other forms."""
_NEVER = re.compile(r"/sign-|/account/erase|/account/sessions")
"""Forms that would end the walk."""
_FILE = re.compile(r"\.[a-z0-9]{2,5}$")
_WORDS = {"url": "https://example.org/walked", "email": "walked@example.org", "date": "2026-03-04"}
_KNOWN = {"person": "example-newcomer", "hours": "1.5", "other": "disfactory", "channel": "C1"}


async def change_everything(client: AsyncTestClient[Any], database: Database) -> AsyncIterator[str]:
    """Change all that can be changed in the sample record; what is done is said before the next begins."""
    async def enter(part: str | None) -> Visit:
        visit = another_visit(client)
        return await visit.play(part) if part else visit

    visits = {part: await enter(part) for part in (*map(str, Persona), None)}
    kinds = [*await every_kind(enter, database), *await prepare(database)]
    yield "kinds of page"
    refused = await write_by_scripts(visits["owner"], visits["organiser"])
    assert refused == []
    yield "scripts"
    await take_steps(visits["organiser"])
    yield "steps"
    for part, visit in visits.items():
        walk = Walk(visit, Routes(client.app))
        await walk.through(*(kind.path for kind in kinds if kind.part == part), *(FROM if part else ()))
        yield f"forms of {part}"
    await leave(visits["proposer"])
    yield "erasure"


class Walk:
    """One visitor's way through a site: pages are opened, links followed, forms sent."""

    def __init__(self, visit: Visit, known: Routes) -> None:
        self._visit, self._known = visit, known
        self._opened: Counter[tuple[str, str]] = Counter()
        self._sent: Counter[str] = Counter()
        self._ahead: list[str] = []
        self._seen: set[str] = set()
        self._to_end: dict[str, None] = {}
        self._is_ending = False

    async def through(self, *pages: str) -> None:
        """Walk from these pages on, until nothing new is left; what ends something is sent last."""
        for self._is_ending in (False, True):
            self._ahead, begin = [], [*self._to_end] if self._is_ending else pages
            for address in dict.fromkeys(begin):
                await self._open(address)
            while self._ahead:
                await self._open(self._ahead.pop(0))

    async def _open(self, address: str) -> None:
        answer = await self._visit.client.get(address, headers={"accept": "text/html"})
        if answer.status_code != 200 or "text/html" not in answer.headers["content-type"]:
            return
        page = lxml.html.fromstring(answer.text)
        for link in _links(page, address):
            self._come_to(link, "query" if "?" in link else "link")
        for form in page.forms:
            if form.method.lower() == "post" and not form.xpath(".//input[@type='file']"):
                await self._send(form, address)

    async def _send(self, form: Any, address: str) -> None:
        for action, button in _ways(form, address):
            kind = self._kind("POST", action)
            if not kind or _NEVER.match(kind) or self._sent[kind] >= AT_ONCE:
                continue
            if bool(_ENDS.search(kind)) is not self._is_ending:
                self._to_end[address] = None
                continue
            for fields in (_changed(form), _plain(form)):
                sent = fields | button | {"form_key": token_hex(8)}
                answer = await self._visit.client.post(action, data=sent, headers={"accept": "text/html"})
                assert answer.status_code < 500, (action, sent)
                if answer.status_code == 303:
                    self._sent[kind] += 1
                    self._seen.discard(answer.headers["location"])
                    self._come_to(answer.headers["location"], "change")
                    break

    def _come_to(self, address: str, how: str) -> None:
        """Go there later, unless enough of its kind were opened that were come to in this way."""
        kind = self._kind("GET", urlsplit(address).path)
        if kind and address not in self._seen and self._opened[kind, how] < OPENED[how]:
            self._opened[kind, how] += 1
            self._seen.add(address)
            self._ahead.append(address)

    def _kind(self, method: str, path: str) -> str:
        """The route of an address; files are none, for no form stands in them."""
        return "" if _FILE.search(path) else self._known.of(method, path)


def _links(page: Any, address: str) -> Iterator[str]:
    for link in page.xpath("//a/@href"):
        parts = urlsplit(urljoin(BASE + address, link))
        if parts.netloc == urlsplit(BASE).netloc:
            yield f"{parts.path}?{parts.query}".rstrip("?")


def _ways(form: Any, address: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Where each of a form's buttons sends it, with what the button says."""
    beside = form.xpath(f"//button[@form='{form.get('id')}']") if form.get("id") else []
    for button in (*form.xpath(".//button[not(@type='button')]"), *beside):
        action = urlsplit(urljoin(BASE + address, button.get("formaction") or form.action or address)).path
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
        if box.checked and box.get("required") is not None:
            continue
        others = [one for one in fields.get(box.get("name"), ()) if one != box.get("value", "on")]
        fields[box.get("name")] = [*others, *([] if box.checked else [box.get("value", "on")])]
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
