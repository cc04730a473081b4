import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.exchange.fields.ordinals import hackathon_number, read_chinese_number, read_ordinal

FORMAL = "零壹貳參肆伍陸柒捌玖"
ORDINARY = "零一二三四五六七八九"


def written(number: int, digits: str, units: str) -> str:
    """Write 0 to 999 in Chinese numerals, as people do: no unit for zero, no leading "one" before ten."""
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    text = digits[hundreds] + units[1] if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else digits[tens]) + units[0]
    elif hundreds and ones:
        text += digits[0]
    return text + (digits[ones] if ones or not text else "")


@given(st.integers(0, 999))
def test_every_number_up_to_999_reads_back_from_both_kinds_of_numerals(number: int) -> None:
    assert read_chinese_number(written(number, FORMAL, "拾佰")) == number
    assert read_chinese_number(written(number, ORDINARY, "十百")) == number


@pytest.mark.parametrize(
    ("numeral", "number"),
    [("参拾貳", 32), ("叁拾", 30), ("廿一", 21), ("二〇", 20), ("陆拾", 60), ("兩百", 200), ("零", 0)],
)
def test_variant_numerals_are_understood(numeral: str, number: int) -> None:
    assert read_chinese_number(numeral) == number


@pytest.mark.parametrize("text", ["", "松", "壹二十十", "拾百", "十一二", "11"])
def test_what_is_no_chinese_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Chinese number|impossible order"):
        read_chinese_number(text)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("g0v hackath11n | 台灣零時政府第拾壹次測試黑客松", 11),
        ("g0v Hackath43n", 43),
        ("g0v.tw hackath0n | 台灣零時政府第零次測試黑客松", 0),
        ("小學校的一日 @ g0v Hackath38n", 38),
        ("台灣零時政府第參拾次測試松", 30),
        ("台灣零時政府第参拾貳次測試黑客松", 32),
        ("台灣零時政府 第12次黑客松", 12),
        ("hackath7n", 7),
        ("g0v post-hackath3n", None),
        ("g0v XD-pre-hackath4n", None),
        ("g0v@Elsewhere hackath0n", None),
        ("g0v 第柒次基礎建設松", None),
        ("第三次辭典松 dict3on", None),
        ("台灣零時政府五週年黑客松", None),
        ("", None),
    ],
)
def test_only_the_numbered_hackathons_own_mark_gives_a_number(name: str, number: int | None) -> None:
    assert hackathon_number(name) == number


def test_an_ordinal_is_found_in_any_series() -> None:
    names = ["g0v 第拾肆次基礎建設松", "第3屆", "第一", "第十十次"]
    assert [read_ordinal(name) for name in names] == [14, 3, None, None]
