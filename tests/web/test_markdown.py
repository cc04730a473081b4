"""Markdown from people: Chinese marks work, nothing runs."""

import pytest

from registry.web.markdown import render_markdown


@pytest.mark.parametrize(("text", "html"), [
    ("**公民科技（g0v）**是", "<p><strong>公民科技（g0v）</strong>是</p>\n"),
    ("這**「重點」**啊", "<p>這<strong>「重點」</strong>啊</p>\n"),
    ("snake_case_name", "<p>snake_case_name</p>\n"),
    ("a ** b", "<p>a ** b</p>\n"),
])
def test_emphasis_beside_chinese_punctuation(text: str, html: str) -> None:
    assert render_markdown(text) == html


def test_headings_start_below_the_title_of_the_page() -> None:
    assert render_markdown("# 一\n\n### 三\n\n##### 五") == "<h2>一</h2>\n<h4>三</h4>\n<h4>五</h4>\n"


def test_a_link_of_a_person_is_not_vouched_for() -> None:
    assert render_markdown("[坑](https://example.org)") == (
        '<p><a href="https://example.org" rel="nofollow noopener ugc">坑</a></p>\n'
    )


@pytest.mark.parametrize("hostile", [
    "<script>alert(1)</script>", "[x](javascript:alert(1))", "<img src=x onerror=alert(1)>", "![x](data:text/html,x)",
])
def test_nothing_hostile_survives(hostile: str) -> None:
    html = render_markdown(hostile)
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert "<img src=x" not in html
    assert 'src="data' not in html
