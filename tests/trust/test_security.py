"""What people can trust: that nobody makes a page, a form or an address of ours do what it should not."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

import lxml.html
import pytest
from litestar import get
from litestar.datastructures import State
from litestar.testing import AsyncTestClient
from sqlalchemy import select

from registry import app as application
from registry.accounts.rules import Permission
from registry.database.engine import Database
from registry.outside import NoAnswer, NotAsked, Outside
from registry.people.models import Person
from registry.settings import Settings
from registry.web.permissions import needs
from tests.accounts.routes import example, routes
from tests.accounts.test_rules import HOSTILE
from tests.conftest import in_trust, on_one_database
from tests.factories import a_person
from tests.trust import canaries, sheets
from tests.trust.addresses import TARGETS, Canary, resolve
from tests.trust.pathological import seconds_of, seconds_of_search, showing, texts
from tests.trust.promises import promise, promised, replaced
from tests.visits import BASE, Visit, visit_to

STREAMS = ("/live", "stream")


@get("/left-open", opt=needs(Permission.READ))
async def left_open(state: State) -> str:
    """Change the database, and tell an address: what no GET may do."""
    async with state.database.writing() as session:
        await a_person(session)
    return canaries.MAIL


def _left_open() -> Any:
    return patch.object(application, "ROUTES", [*application.ROUTES, left_open])


@asynccontextmanager
async def _site(settings: Settings) -> AsyncIterator[Visit]:
    """An application built now, with the fault if one is planted."""
    site = application.create_app(settings)
    async with AsyncTestClient(site, base_url=BASE, raise_server_exceptions=False) as client:
        yield visit_to(client)


def _pages(visit: Visit) -> list[str]:
    """The address of each GET route but streams, which have no end."""
    app: Any = visit.client.app  # type: ignore[attr-defined]
    return [
        example(one.path) for one in routes(app)
        if one.method == "GET" and not any(word in one.path for word in STREAMS)
    ]


def _hash(database: Database) -> str:
    with sqlite3.connect(database.url.removeprefix("sqlite:///")) as file:
        return sha256("\n".join(file.iterdump()).encode()).hexdigest()


@pytest.mark.trust
@on_one_database
@promise(
    4, "Looking changes nothing: no GET leaves the database another one.",
    fault="a route writes when it is looked at", planted=_left_open,
)
async def test_no_get_changes_anything(settings: Settings, database: Database) -> str:
    await canaries.fill(database)
    async with _site(settings) as visit:
        await visit.play("administrator")
        before, pages = _hash(database), _pages(visit)
        found = [(await visit.client.get(page)).status_code for page in pages].count(200)
        assert found > len(pages) / 3
        with promised():
            assert _hash(database) == before
    return f"{len(pages)} addresses, of which {found} answered 200"


def _changes(visit: Visit) -> list[str]:
    """The address of each route by which a form of a page is sent."""
    app: Any = visit.client.app  # type: ignore[attr-defined]
    return [example(one.path) for one in routes(app) if one.method == "POST"]


async def _strange(visit: Visit, headers: dict[str, str], said: str) -> str:
    """Send nothing but ``headers`` to every route that changes something: each must refuse, and say why."""
    app: Any = visit.client.app  # type: ignore[attr-defined]
    changing = [one for one in routes(app) if one.method != "GET" and not one.opt.get("answers_to_anyone")]
    assert changing
    taken = []
    for one in changing:
        answer = await visit.client.request(one.method, example(one.path), headers=headers | {"accept": "text/html"})
        if answer.status_code != 403 or said not in answer.text:
            taken.append(f"{one.method} {one.path}: {answer.status_code}")
    with promised():
        assert taken == []
    return f"{len(changing)} routes, all refuse"


@on_one_database
@promise(
    4, "Every change refuses a form that this browser was not given.",
    fault="any token fits", planted=replaced("registry.web.forms.FormToken.fits", lambda _self, _token: True),
)
async def test_no_form_without_its_token_is_taken(visit: Visit) -> str:
    await visit.play("administrator")
    return await _strange(visit, {"x-form-token": "0" * 64}, "This form is too old")


@on_one_database
@promise(
    4, "Every change refuses what another site sends.",
    fault="nobody looks where a form comes from",
    planted=replaced("registry.web.forms._is_from_here", lambda _connection: True),
)
async def test_no_form_of_another_site_is_taken(visit: Visit) -> str:
    await visit.play("administrator")
    return await _strange(visit, {"origin": "https://evil.example"}, "This was sent from another site")


@promise(
    7, "An address that somebody gave never leads into this machine or its network.",
    fault="loopback counts as public",
    planted=lambda: patch.dict(Outside.__init__.__kwdefaults__, may_be_asked=lambda one: one.startswith("127.")),
)
async def test_nothing_private_is_asked() -> str:
    outside = Outside(resolve=resolve)

    async def outcome(address: str) -> str:
        try:
            return str((await outside.ask(address)).status)
        except (NotAsked, NoAnswer) as refusal:
            # Some odd spellings are no address to this system's resolver: that is no answer, and no visit either.
            return type(refusal).__name__

    with Canary() as canary:
        port = canary.url.rpartition(":")[2]
        outcomes = await asyncio.gather(*(outcome(target.format(port=port)) for target in TARGETS))
    with promised():
        assert (canary.hits, set(outcomes) - {"NotAsked", "NoAnswer"}) == (0, set())
    assert outcomes.count("NotAsked") >= 60
    return f"{len(TARGETS)} targets, {canary.hits} visits"


@on_one_database
@promise(
    8, "No address to come back to after signing in leads off the site.",
    fault="the address is kept as it was given",
    planted=replaced("registry.accounts.sign_in_pages.safe_return_path", lambda wish: wish or "/"),
)
async def test_no_return_address_leads_away(visit: Visit) -> str:
    for wish in HOSTILE:
        page = await visit.client.get("/sign-in", params={"return": wish})
        assert page.status_code in {200, 400}, wish
        fields: list[Any] = lxml.html.fromstring(page.text).xpath("//input[@name='return']")
        with promised():
            assert {field.get("value") for field in fields} <= {"/"}, wish
    return f"{len(HOSTILE)} addresses, none does"


@on_one_database
@pytest.mark.parametrize("reader", ["a visitor", in_trust("an account")])
@promise(
    10, "No page, format, feed, export or error tells others an e-mail address, or a key to anything.",
    fault="a page tells one", planted=_left_open,
)
async def test_no_answer_tells_a_canary(settings: Settings, database: Database, tmp_path: Path, reader: str) -> str:
    await canaries.fill(database)
    async with _site(canaries.with_secrets(settings)) as visit:
        if reader == "an account":
            await visit.play("proposer")
        pages = _pages(visit)
        answers = {page: await visit.client.get(page) for page in pages}
        refused = {f"POST {one}": await visit.client.post(one, data={"form_token": "0"}) for one in _changes(visit)}
    found = [answer.status_code for answer in answers.values()].count(200)
    assert found > len(pages) / 4
    told = {name: answer.content for name, answer in (answers | refused).items()}
    told |= await canaries.exported(database, tmp_path)
    with promised():
        assert [name for name, content in told.items() if canaries.CANARY.encode() in content] == []
    return f"{len(pages)} addresses ({found} answered 200), {len(refused)} refusals and the exports; none tells one"


@pytest.mark.parametrize(
    ("database_url", "number"), [("sqlite", 4), in_trust("sqlite", 1_000), in_trust("postgresql", 200)],
    indirect=["database_url"],
)
@promise(
    11, "No text of 100 KB, however it is made, keeps a processor busy for 200 ms, shown or searched.",
    fault="Markdown takes as many steps as it likes", planted=replaced("registry.web.markdown.MOST_STEPS", 10**9),
)
async def test_no_text_takes_long(database: Database, number: int) -> str:
    longest: dict[str, float] = {}
    for place, text in enumerate(islice(texts(seed=11), number)):
        spent = {name: seconds_of(work) for name, work in showing(text).items()}
        spent |= await seconds_of_search(database, text)
        longest = {name: max(seconds, longest.get(name, 0)) for name, seconds in spent.items()}
        with promised():
            assert [name for name, seconds in spent.items() if seconds >= 0.2] == [], (place, text[:80])
    told = ", ".join(f"{name} {1_000 * seconds:.0f} ms" for name, seconds in longest.items())
    return f"{number} texts; at most: {told}"


@on_one_database
@promise(
    12, "No cell of a table that the registry writes is run as a formula by a spreadsheet.",
    fault="what begins a formula is not known", planted=replaced("registry.exchange.own_formats._FORMULA", ("'",)),
)
async def test_no_cell_is_a_formula(visit: Visit, database: Database, tmp_path: Path) -> str:
    await visit.play("administrator")
    async with database.reading() as reader:
        uploader = (await reader.scalars(select(Person.id))).one()
    await sheets.fill(database, uploader_id=uploader)
    lines = list(await sheets.lines(visit, database, tmp_path))
    cells = [cell for _name, line in lines for cell in line]
    assert sum("HYPERLINK" in cell for cell in cells) > 300
    with promised():
        assert {name for name, line in lines if any(map(sheets.runs, line))} == set()
    return f"{len({name for name, _line in lines})} tables with {len(cells):,} cells, none"
