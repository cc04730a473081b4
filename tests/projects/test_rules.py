import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.links import clean_url
from registry.projects.rules import LinkKind, address_of, link_kind_of, normalise_name, slug_of


@pytest.mark.parametrize(
    ("written", "same_as"),
    [
        ("vTaiwan -1", "vTaiwan"),
        ("vTaiwan -2 ", "VTAIWAN"),
        ("ｖＴａｉｗａｎ", "vtaiwan"),
        ("公車時刻　表", "公車時刻表"),
        ("公車時刻表！", "公車時刻表"),
        ("公車時刻表2.0", "公車時刻表"),
        ("公車時刻表 第二課 #2", "公車時刻表第二課"),
        ("臺灣空汙地圖", "台灣空污地圖"),
        ("Map/Search (2)", "map search"),
    ],
)
def test_spellings_of_one_project_have_one_normal_form(written: str, same_as: str) -> None:
    assert normalise_name(written) == normalise_name(same_as)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("g0v Summit 2020", "g0v Summit 2024"),
        ("Budget 2030", "Budget"),
        ("da0", "da"),
        ("404", "405"),
        ("Sch001", "Sch002"),
        ("?!", "!!"),
        ("公車時刻表", "公車票價表"),
    ],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert normalise_name(one) != normalise_name(other)


@given(st.text(max_size=60) | st.text(alphabet="公車課aV12.0-# ()", max_size=12))
def test_normalising_twice_changes_nothing_and_only_blanks_vanish(name: str) -> None:
    normal = normalise_name(name)
    assert normalise_name(normal) == normal
    assert (normal == "") == (not unicodedata.normalize("NFKC", name).split())


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Bus Times", "bus-times"),
        ("公車 時刻表／台北", "公車-時刻表-台北"),
        ("ＡＰＩ 2.0", "api-2-0"),
        ("--a--", "a"),
        ("สวัสดี", "สวัสดี"),
        ("!!!", ""),
    ],
)
def test_a_slug_keeps_the_letters_and_digits_of_every_script(text: str, slug: str) -> None:
    assert slug_of(text) == slug


def test_a_long_slug_is_cut_and_never_ends_in_a_hyphen() -> None:
    assert slug_of("ab cd", longest=3) == "ab"


@given(st.text(max_size=200), st.integers(min_value=1, max_value=80))
def test_a_slug_is_short_stable_and_safe_in_an_address(text: str, longest: int) -> None:
    slug = slug_of(text, longest=longest)
    assert len(slug) <= longest
    assert slug_of(slug, longest=longest) == slug
    assert not set(slug) & set("/?#%&\\<>\"' \x00")
    assert slug == slug.strip("-")


@pytest.mark.parametrize(("url", "kind"), [
    ("https://github.com/keng/pit", LinkKind.REPOSITORY), ("https://github.com/keng/pit/wiki", LinkKind.SITE),
    ("https://g0v.hackmd.io/abc", LinkKind.NOTE), ("https://docs.google.com/presentation/d/1", LinkKind.SLIDES),
    ("https://docs.google.com/spreadsheets/d/1", LinkKind.DOCUMENT),
    ("https://www.youtube.com/watch?v=1", LinkKind.VIDEO),
    ("https://g0v-tw.slack.com/archives/C1", LinkKind.CHAT), ("https://t.me/pit", LinkKind.CHAT),
    ("https://m.facebook.com/pit", LinkKind.SOCIAL), ("https://x.com/pit", LinkKind.SOCIAL),
    ("https://sox.com/pit", LinkKind.SITE), ("https://x.com.example.org", LinkKind.SITE),
    ("https://example.org/report.PDF", LinkKind.DOCUMENT), ("https://example.org", LinkKind.SITE),
])
def test_an_address_tells_what_it_leads_to(url: str, kind: LinkKind) -> None:
    assert link_kind_of(url) is kind


@given(st.text())
def test_every_address_that_is_kept_has_a_kind(text: str) -> None:
    try:
        url = clean_url(f"https://{text}")
    except ValueError:
        return
    assert link_kind_of(url) in set(LinkKind)


@pytest.mark.parametrize(("name", "slug"), [
    ({"zh-Hant": "預算地圖", "en": "Budget map"}, "budget-map"), ({"zh-Hant": "預算 地圖"}, "預算-地圖"),
    ({"en": "New"}, "new-project"), ({"en": "?!"}, "project"),
])
def test_a_project_is_addressed_by_its_english_name_where_it_has_one(name: dict[str, str], slug: str) -> None:
    assert address_of(name) == slug
