"""Pages from memory: what is kept, for whom, for how long, and how much of it."""

import gzip
from collections.abc import AsyncIterator, Hashable
from typing import Any

import pytest
from litestar import Litestar, Request, Response, get
from litestar.testing import AsyncTestClient

from registry.community import ours
from registry.web import page_cache
from registry.web.locale_middleware import LocaleMiddleware
from registry.web.page_cache import SESSION_COOKIE, PageCache

Client = AsyncTestClient[Any]


class FixedVersion:
    """A data version that a test sets."""

    now: Hashable | None = 1

    async def current(self) -> Hashable | None:
        return self.now

    async def close(self) -> None:
        pass


class Site:
    """A site that counts how often each of its pages is rendered."""

    def __init__(self, version: FixedVersion | None, *, megabytes: int = 1) -> None:
        self.rendered: list[str] = []
        self.headers: dict[str, str] = {}
        self.body = "page"
        self.version = version

        @get(["/{page:str}", "/search/suggest"], media_type="text/html")
        async def page(request: Request[Any, Any, Any]) -> Response[str]:
            page = request.url.path.removeprefix("/")
            self.rendered.append(page)
            return Response(self.body, headers=self.headers, status_code=404 if page == "missing" else 200)

        self.app = Litestar([page], openapi_config=None)
        self.app.asgi_handler = LocaleMiddleware(
            PageCache(self.app.asgi_handler, version=version, megabytes=megabytes), ours()
        )


@pytest.fixture
def site() -> Site:
    return Site(FixedVersion())


@pytest.fixture
async def reader(site: Site) -> AsyncIterator[Client]:
    async with AsyncTestClient(site.app) as client:
        yield client


async def test_a_page_is_rendered_once_until_the_data_changes(site: Site, reader: Client) -> None:
    assert site.version is not None
    for version, body in ((1, "old"), (1, "never shown"), (2, "new"), (2, "never shown")):
        site.version.now, site.body = version, body
        assert (await reader.get("/a")).text == {1: "old", 2: "new"}[version]
    assert site.rendered == ["a", "a"]


async def test_without_a_version_nothing_is_kept(site: Site, reader: Client) -> None:
    assert site.version is not None
    for version in (1, None, 1):
        site.version.now = version
        await reader.get("/a")
    assert site.rendered == ["a", "a", "a"]


async def test_address_language_and_theme_have_their_own_pages(site: Site, reader: Client) -> None:
    readers: list[tuple[str, dict[str, str]]] = [
        ("/a", {}), ("/a?page=2", {}), ("/a", {"Accept-Language": "zh-TW"}), ("/a", {"Cookie": "theme=dark"}),
        ("/a?lang=zh-Hant", {}), ("/a", {"HX-Request-Type": "partial"}),
    ]
    for _time in range(2):
        for address, headers in readers:
            reader.cookies.clear()
            await reader.get(address, headers=headers)
    assert len(site.rendered) == len(readers)


async def test_readers_who_differ_in_nothing_a_page_shows_share_it(site: Site, reader: Client) -> None:
    for headers in ({"Accept-Language": "zh-TW,zh;q=0.9"}, {"Accept-Language": "zh-Hant"}, {"Cookie": "lang=zh-Hant"}):
        assert (await reader.get("/a", headers=headers)).headers["Content-Language"] == "zh-Hant"
    assert site.rendered == ["a"]


async def test_an_address_with_a_language_sets_the_cookie_and_is_kept_without_it(site: Site, reader: Client) -> None:
    first = await reader.get("/a?lang=zh-Hant")
    again = await reader.get("/a?lang=zh-Hant")
    reader.cookies.clear()
    other = await reader.get("/a?lang=zh-Hant")
    assert ["set-cookie" in answer.headers for answer in (first, again, other)] == [True, False, True]
    assert site.rendered == ["a"]


@pytest.mark.parametrize("header", [("Set-Cookie", "a=b"), ("Cache-Control", "no-store"), ("Cache-Control", "private")])
async def test_an_answer_for_one_reader_only_is_not_kept(
    site: Site, reader: Client, header: tuple[str, str]
) -> None:
    site.headers = dict([header])
    answers = [await reader.get("/a") for _time in range(2)]
    assert (site.rendered, ["etag" in answer.headers for answer in answers]) == (["a", "a"], [False, False])


async def test_who_is_signed_in_sees_no_kept_page_and_leaves_none(site: Site, reader: Client) -> None:
    for cookie in (f"{SESSION_COOKIE}=1", f"theme=dark; {SESSION_COOKIE}=1", "theme=dark", f"{SESSION_COOKIE}=1"):
        await reader.get("/a", headers={"Cookie": cookie})
    assert len(site.rendered) == 4


@pytest.mark.parametrize("path", ["/missing", "/search/suggest"])
async def test_errors_and_suggestions_are_not_kept(site: Site, reader: Client, path: str) -> None:
    for _time in range(2):
        await reader.get(path)
    assert len(site.rendered) == 2


async def test_a_known_page_is_answered_with_304(site: Site, reader: Client) -> None:
    plain = {"Accept-Encoding": "identity"}
    first = await reader.get("/a", headers=plain)
    again = await reader.get("/a", headers={**plain, "If-None-Match": f'"other", {first.headers["ETag"]}'})
    other = await reader.get("/a", headers={**plain, "If-None-Match": '"other"'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert (other.status_code, other.text) == (200, "page")
    assert first.headers["Cache-Control"] == "no-cache"
    assert "cookie" in first.headers["Vary"].lower()


async def test_a_changed_page_has_another_etag(site: Site, reader: Client) -> None:
    assert site.version is not None
    first = await reader.get("/a")
    site.version.now, site.body = 2, "other"
    again = await reader.get("/a", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.text) == (200, "other")


async def test_an_etag_is_given_when_nothing_is_kept() -> None:
    site = Site(None)
    async with AsyncTestClient(site.app) as reader:
        first = await reader.get("/a")
        again = await reader.get("/a", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, site.rendered) == (304, ["a", "a"])


async def test_a_large_page_is_sent_compressed_to_those_who_take_it(site: Site, reader: Client) -> None:
    site.body = "坑" * 5_000
    wishes = ("gzip, br", "identity", "gzip;q=0", "gzip")
    answers = [await reader.get("/a", headers={"Accept-Encoding": wish}) for wish in wishes]
    assert [answer.headers.get("Content-Encoding") for answer in answers] == ["gzip", None, None, "gzip"]
    assert [answer.text for answer in answers] == [site.body] * 4
    assert int(answers[0].headers["Content-Length"]) == len(gzip.compress(site.body.encode(), 6))
    assert len({answer.headers["ETag"] for answer in answers}) == 2
    assert site.rendered == ["a"]


async def test_memory_is_bounded_and_what_is_read_stays(site: Site, reader: Client) -> None:
    site.body = "x" * 100_000  # one megabyte holds ten
    for number in range(9):
        await reader.get(f"/{number}")
    await reader.get("/0")
    for number in range(9, 14):
        await reader.get(f"/{number}")
    site.rendered.clear()
    await reader.get("/0")
    await reader.get("/1")
    assert site.rendered == ["1"]


async def test_an_answer_larger_than_any_page_passes_whole(site: Site, reader: Client) -> None:
    site.body = "x" * (page_cache.LARGEST_ANSWER + 1)
    assert [len((await reader.get("/a")).content) for _time in range(2)] == [len(site.body)] * 2
    assert site.rendered == ["a", "a"]


async def test_pages_that_speak_of_now_are_rendered_anew_each_quarter(
    site: Site, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    midnight_in_taipei = 1_785_081_600.0
    for moment in (midnight_in_taipei - 800, midnight_in_taipei - 1, midnight_in_taipei, midnight_in_taipei + 899):
        monkeypatch.setattr("registry.web.page_cache.time.time", lambda moment=moment: moment)
        await reader.get("/a")
    assert site.rendered == ["a", "a"]
