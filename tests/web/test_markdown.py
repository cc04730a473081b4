"""Markdown from people: Chinese marks work, nothing runs."""

import pytest

from registry.checks import PROSE
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


@pytest.mark.parametrize("text", ["[![a](" * 3_000, "|" + "a|" * 99 + "\n|" + "-|" * 99 + "\n" + "b\n" * 99])
def test_a_text_that_takes_too_many_steps_is_shown_as_it_was_written(text: str) -> None:
    html = render_markdown(f"{text}<b>\r\n坑\n\n\nzwei")
    assert html.startswith(f"<p>{text[:20]}")
    assert html.endswith("&lt;b&gt;<br>\n坑</p>\n<p>zwei</p>\n")


def test_the_longest_text_of_a_form_keeps_its_marks() -> None:
    part = (
        "## 專案\n\n我們在 **g0v** 的[黑客松](https://g0v.tw/a_b)提案，`code` 與 *demo*：\n\n- one\n- [two](/b)\n\n"
        "|a|b|\n|-|-|\n|1|2|\n\n每個人都可以跳坑，先看看大家需要什麼，再到頻道說一聲你想怎麼開始，我們就會帶你認識這個專案。\n\n"
    )
    assert "<strong>" in render_markdown((part * PROSE)[:PROSE])
