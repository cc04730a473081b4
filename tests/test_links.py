import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.links import Links, clean_url, read_links, repository_of


@pytest.mark.parametrize(
    ("cell", "links"),
    [
        ("https://example.org/a", Links(("https://example.org/a",), "")),
        ("example.org/a\n", Links(("https://example.org/a",), "")),
        ("www.example.org", Links(("https://www.example.org",), "")),
        ("公車.例子.tw", Links(("https://公車.例子.tw",), "")),
        ("http://a.example http://b.example/", Links(("http://a.example", "http://b.example/"), "")),
        ("https://a.example/x , https://a.example/x", Links(("https://a.example/x",), "")),
        ("簡報：https://a.example/x。還沒寫完", Links(("https://a.example/x",), "簡報： 。還沒寫完")),
        ("還沒寫完，會後補", Links((), "還沒寫完，會後補")),
        ("用 node.js 寫的", Links((), "用 node.js 寫的")),
        ("someone@example.org", Links((), "someone@example.org")),
        ("javascript:alert(1)", Links((), "javascript:alert(1)")),
        ("ftp://example.org/x", Links((), "ftp://example.org/x")),
        ("https://user:secret@example.org", Links((), "https://user:secret@example.org")),
        ("", Links((), "")),
    ],
)
def test_a_cell_is_split_into_addresses_and_a_note(cell: str, links: Links) -> None:
    assert read_links(cell) == links


@given(st.text(alphabet="ab.:/@# https公車\n,，[]", max_size=40) | st.text(max_size=40))
def test_every_address_found_is_clean_and_http(cell: str) -> None:
    for url in read_links(cell).urls:
        assert clean_url(url) == url
        assert url.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    "text",
    ["", "https://", "data:text/html,x", "https://[::1", "https://a b", "https://a.example/" + "x" * 2000],
)
def test_an_address_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        clean_url(text)


@pytest.mark.parametrize(
    ("url", "repository"),
    [
        ("https://GitHub.com/Keng/Bus.git", "https://github.com/keng/bus"),
        ("http://www.github.com/keng/bus/#readme", "https://github.com/keng/bus"),
        ("https://github.com/keng/bus/tree/main/docs", "https://github.com/keng/bus"),
        ("https://github.com/keng/dev/wiki/Bus", None),
        ("https://github.com/keng", None),
        ("https://github.com/orgs/keng", None),
        ("https://example.org/keng/bus", None),
        ("https://[broken", None),
    ],
)
def test_only_a_repositorys_own_page_stands_for_it(url: str, repository: str | None) -> None:
    assert repository_of(url) == repository
