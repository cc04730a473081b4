"""What the log tells of a request, and what it never tells."""

import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from litestar import Request, get, post
from litestar.params import FromPath
from litestar.testing import AsyncTestClient

from registry import app as application
from registry.logs import bound, json_lines
from registry.settings import Settings
from tests.conftest import on_one_database

Client = AsyncTestClient[Any]
CANARIES = ("canary@example.org", "canary-token", "canary words", "192.0.2.77", "canary-cookie", "canary-slug")
BROKEN = f"/canary-test/{CANARIES[5]}"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """All that is logged, down to the least important, in the form of production."""
    written, root = io.StringIO(), logging.getLogger()
    writer, level = logging.StreamHandler(written), root.level
    writer.setFormatter(json_lines())
    root.addHandler(writer)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(writer)
    root.setLevel(level)


@get("/canary-test/{slug:str}")
async def broken(request: Request[Any, Any, Any], slug: FromPath[str]) -> None:
    """Fail with all that it knows in the error's message, after somebody else's code has told what it knows."""
    logging.getLogger("somebody.else").warning("sent %s to %s", CANARIES[1], CANARIES[0])
    try:
        dict[str, str]()[f"{slug} {request.headers}"]
    except KeyError as error:
        raise ValueError(CANARIES[0]) from error


@post("/canary-test")
async def changed() -> None:
    """Change nothing."""


@pytest.fixture
async def site(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    """A client of the application with these two."""
    monkeypatch.setattr(application, "ROUTES", [*application.ROUTES, broken, changed])
    app = application.create_app(settings.model_copy(update={"trusted_proxy_header": "X-Forwarded-For"}))
    async with AsyncTestClient(app, raise_server_exceptions=False) as client:
        yield client


@on_one_database
async def test_a_number_is_taken_over_when_well_formed_and_reads_are_not_written_down(
    site: Client, lines: io.StringIO
) -> None:
    given = [
        (await site.get("/nothing", headers={"X-Request-Id": told})).headers["X-Request-Id"]
        for told in ("abcdef-0123", "short", "x" * 65, "with space", "line\tbreak")
    ]
    assert given[0] == "abcdef-0123"
    assert [len(one) for one in given[1:]] == [16] * 4
    assert len(set(given)) == 5
    assert "keng.requests" not in lines.getvalue()


@on_one_database
async def test_a_page_from_memory_bears_nobodys_number(settings: Settings) -> None:
    async with AsyncTestClient(application.create_app(settings.model_copy(update={"page_cache": True}))) as client:
        first, second = [await client.get("/events") for _ in range(2)]
    assert [one.status_code for one in (first, second)] == [200, 200]
    assert "X-Request-Id" not in {*first.headers, *second.headers}


def test_a_line_bears_the_ids_of_where_it_was_written() -> None:
    record = logging.LogRecord("keng.jobs", logging.INFO, __file__, 1, "done with %s", ("all",), None)
    with bound(job="letters"), bound(run="1"):
        within = json.loads(json_lines().format(record))
    assert within | {"at": "", "logger": ""} == {
        "at": "", "level": "info", "logger": "", "message": "done with all", "job": "letters", "run": "1",
    }
    assert "job" not in json.loads(json_lines().format(record))
