"""What no page can mean is refused with words, in the reader's language; never a server error."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from litestar import Litestar, get, post
from litestar.params import JSONBody
from litestar.testing import AsyncTestClient

from registry import app as application
from registry.settings import Mode, Settings
from registry.web.edge import LONGEST_PATH, LONGEST_QUERY
from registry.web.forms import ANSWERS_TO_ANYONE
from registry.web.paging import PageNumber
from tests.databases import SqliteDatabase
from tests.trust.headers import headers_amiss

Client = AsyncTestClient[Any]
CHINESE = {"Accept-Language": "zh-TW"}
JSON = {"Accept": "application/json"}


@get("/broken")
async def broken() -> None:
    """Fail as nobody expects."""
    raise RuntimeError("the password is swordfish")


@get("/list")
async def a_list(page: PageNumber = 1) -> str:
    """Take a page number."""
    return f"page {page}"


@post("/parcel", opt=ANSWERS_TO_ANYONE)
async def parcel(data: JSONBody[dict[str, Any]]) -> str:
    """Take a body."""
    return str(len(data))


@pytest.fixture(scope="module")
def settings(sqlite: SqliteDatabase) -> Settings:
    """An installation that nobody writes to: nothing here depends on the database."""
    return Settings(database_url=f"sqlite:///{sqlite.template}", page_cache=False)


@pytest.fixture(scope="module")
def app(settings: Settings) -> Litestar:
    """The application with the three routes above."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(application, "ROUTES", [*application.ROUTES, broken, a_list, parcel])
        return application.create_app(settings)


@pytest.fixture
async def site(app: Litestar) -> AsyncIterator[Client]:
    """A client of that application."""
    async with AsyncTestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize(("address", "status"), [
    ("/?q=%00", 400), ("/events/%00", 400), ("/?q=%ff", 400), ("/%e5%9d", 400), ("/?q=%e5%9d", 400),
    ("/" + "x" * LONGEST_PATH, 414), ("/?q=" + "x" * LONGEST_QUERY, 414), ("/list?page=0", 400),
    ("/list?page=99999999999999999999999", 400), ("/list?page=x", 400), ("/nothing", 404),
])
async def test_a_bad_address_is_refused_in_the_readers_language(site: Client, address: str, status: int) -> None:
    page = await site.get(address, headers=CHINESE)
    problem = await site.get(address, headers=JSON)
    assert (page.status_code, page.headers["Content-Language"], problem.json()["status"]) == (status, "zh-Hant", status)
    assert '<html lang="zh-Hant"' in page.text
    assert problem.headers["Content-Type"] == "application/problem+json"


async def test_chinese_addresses_are_sound(site: Client) -> None:
    assert (await site.get("/list?q=%e9%a0%90%e7%ae%97")).text == "page 1"


@pytest.mark.parametrize(("number", "words"), [
    ("x", "Use a whole number."), ("0", "Use a number that is at least 1."),
    ("10001", "Use a number that is at most 10000."),
])
async def test_a_bad_parameter_is_named_with_what_to_send(site: Client, number: str, words: str) -> None:
    problem = await site.get(f"/list?page={number}", headers=JSON)
    assert problem.json()["errors"] == [{"name": "page", "detail": words}]
    assert words in (await site.get(f"/list?page={number}")).text


async def test_a_wrong_method_is_told_the_right_ones(site: Client) -> None:
    answers = [await site.delete("/list"), await site.get("/parcel"), await site.request("BREW", "/list")]
    assert [(answer.status_code, answer.headers["Allow"]) for answer in answers] == [
        (405, "GET, HEAD, OPTIONS"), (405, "POST, OPTIONS"), (405, "GET, HEAD, OPTIONS"),
    ]


async def test_a_body_that_is_no_json_is_refused(site: Client) -> None:
    answer = await site.post("/parcel", content=b"{\xff", headers={**JSON, "Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["detail"]) == (
        400, "This request cannot be understood. Check what was sent and try again."
    )


async def test_a_huge_body_is_refused_with_the_limit(site: Client, settings: Settings) -> None:
    body = b"[" + b"1," * settings.largest_upload_megabytes * 512 * 1024 + b"1]"
    answer = await site.post("/parcel", content=body, headers={**JSON, "Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["detail"]) == (413, "This is too large. Send at most 10 MB at once.")


async def test_what_is_left_of_a_refused_body_is_taken_before_the_answer(app: Litestar) -> None:
    pieces, events = iter([b"x"] * 5), list[str]()

    async def receive() -> Any:
        events.append("piece")
        return {"type": "http.request", "body": next(pieces), "more_body": events.count("piece") < 5}

    async def send(message: Any) -> None:
        events.append(f"{message['type']} {message.get('status', '')}".strip())

    scope: Any = {
        "type": "http", "method": "POST", "path": "/parcel", "raw_path": b"/parcel", "query_string": b"",
        "headers": [(b"content-length", b"20000000"), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 1), "server": ("testserver.local", 80), "scheme": "http", "root_path": "", "state": {},
        "extensions": {}, "http_version": "1.1",
    }
    async with AsyncTestClient(app):
        await app(scope, receive, send)
    assert events == ["piece"] * 5 + ["http.response.start 413", "http.response.body"]


async def test_head_is_answered_like_get_without_a_body(site: Client) -> None:
    for address in ("/list", "/broken", "/nothing", "/livez"):
        head, whole = await site.head(address), await site.get(address)
        assert (head.status_code, head.content) == (whole.status_code, b"")
        assert head.headers["Content-Type"] == whole.headers["Content-Type"]


@pytest.mark.parametrize(("address", "tidy"), [
    ("/list/?page=2", "/list?page=2"), ("//list", "/list"), ("//evil.example/", "/evil.example"), ("/a//b", "/a/b"),
])
async def test_spare_slashes_lead_to_the_one_address_on_this_site(site: Client, address: str, tidy: str) -> None:
    answer = await site.get(f"http://testserver.local{address}", follow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (301, tidy)


async def test_an_unexpected_failure_is_logged_under_the_number_that_the_reader_sees(
    site: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="keng"):
        answer = await site.get("/broken")
    number = caplog.messages[0].rpartition(" ")[2]
    assert (answer.status_code, caplog.messages) == (500, [f"GET /broken failed, report {number}"])
    assert number in answer.text
    assert "swordfish" not in answer.text
    assert "swordfish" in str(caplog.records[0].exc_info)


@pytest.mark.parametrize("address", ["/", "/livez", "/nothing", "/?q=%00", "/list/", "/broken", "/api/v1/events"])
async def test_every_answer_has_the_security_headers(site: Client, address: str) -> None:
    headers = (await site.get(address, follow_redirects=False)).headers
    assert headers_amiss(address, headers, Mode.DEMO) == []


async def test_production_asks_browsers_for_https_only(settings: Settings) -> None:
    app: Litestar = application.create_app(settings.model_copy(update={"mode": Mode.PRODUCTION}))
    async with AsyncTestClient(app) as client:
        assert headers_amiss("/livez", (await client.get("/livez")).headers, Mode.PRODUCTION) == []
