"""Return paths, session limits, and the table of permissions."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.accounts.rules import safe_return_path, session_is_alive

_HOSTS = ["evil.example", "evil.example:80", "a@evil.example", "localhost@evil.example", "0x7f000001", "[::1]"]
_STARTS = [
    "//", "///", "/\\", "\\\\", "\\/", "/\t/", "/\n/", "/\r\n/", "\t//", " //", "/%2f", "/%2F/", "/%5c", "/%5C\\",
    "/%09/", "/%0a/", "/%0d%0a/", "/%252f", "/.//", "/..//", "http://", "https:/", "https:", "HTTPS://", "javascript:",
    "data:text/html,", "mailto:", "/\0/", "/\u2028/", "／／", "/／",
]
HOSTILE = [start + host for start in _STARTS for host in _HOSTS] + [
    "/x\r\nSet-Cookie: keng_session=planted", "/x\nLocation: https://evil.example", "/x\\..\\..\\evil.example",
    "/\x7f/evil.example", "", "evil.example", ".evil.example", "?//evil.example", "#//evil.example", "/" + "x" * 2000,
    "//evil.example/..;/sign-in", "/\u200b/evil.example", "/\ufeff/evil.example", "/資料",
]


def test_there_are_two_hundred_hostile_addresses() -> None:
    assert len(set(HOSTILE)) >= 200


@pytest.mark.parametrize("wish", [*HOSTILE, None])
def test_a_hostile_return_address_leads_to_the_front_page(wish: str | None) -> None:
    assert safe_return_path(wish) == "/"


@pytest.mark.parametrize("wish", [
    "/", "/projects?stage=idea&page=2", "/events/hackath-0", "/projects/%E9%A0%90%E7%AE%97", "/search?q=%2F%2Fa@b",
    "/about#privacy", "/a//b",
])
def test_a_page_of_ours_is_kept(wish: str) -> None:
    assert safe_return_path(wish) == wish


@given(st.text(alphabet=st.sampled_from("/\\:@.%#?&=;2f5cC0aAdD9\t\n\r\0 xé資"), max_size=30))
def test_no_return_address_leaves_the_site(wish: str) -> None:
    kept = safe_return_path("/" + wish)
    address = urlsplit(urljoin("https://keng.example/sign-in", kept.replace("\\", "/")))
    assert (address.scheme, address.netloc) == ("https", "keng.example")
    assert safe_return_path(quote(wish)) in {"/", quote(wish)}


@pytest.mark.parametrize(("age", "idle", "is_alive"), [
    (timedelta(days=13), timedelta(days=13), True), (timedelta(days=14), timedelta(days=14), False),
    (timedelta(days=89), timedelta(), True), (timedelta(days=90), timedelta(), False),
])
def test_a_session_has_an_idle_and_an_absolute_limit(age: timedelta, idle: timedelta, is_alive: bool) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert session_is_alive(
        started_at=now - age, last_seen_at=now - idle, now=now, idle=timedelta(days=14), life=timedelta(days=90)
    ) is is_alive
