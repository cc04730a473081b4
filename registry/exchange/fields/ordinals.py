"""Numbers in event names: Chinese numerals, ordinary and formal, and "hackath11n"."""

import re
import unicodedata

_DIGITS = {
    digit: value
    for value, forms in enumerate(
        ("零〇○", "一壹弌", "二貳贰兩", "三參叁参叄", "四肆", "五伍", "六陸陆", "七柒", "八捌", "九玖")
    )
    for digit in forms
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100}
_SHORT_TENS = {"廿": "二十", "卅": "三十", "卌": "四十"}
_NUMERALS = "".join((*_DIGITS, *_UNITS, *_SHORT_TENS))
_ORDINAL = re.compile(rf"第\s*([{_NUMERALS}]+|\d{{1,3}})\s*[次屆届回]")
_MARK = re.compile(r"hackath(\d{1,3})n(?![a-z0-9])", re.IGNORECASE)
_COMMUNITY = {"", "g0v", "g0v.tw", "@"}
_SERIES = "台灣零時政府"
_SEEN_BEFORE = 60
"""Characters in front of a mark that can hold the word before it."""


def read_chinese_number(text: str) -> int:
    """Read 零 to 九百九十九 in ordinary or formal numerals: 拾壹 is 11, 參拾 is 30, 二〇 is 20.

    Raises:
        ValueError: a character that is no numeral, or numerals in an impossible order.
    """
    for short, long in _SHORT_TENS.items():
        text = text.replace(short, long)
    if not text or any(c not in _DIGITS and c not in _UNITS for c in text):
        raise ValueError("not a Chinese number")
    if all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total, digit, last_unit = 0, None, 1000
    for c in text:
        if c in _UNITS:
            unit = _UNITS[c]
            if unit >= last_unit:
                raise ValueError("numerals in an impossible order")
            total, digit, last_unit = total + (1 if digit is None else digit) * unit, None, unit
        elif digit:
            raise ValueError("numerals in an impossible order")
        else:
            digit = _DIGITS[c]
    return total + (digit or 0)


def read_ordinal(name: str) -> int | None:
    """Find the first ordinal in a name (第拾壹次, 第12次); None where there is none or it can't be read."""
    found = _ORDINAL.search(unicodedata.normalize("NFC", name))
    if found is None:
        return None
    if found[1].isdigit():
        return int(found[1])
    try:
        return read_chinese_number(found[1])
    except ValueError:
        return None


def hackathon_number(name: str) -> int | None:
    """Say which of the numbered hackathons a name means, by "hackath11n" or by the series' ordinal.

    None for everything else: other series ("第柒次基礎建設松"), gatherings around a hackathon
    ("post-hackath3n") and hackathons elsewhere ("g0v@Bangkok hackath0n"). The number may be 0.
    """
    for found in _MARK.finditer(name):
        # The mark stands alone or behind the community's name: "post-hackath3n" and "g0v@Bangkok hackath0n" don't.
        before = re.split(r"[|｜]", name[max(0, found.start() - _SEEN_BEFORE) : found.start()])[-1]
        is_word = not before or before[-1].isspace()
        if is_word and "".join(before.split()[-1:]).casefold() in _COMMUNITY:
            return int(found[1])
    _, series, rest = name.partition(_SERIES)
    return read_ordinal(rest) if series and rest.lstrip().startswith("第") else None
