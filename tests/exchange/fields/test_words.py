import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.exchange.fields.channels import Channels, read_channels
from registry.exchange.fields.keywords import split_keywords, split_list
from registry.exchange.fields.names import split_names
from registry.exchange.fields.needs import Needs, read_needs
from registry.exchange.fields.text import clean_line
from registry.projects.rules import normalise_name


@pytest.mark.parametrize(
    ("cell", "keywords"),
    [
        ("公車、時刻,地圖，開放；資料;站牌/路線", ("公車", "時刻", "地圖", "開放", "資料", "站牌", "路線")),
        ("公車　時刻  地圖", ("公車", "時刻", "地圖")),
        ("公車 時刻 OSM", ("公車", "時刻", "OSM")),
        ("bus stop times", ("bus stop times",)),
        ("1. 公車\n2. 時刻", ("公車", "時刻")),
        ("Map, map, MAP ", ("Map",)),
        ("公車、", ("公車",)),
        (" \xa0", ()),
    ],
)
def test_a_list_in_a_cell_is_split(cell: str, keywords: tuple[str, ...]) -> None:
    assert split_list(cell) == keywords


def test_a_sentence_and_an_address_are_no_keywords() -> None:
    sentence = "這是一個" * 11
    assert split_keywords(f"公車、{sentence} https://a.example/x") == (
        ("公車",),
        f"{sentence} https://a.example/x",
    )


@given(st.text(max_size=60))
def test_splitting_loses_no_letter_and_repeats_no_word(cell: str) -> None:
    words = split_list(cell)
    assert len({word.casefold() for word in words}) == len(words)
    assert all(word == clean_line(word) for word in words)
    assert {c for c in cell.casefold() if c.isalpha()} == {c for c in "".join(words).casefold() if c.isalpha()}


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("小明, 小華、Mei Lin ; @ken", ("小明", "小華", "Mei Lin", "ken")),
        ("小明/小明", ("小明",)),
        ("Ann & Bob", ("Ann", "Bob")),
        ("n/a", ()),
        ("小明, ming@example.org", ("小明",)),
        ("", ()),
    ],
)
def test_owners_in_one_cell_are_several_credits(cell: str, names: tuple[str, ...]) -> None:
    assert split_names(cell) == names


def test_prose_is_no_name() -> None:
    with pytest.raises(ValueError, match="at most 100"):
        split_names("x" * 101)


@pytest.mark.parametrize(
    ("cell", "channels"),
    [
        ("#Bus ", Channels(("bus",), "")),
        ("bus,#bus", Channels(("bus",), "")),
        ("#bus,#公車-時刻", Channels(("bus", "公車-時刻"), "")),
        ("bus", Channels(("bus",), "")),
        ("n,a", Channels((), "n a")),
        ("@ming", Channels((), "@ming")),
        ("chat #bus please", Channels(("bus",), "chat please")),
        ("", Channels((), "")),
    ],
)
def test_channels_are_told_from_people_and_prose(cell: str, channels: Channels) -> None:
    assert read_channels(cell) == channels


def test_needs_are_mapped_by_synonym_word_by_word_and_the_rest_is_kept() -> None:
    synonyms = {
        normalise_name(word): key
        for word, key in [("前端", "front-end"), ("設計師", "designer"), ("UX", "ux")]
    }
    assert read_needs("前端 x2、UX 設計師、會煮飯的人；設計師", synonyms) == Needs(
        ("front-end", "ux", "designer"), ("會煮飯的人",)
    )


@given(st.text(alphabet="小明@#,、/&a. -x\n", max_size=40))
def test_no_cell_makes_names_or_channels_of_contacts(cell: str) -> None:
    assert [name for name in split_names(f"{cell} a@b.example") if "b.example" in name] == []
    channels = read_channels(cell)
    assert len(set(channels.names)) == len(channels.names)
    assert all(read_channels(f"#{name}").names == (name,) for name in channels.names)


@given(st.text(max_size=60))
def test_needs_are_keys_or_words_and_never_lost(cell: str) -> None:
    read = read_needs(cell, {"x": "data"})
    assert set(read.keys) <= {"data"}
    assert bool(read.keys or read.unmapped) == bool(split_list(cell))
