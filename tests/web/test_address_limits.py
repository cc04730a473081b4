"""How often one address may read the API and search, and what it is told of that."""

from collections import OrderedDict
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import AsyncTestClient

from registry.app import create_app
from registry.moderation.rules import LIMITS
from registry.moderation.words import limit_rows
from registry.settings import Settings
from registry.tokens.rules import Scope
from registry.web.address_limits import MOST_ADDRESSES, Visits, counted
from tests.conftest import on_one_database
from tests.pages import main_of, words
from tests.tokens.scripts import Script, a_script
from tests.visits import BASE, another_visit, visit_to

THREE: Settings = SimpleNamespace(api_requests_a_minute=3)  # type: ignore[assignment]


@on_one_database
async def test_an_address_asks_so_often_and_is_told_what_is_left(settings: Settings) -> None:
    few = settings.model_copy(update={
        "api_requests_a_minute": 2, "searches_a_minute": 1, "page_cache": True,
        "trusted_proxy_header": "X-Forwarded-For",
    })
    async with AsyncTestClient(create_app(few)) as client:
        asked = {"x-forwarded-for": "198.51.100.7"}
        answers = [await client.get("/api/v1/events", headers=asked) for _time in range(3)]
        assert [one.status_code for one in answers] == [200, 200, 429]
        assert [one.headers["ratelimit"].partition(";t=")[0] for one in answers] == [
            '"requests";r=1', '"requests";r=0', '"requests";r=0',
        ]
        assert {one.headers["ratelimit-policy"] for one in answers} == {'"requests";q=2;w=60'}
        refused = answers[-1]
        assert (refused.headers["content-type"], refused.json()["status"]) == ("application/problem+json", 429)
        assert 0 < int(refused.headers["retry-after"]) <= 60
        assert (refused.headers["access-control-allow-origin"], "Retry-After" in refused.headers[
            "access-control-expose-headers"]) == ("*", True)
        for path, statuses in (("/api/v1/search?q=map", [200]), ("/search?q=map", [429]), ("/events", [200, 200, 200])):
            assert [(await client.get(path, headers=asked)).status_code for _status in statuses] == statuses
        other = await client.get("/api/v1/events", headers={"x-forwarded-for": "198.51.100.7, 203.0.113.9"})
        assert (other.status_code, "ratelimit" in (await client.get("/events")).headers) == (200, False)


@given(st.lists(st.floats(0, 30), max_size=60))
def test_never_more_than_allowed_pass_within_a_window_and_all_is_free_after_it(pauses: list[float]) -> None:
    visits: Visits = OrderedDict()
    now, passed = 1000.0, []
    for pause in pauses:
        now += pause
        left = counted(visits, "requests", "mark", settings=THREE, seconds=now)
        if left.left >= 0:
            passed.append(now)
        else:
            assert 0 < left.seconds <= 61
            later = now + left.seconds
            assert counted(OrderedDict(visits), "requests", "mark", settings=THREE, seconds=later).left == 2
    assert all(passed[place + 6] - passed[place] >= 59.99999 for place in range(len(passed) - 6))


def test_the_memory_holds_so_many_and_the_last_ones() -> None:
    visits: Visits = OrderedDict()
    for number in range(MOST_ADDRESSES + 5):
        counted(visits, "requests", str(number), settings=THREE, seconds=1.0)
    assert (len(visits), ("requests", "4") in visits, ("requests", "5") in visits) == (MOST_ADDRESSES, False, True)


@on_one_database
async def test_an_account_changes_so_much_a_minute_whatever_server_it_asks_and_loses_no_word(
    settings: Settings,
) -> None:
    few = settings.model_copy(update={"account_writes_a_minute": 2})
    async with AsyncTestClient(create_app(few), base_url=BASE) as client, AsyncTestClient(
        create_app(few), base_url=BASE
    ) as second:
        here, there, other = visit_to(client), visit_to(second), another_visit(client)
        for visit, part in ((here, "proposer"), (there, "proposer"), (other, "owner")):
            await visit.play(part)
        answers = [
            await visit.fill("/account", "/account/name", name=f"Name {number}")
            for number, visit in enumerate((here, there, here, there, other))
        ]
        assert [one.status_code for one in answers[2:]] == [429, 429, 303]
        assert (0 < int(answers[2].headers["retry-after"]) <= 60, "Name 2" in answers[2].text) == (True, True)
        organiser = await another_visit(client).play("organiser")
        statuses = [
            (await organiser.fill("/account", "/account/name", name=f"Name {number}")).status_code
            for number in range(5)
        ]
        assert statuses == [303] * 5


@on_one_database
async def test_an_access_token_lets_its_account_ask_more_and_one_that_is_none_does_not(settings: Settings) -> None:
    few = settings.model_copy(update={"api_requests_a_minute": 3, "api_token_requests_a_minute": 4})
    async with AsyncTestClient(create_app(few), base_url=BASE) as client:
        script = await a_script(await visit_to(client).play("owner"), Scope.READ, Scope.PROPOSALS)
        answers = [await script.send("GET", "/events") for _time in range(6)]
        assert [one.status_code for one in answers] == [200] * 5 + [429]
        assert [one.headers["ratelimit"].partition(";t=")[0] for one in answers[:2]] == [
            '"requests";r=2', '"token-requests";r=3',
        ]
        made_up = Script(visit_to(client), "keng_" + "x" * 40)
        statuses = [(await made_up.send("GET", "/events")).status_code for _time in range(3)]
        assert statuses == [200, 200, 429]


@on_one_database
async def test_the_page_of_the_api_tells_every_limit(settings: Settings) -> None:
    async with AsyncTestClient(create_app(settings.model_copy(update={"account_writes_a_minute": 77}))) as client:
        text = words(main_of((await client.get("/api")).text))
    assert "Changes of any kind, by one account writes 77 a minute" in text
    assert [name for name, _words, _often in limit_rows(Settings())] == list(LIMITS)


@pytest.mark.parametrize("name", LIMITS)
def test_every_limit_has_its_setting(name: str) -> None:
    assert LIMITS[name].allowance(Settings()).most > 0
