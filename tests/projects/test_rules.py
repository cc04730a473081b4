import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.projects.rules import normalise_name, slug_of


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
