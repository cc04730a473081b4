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


@pytest.mark.parametrize("hostile", [
    "<script>alert(1)</script>", "[x](javascript:alert(1))", "<img src=x onerror=alert(1)>", "![x](data:text/html,x)",
])
def test_nothing_hostile_survives(hostile: str) -> None:
    html = render_markdown(hostile)
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert "<img src=x" not in html
    assert 'src="data' not in html
