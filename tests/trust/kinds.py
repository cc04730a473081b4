"""Every kind of page: what people must have done for each of them to be there, and where they all are."""

import re
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple, get_args
from urllib.parse import unquote

from httpx import Response
from litestar import Litestar
from litestar.routes import HTTPRoute

from registry.activity.models import OutboxMessage
from registry.database.engine import Database
from tests.browser import (
    test_contributions,
    test_editing,
    test_every_page,
    test_following,
    test_registering,
    test_stages,
)
from tests.factories import a_person
from tests.uploads import test_pages as test_uploads
from tests.visits import Visit, filled

TREES, NEWS, DAY = test_stages.PROJECT, "/projects/newsdiff", test_registering.EVENT
# What answers with a part of a page, sends on, or only says that there is no such page.
NO_PAGES = {
    "/pitch/similar", "/pitch/name", "/search/suggestions", "/projects/{slug:str}/related/suggestions",
    "/projects/{slug:str}/team/people", "/sign-in/{provider:str}/callback", "/api/v1/{path:str}",
    "/numbers/{name:str}",
}
Part = str | None
Enter = Callable[[Part], Awaitable[Visit]]


class Kind(NamedTuple):
    """A page: who looks at it (a part of the demo, or nobody in particular), and its address."""

    part: Part
    path: str


async def every_kind(enter: Enter, database: Database) -> list[Kind]:
    """Do on the sample record whatever the pages tell of; all of them. ``enter`` gives a browser of each part."""
    of_organisers = ("/quiet-projects", "/publishing", "/projects/new", "/mail/confirm?token=x")
    visits = {part: await enter(part) for part in (None, "proposer", "owner", "organiser")}
    await test_every_page.add_code(database)
    told = [
        *(Kind(None, path) for path in test_every_page.PLAIN_PAGES),
        *[Kind(None, await _first(visits[None], *record)) for record in test_every_page.RECORDS],
        *(Kind(part, path) for part, path in (*test_every_page.PAGES_OF, *test_stages.PAGES_OF)),
        *(Kind(part, path) for part, paths in test_contributions.PAGES_OF.items() for path in paths),
        *(Kind("organiser", path) for path in test_following.PAGES),
        *(Kind("owner", TREES + part) for part in (*test_editing.PARTS, "/code", "/updates/new", "/case")),
        *(Kind("organiser", path) for path in await test_every_page.add_news(database)),
        *(Kind("organiser", path) for path in of_organisers),
        Kind(None, "/cases/cofacts/versions"),
        *await _of_a_day(visits), *await _of_a_pitch(visits), *await _of_work(visits),
        *await _of_disputes(visits, database),
        *await _of_files(visits, database),
    ]
    return list(dict.fromkeys(told))


def not_among(kinds: Iterable[Kind], app: Litestar) -> list[str]:
    """The routes of pages that none of these addresses leads to."""
    paths = {kind.path.partition("?")[0] for kind in kinds}
    return [
        route.path for route in app.routes if isinstance(route, HTTPRoute) and _is_page(route)
        and not any(re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", route.path), path) for path in paths)
    ]


def _is_page(route: HTTPRoute) -> bool:
    """Whether a route may answer with a page, as far as it says so: files, feeds and lists say otherwise."""
    handler = next((one for one in route.route_handlers if "GET" in one.http_methods), None)
    if handler is None or route.path in NO_PAGES or re.search(r"/live\b|\.\w+$", route.path):
        return False
    content = get_args(handler.parsed_return_field.annotation)
    return not handler.media_type and content in {(str,), (Any,)}


async def _first(visit: Visit, of_list: str, start: str) -> str:
    """The first record of a list."""
    main = (await visit.client.get(of_list)).text.split("<main", 1)[1]
    found = [str(one) for one in re.findall(rf'href="({start}[^"?]*)"', main)]
    return next(one for one in found if not one.endswith(("/calendar", "/new")))


def _place(answer: Response) -> str:
    """The page to which a form that was taken leads on."""
    assert answer.status_code == 303, answer.text
    return unquote(str(answer.headers["location"]).partition("?")[0].partition("#")[0])


async def _link(visit: Visit, page: str, pattern: str) -> str:
    """The path of the first address on a page that ends so."""
    found = re.search(rf"[^\s\"<>]*{pattern}(?=[\"<\s])", (await visit.client.get(page)).text)
    assert found, (page, pattern)
    return re.sub(r"^https?://[^/]+", "", str(found[0]))


async def _of_a_day(visits: dict[Part, Visit]) -> list[Kind]:
    organiser = visits["organiser"]
    passes = await test_registering.open_day(organiser, visits[None])
    rooms = {"name-0-en": "Hall", "name-0-zh-Hant": "大廳", "tables-0": "A1 A2"}
    _place(await organiser.fill(f"{DAY}/venue", f"{DAY}/venue", **rooms))
    guest = passes[test_registering.GUESTS[2]]
    history = f"{DAY}/history"
    return [
        *(Kind("organiser", f"{DAY}/{way}") for way in test_registering.WAYS),
        Kind(None, f"{DAY}/tables/A1"), Kind("organiser", guest), Kind("organiser", f"{guest}/edit"),
        Kind("organiser", history), Kind("organiser", await _link(organiser, history, r"/history/\d+")),
    ]


async def _of_a_pitch(visits: dict[Part, Visit]) -> list[Kind]:
    proposer = visits["proposer"]
    fields = {"event": DAY.rpartition("/")[2], "title": "滷肉飯地圖", "sentence": "我們提供滷肉飯地圖給旅人。"}
    draft, edit = [_place(await proposer.fill("/pitch", "/pitch", **fields)) for _ in range(2)]
    invitation = await _link(proposer, draft, r"/pitch/join/[^\s\"<]+")
    written = filled(await proposer.client.get(edit), edit)
    submitted = _place(await proposer.client.post(edit.replace("/edit", "/submit"), data=written))
    edit, history = f"{submitted}/edit", f"{submitted}/history"
    _place(await proposer.fill(edit, edit, **{"why-zh-Hant": "旅人會迷路"}))
    return [
        Kind("proposer", edit), Kind("proposer", "/pitch/mine"), Kind("owner", invitation),
        Kind("proposer", submitted), Kind(None, f"{submitted}/poster"), Kind("organiser", f"{submitted}/result"),
        Kind("organiser", history), Kind("organiser", await _link(visits["organiser"], history, r"/history/\d+")),
    ]


async def _of_work(visits: dict[Part, Visit]) -> list[Kind]:
    proposer, owner = visits["proposer"], visits["owner"]
    new = f"/contributions/new?project={TREES.rpartition('/')[2]}"
    for note in ("畫了圖例", "校對了說明"):
        fields = {"kind": "design", "note": note, "day": "2026-02-03", "hours": "2"}
        _place(await proposer.fill(new, "/contributions/new", **fields))
    own = await _link(proposer, "/account/contributions", r"/account/contributions/\d+")
    deciding = f"{TREES}/contributions"
    other = int(own.rpartition("/")[2]) - 1  # the one said first: it stands below
    _place(await owner.fill(deciding, f"{deciding}/{other}", answer="confirm"))
    period = "/account/statements/new?since=2026-01-01&until=2026-11-01"
    statement = _place(await proposer.fill(period, "/account/statements"))
    _place(await proposer.fill(f"{TREES}/help", f"{TREES}/help", note="我是國小老師。"))
    offer = await _link(owner, f"{TREES}/offers", r"/offers/\d+")
    _place(await owner.fill(f"{TREES}/edit/names", f"{TREES}/edit/names", **{"summary-en": "Every tree of the town."}))
    change = await _link(owner, f"{TREES}/history", r"/history/\d+")
    hooks = f"{TREES}/webhooks"
    await owner.fill(hooks, hooks, address="https://example.org/ours", kinds=["pitched"])
    return [
        Kind("proposer", own), Kind("proposer", statement), Kind("proposer", f"{TREES}/help"),
        Kind("proposer", "/account/offers"), Kind("owner", "/account/offers/waiting"), Kind("owner", f"{TREES}/offers"),
        Kind("owner", offer), Kind("owner", change), Kind("owner", hooks),
        Kind("owner", await _link(owner, hooks, r"/webhooks/\d+")),
    ]


async def _of_disputes(visits: dict[Part, Visit], database: Database) -> list[Kind]:
    async with database.writing() as session:
        of_old = (await a_person(session, is_public=True)).slug
    claim = _place(await visits["proposer"].fill(f"{NEWS}/claim", f"{NEWS}/claim", evidence="我提的。"))
    await visits[None].fill(f"/report?about={NEWS}", "/report", reason="spam", text="這不是坑")
    return [
        Kind("organiser", claim), Kind("organiser", await _link(visits["organiser"], "/reports", r"/reports/\d+")),
        Kind("proposer", f"/people/{of_old}/claim"),
    ]


async def _of_files(visits: dict[Part, Visit], database: Database) -> list[Kind]:
    organiser = visits["organiser"]
    sheet = "專案名稱,連結,徵求\n很長的坑名" + "很" * 80 + ",https://example.org/" + "x" * 90 + ",設計師\n,不是連結,\n"
    uploaded = _place(await test_uploads.sent(organiser, "坑.csv", sheet))
    now = datetime.now(UTC)
    async with database.writing() as session:
        lost = OutboxMessage(key="lost", kind="workspace", payload={}, created_at=now, due_at=now, given_up_at=now)
        session.add(lost)
        await session.flush()
        return [Kind("organiser", uploaded), Kind("organiser", f"/outbox/{lost.id}/drop")]
