"""What people can trust: that nobody makes a page, a form or an address of ours do what it should not."""

# ruff: noqa: E501 — to be wrapped
import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any
from unittest.mock import patch

import lxml.html
import pytest
from litestar import get
from litestar.datastructures import State
from litestar.testing import AsyncTestClient
from playwright.async_api import Browser

from registry import app as application
from registry.accounts.rules import Permission
from registry.database.engine import Database
from registry.inbox.models import Delivery
from registry.outside import NoAnswer, NotAsked, Outside
from registry.repositories.readme import render_readme
from registry.settings import Settings
from registry.web.markdown import TAGS, render_markdown
from registry.web.permissions import needs
from tests.accounts.routes import example, routes
from tests.accounts.test_rules import HOSTILE
from tests.browser.conftest import browser  # noqa: F401 — a fixture
from tests.conftest import in_trust, on_one_database
from tests.factories import a_person, a_project, a_proposal, a_registration, an_event
from tests.test_outside import TARGETS, Canary, resolve
from tests.trust.hostile import endless_texts, hostile_documents
from tests.trust.promises import promise, replaced
from tests.visits import BASE, Visit, visit_to

STREAMS = ("/live", "stream")
CANARY = "canary-4f1c@example.org"
LONGEST_TEXT = 10_000
MILLISECONDS_A_TEXT = 1_000
DANGERS = """allowed => {
  const own = (what, name) => Object.getOwnPropertyDescriptor(what.prototype, name).get;
  const [tag, attributes, all] = [own(Element, 'tagName'), own(Element, 'attributes'), document.querySelectorAll('main *')];
  return [...all].flatMap(one => [
    ...(allowed.includes(tag.call(one).toLowerCase()) ? [] : ['<' + tag.call(one)]),
    ...[...attributes.call(one)].filter(({name, value}) =>
      name.startsWith('on') || ['style', 'srcdoc', 'action', 'formaction'].includes(name)
      || (['href', 'src'].includes(name) && !['http:', 'https:', 'mailto:'].includes(new URL(value, 'https://a.b/').protocol))
    ).map(({name, value}) => name + '=' + value)]);
}"""


@pytest.mark.browser
@pytest.mark.parametrize("count", [in_trust(10_000)])
@promise(
    1, "No script in what people write runs in a browser, and nothing dangerous is left of it.",
    fault="HTML is shown as it was written", planted=replaced("nh3.clean", lambda html, **_rules: html),
)
async def test_no_script_of_a_person_runs(browser: Browser, count: int) -> str:  # noqa: F811 — the fixture
    documents = hostile_documents(count)
    page = await (await browser.new_context(base_url="https://registry.example")).new_page()
    await page.route("**/*", lambda route: route.abort())
    await page.add_init_script("window.hits = 0; window.hit = () => { window.hits += 1 }")
    await page.goto("about:blank")
    ran, dangers = 0, []
    for start in range(0, count, 500):
        html = "".join(
            render_markdown(text) + render_readme(text, url="https://github.com/g0v/x", branch="main")
            for text in documents[start : start + 500]
        )
        await page.evaluate("window.hits = 0")
        await page.set_content(f"<!doctype html><main>{html}</main>", wait_until="load")
        ran += await page.evaluate("window.hits || 0")
        dangers += await page.evaluate(DANGERS, sorted(TAGS))
        assert (ran, dangers[:3]) == (0, [])
    await page.context.close()
    return f"{len(set(documents)):,} documents in Markdown and in READMEs: {ran} scripts, {len(dangers)} dangers"


@get("/left-open", opt=needs(Permission.READ))
async def left_open(state: State) -> str:
    """Change the database, and tell an address: what no GET may do."""
    async with state.database.writing() as session:
        await a_person(session)
    return CANARY


def _left_open() -> Any:
    return patch.object(application, "ROUTES", [*application.ROUTES, left_open])


async def _site(settings: Settings) -> AsyncIterator[Visit]:
    site = application.create_app(settings)
    async with AsyncTestClient(site, base_url=BASE, raise_server_exceptions=False) as client:
        yield visit_to(client)


async def _fill(database: Database) -> None:
    async with database.writing() as session:
        event, project = await an_event(session, slug="none"), await a_project(session, slug="none")
        await a_proposal(session, event=event, project=project, slug="none")
        person = await a_person(session, slug="none", is_public=True)
        await a_registration(session, event=event, person=person, mail_address=CANARY, code=f"code-{CANARY}")
        session.add(Delivery(person_id=person.id, email=CANARY))


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


@on_one_database
@promise(
    4, "Looking changes nothing: no GET leaves the database another one.",
    fault="a route that writes when it is looked at", planted=_left_open,
)
async def test_no_get_changes_anything(settings: Settings, database: Database) -> str:
    await _fill(database)
    async for visit in _site(settings):
        await visit.play("administrator")
        before, pages = _hash(database), _pages(visit)
        found = [(await visit.client.get(page)).status_code for page in pages]
        assert found.count(200) > len(pages) / 3
        assert _hash(database) == before
        return f"{len(pages)} addresses, of which {found.count(200)} found a record"
    raise RuntimeError


async def _strange(visit: Visit, headers: dict[str, str], said: str) -> int:
    """Send nothing but ``headers`` to every route that changes something; how many there are, if all refuse."""
    app: Any = visit.client.app  # type: ignore[attr-defined]
    changing = [one for one in routes(app) if one.method != "GET" and not one.opt.get("answers_to_anyone")]
    taken = []
    for one in changing:
        answer = await visit.client.request(one.method, example(one.path), headers=headers | {"accept": "text/html"})
        if answer.status_code != 403 or said not in answer.text:
            taken.append(f"{one.method} {one.path}: {answer.status_code}")
    assert taken == []
    return len(changing)


@on_one_database
@promise(
    4, "Every change refuses a form that this browser was not given.",
    fault="any token fits", planted=replaced("registry.web.forms.FormToken.fits", lambda _self, _token: True),
)
async def test_no_form_without_its_token_is_taken(visit: Visit) -> str:
    await visit.play("administrator")
    count = await _strange(visit, {"x-form-token": "0" * 64}, "This form is too old")
    return f"{count} routes, all refuse"


@on_one_database
@promise(
    4, "Every change refuses what another site sends.",
    fault="nobody looks where a form comes from",
    planted=replaced("registry.web.forms._is_from_here", lambda _connection: True),
)
async def test_no_form_of_another_site_is_taken(visit: Visit) -> str:
    await visit.play("administrator")
    count = await _strange(visit, {"origin": "https://evil.example"}, "This was sent from another site")
    return f"{count} routes, all refuse"


@promise(
    7, "An address that somebody gave never leads into this machine or its network.",
    fault="loopback counts as public",
    planted=lambda: patch.dict(Outside.__init__.__kwdefaults__, may_be_asked=lambda one: one.startswith("127.")),
)
async def test_nothing_private_is_asked() -> str:
    async def outcome(address: str) -> str:
        try:
            return str((await Outside(resolve=resolve).ask(address)).status)
        except (NotAsked, NoAnswer) as refusal:
            # Some odd spellings are no address to this system's resolver: that is no answer, and no visit either.
            return type(refusal).__name__

    with Canary() as canary:
        port = canary.url.rpartition(":")[2]
        outcomes = await asyncio.gather(*(outcome(target.format(port=port)) for target in TARGETS))
        assert (canary.hits, set(outcomes) <= {"NotAsked", "NoAnswer"}) == (0, True)
    assert outcomes.count("NotAsked") >= 60
    return f"{len(TARGETS)} targets, {canary.hits} visits"


@on_one_database
@promise(
    8, "No address to come back to after signing in leads off the site.",
    fault="the address is kept as it was given",
    planted=replaced("registry.accounts.sign_in_pages.safe_return_path", lambda wish: wish or "/"),
)
async def test_no_return_address_leads_away(visit: Visit) -> str:
    wishes = [wish for wish in HOSTILE if wish and "\0" not in wish and len(wish) < 1_000]
    for wish in wishes:
        page = await visit.client.get("/sign-in", params={"return": wish})
        fields: list[Any] = lxml.html.fromstring(page.text).xpath("//input[@name='return']")
        assert {field.get("value") for field in fields} <= {"/"}, wish
        assert page.status_code in {200, 400}, wish
    return f"{len(wishes)} addresses, none does"


@on_one_database
@promise(
    10, "No public page, format or error tells an e-mail address.",
    fault="a page that tells one", planted=_left_open,
)
async def test_no_public_answer_tells_a_mail_address(settings: Settings, database: Database) -> str:
    await _fill(database)
    async for visit in _site(settings):
        pages = _pages(visit)
        telling = [page for page in pages if CANARY.encode() in (await visit.client.get(page)).content]
        assert telling == []
        return f"{len(pages)} addresses, {len(telling)} tell it"
    raise RuntimeError


def _slow(html: str) -> str:
    ends_at = time.process_time() + MILLISECONDS_A_TEXT / 1000
    while time.process_time() < ends_at:
        pass
    return html


@pytest.mark.parametrize("count", [25, in_trust(1_000)])
@promise(
    11, "No text keeps a page waiting: 10,000 signs of Markdown are read in less than a second.",
    fault="cleaning HTML takes a second", planted=replaced("registry.web.markdown.clean_html", _slow),
)
async def test_no_text_takes_long(count: int) -> str:
    render_markdown("the parser is made once")
    slowest = 0.0
    for text in endless_texts(count, LONGEST_TEXT):
        began = time.process_time()
        render_markdown(text)
        took = (time.process_time() - began) * 1000
        slowest = max(slowest, took)
        assert took < MILLISECONDS_A_TEXT, (text[:20], len(text), took)
    return f"{count:,} texts, the slowest {slowest:.0f} ms"
