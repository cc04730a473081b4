import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.exchange.fields.text import clean_line, clean_text, mask_contacts, prose, without_markup


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("  公車\u3000時刻\xa0", "公車 時刻"),
        ("\x08公車\x0b時刻\x00", "公車時刻"),
        ("\ufeff公車\n時刻", "公車 時刻"),
        ("公車 🚌", "公車 🚌"),
        ("\ud800公車", "公車"),
    ],
)
def test_a_line_loses_what_no_reader_sees(written: str, line: str) -> None:
    assert clean_line(written) == line


def test_text_keeps_its_lines_and_at_most_one_empty_line_between() -> None:
    assert clean_text("一 \r\n\r\n\r\n\r\n二\t三\r四  ") == "一\n\n二\t三\n四"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>公車 &amp; <b>時刻</b></p><p>站牌</p>", "公車 & 時刻\n\n站牌"),
        ("看<a href='https://a.example/x'>這裡</a>", "看這裡 (https://a.example/x)"),
        ("看<a href='javascript:alert(1)'>這裡</a>", "看這裡"),
        ("一<script>alert(1)</script>二<style>p{}</style>三<img src=x onerror=alert(1)>", "一二三"),
        ("<svg/onload=alert(1)>一", "一"),
        ("1 < 2 且 3 > 2", "1 < 2 且 3 > 2"),
        ("寫信給 ming@example.org 或打 0912-345-678", "寫信給 […] 或打 […]"),
        ("https://notes.example/@ming/2014", "https://notes.example/@ming/2014"),
    ],
)
def test_a_description_comes_out_as_text_without_markup_or_contacts(html: str, text: str) -> None:
    assert prose(html) == text


@given(st.text(alphabet="<>/ab=\"'! -p&;script\n", max_size=60), st.sampled_from(["script", "style", "iframe"]))
def test_any_html_is_read_and_what_an_unseen_element_holds_is_never_shown(html: str, unseen: str) -> None:
    without_markup(html)
    assert "canary" not in without_markup(f"<p>{html.replace('<', '')}</p><{unseen}>canary</{unseen}>")


@given(st.text(max_size=80))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_text(clean_text(text)) == clean_text(text)
    assert mask_contacts(mask_contacts(text)) == mask_contacts(text)
