"""A README is shown as its repository shows it, as far as that is safe."""

import time
from typing import Any

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.repositories.readme import LONGEST_README, render_readme
from registry.web.markdown import TAGS

URL = "https://forge.example/g0v/map"
README = """\
<h1 align="center"><a href="docs/"><img src="./logo.png" width="90" alt="Map"></a></h1>

![build](http://ci.example/badge.svg) ![shot](/docs/a%20b.png "A map") ![x](https://forge.example/g0v/map/blob/main/y.png)

# Install

See [how](CONTRIBUTING.md#first), [here](#install), [issues](../../issues), [site](//map.example) or <a@example.org>.
**預算（2026）**很多。<!-- hush -->
"""


def _render(text: str) -> str:
    return render_readme(text, url=URL, branch="main")


def test_links_and_pictures_lead_into_the_repository() -> None:
    page = lxml.html.fragment_fromstring(_render(README), create_parent=True)
    assert [one.get("href") for one in page.iter("a")] == [
        f"{URL}/blob/main/docs/", "http://ci.example/badge.svg", f"{URL}/blob/main/CONTRIBUTING.md#first",
        f"{URL}#install", f"{URL}/issues", "https://map.example", "mailto:a@example.org",
    ]
    assert [one.get("src") for one in page.iter("img")] == [
        f"{URL}/raw/main/logo.png", f"{URL}/raw/main/docs/a%20b.png", f"{URL}/raw/main/y.png"
    ]
    assert {(one.get("loading"), one.get("referrerpolicy")) for one in page.iter("img")} == {("lazy", "no-referrer")}
    assert [one.tag for one in page.iter("h1", "h2", "h3", "h4")] == ["h3", "h3"]
    assert ("hush" in page.text_content(), "<strong>預算（2026）</strong>很多" in _render(README)) == (False, True)


HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "<svg onload=alert(1)>",
    "<a href='java\tscript:alert(1)'>x</a>", "<iframe src=//evil.example>", "![x](data:image/svg+xml,<svg>)",
    "<style>*{display:none}</style>", "<form action=/sign-out><button>x</button></form>", "<base href=//evil.example>",
    "<img src='//x' srcset='javascript:1'>", "<input autofocus onfocus=alert(1)>", "<math><mtext><script>1</script>",
    "<a href='&#106;avascript:1'>", "<p style=position:fixed id=main class=notice>", "<!--><script>1</script>",
    "<table background=javascript:1>", "<noscript><p title='</noscript><img src=x onerror=1>'>", "<http://[::1>",
    "<img src='http://tracker.example/a.gif'>", "<meta http-equiv=refresh content=0>", "[x]: javascript:1\n[x]",
]
_TAGS = {*TAGS, "div"}  # the one around it all
_ATTRIBUTES = {"href", "title", "src", "alt", "start", "rel", "loading", "referrerpolicy"}


@given(st.lists(st.sampled_from(HOSTILE) | st.text(alphabet="<>[]()!`*#'\"/=\n ax&;:", max_size=12), max_size=6))
def test_nothing_hostile_survives(pieces: list[str]) -> None:
    page: Any = lxml.html.fragment_fromstring(_render("".join(pieces)), create_parent=True)
    for element in page.iter():
        assert element.tag in _TAGS, element.tag
        assert set(element.attrib) <= _ATTRIBUTES
        assert element.get("href", "http:").startswith(("http:", "https:", "mailto:"))
        assert element.get("src", "https:").startswith("https:")


@pytest.mark.parametrize("piece", ["[", "<", "*a", "> ", "![", "`"])
def test_no_readme_takes_long(piece: str) -> None:
    text = piece * (LONGEST_README // len(piece))
    began = time.perf_counter()
    _render(text)
    assert time.perf_counter() - began < 10


def test_a_long_readme_is_cut_between_paragraphs() -> None:
    shown = _render("\n\n".join(["word " * 100] * 100))
    assert (LONGEST_README * 0.9 < len(shown) < LONGEST_README * 1.2, shown.endswith("word</p>")) == (True, True)


def test_marks_left_open_are_not_repeated_in_each_block_without_end() -> None:
    page = "<p>" + "".join(f"<b id={number}>" for number in range(900)) + "<p>x" * 1_500
    assert len(_render(page)) < 3 * len(page)
    assert "<b>" in _render("<b>一<i>二</b></i>\n\n" * 30)
