"""Planning an event from the one before it: its number, names and days. Pure: no I/O."""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta

MONTHS_BETWEEN = 2
"""The community meets every two months (handbook: this community)."""
_FORMAL_DIGITS = "零壹貳參肆伍陸柒捌玖"
_CHINESE_NUMERALS = "零〇○一壹二貳三參四肆五伍六陸七柒八捌九玖十拾百佰廿卅卌"
_CHINESE_ORDINAL = re.compile(rf"第\s*(?:[{_CHINESE_NUMERALS}]+|\d+)\s*(?=[次屆回])")


def next_days(last: date, *, after: date) -> list[date]:
    """Three days for the next event: two months on, on the same day of the week, that week and those beside it.

    All of them come after ``after``.
    """
    day = last
    while day <= after or day == last:
        month = day.month - 1 + MONTHS_BETWEEN
        year, month = day.year + month // 12, month % 12 + 1
        wish = date(year, month, min(day.day, monthrange(year, month)[1]))
        day = wish + timedelta(days=(last.weekday() - wish.weekday() + 3) % 7 - 3)
    found = [day + timedelta(weeks=weeks) for weeks in (-1, 0, 1)]
    return [one for one in found if one > after]


def name_with_number(name: Mapping[str, str], *, last: int | None, number: int) -> dict[str, str]:
    """The last event's names with the next number in them; a motto after a colon is left for people to find.

    A Chinese ordinal is written in formal numerals, as the community does.
    """
    named = {}
    for language, words in name.items():
        text = _CHINESE_ORDINAL.sub(f"第{formal_numeral(number)}", words)
        if last is not None and text == words:
            text = re.sub(rf"(?<!\d){last}(?!\d)", str(number), words).partition(":")[0].strip()
        named[language] = text
    return named


def slug_with_number(slug: str, *, last: int | None, number: int) -> str:
    """The last event's address with the next number in it, or with the number after it."""
    if last is not None and re.search(rf"(?<!\d){last}(?!\d)", slug):
        return re.sub(rf"(?<!\d){last}(?!\d)", str(number), slug)
    return f"{slug.rstrip('0123456789-')}-{number}"


def formal_numeral(number: int) -> str:
    """A number from 0 to 999 in the formal numerals of event names: 75 is 柒拾伍, 30 is 參拾, 105 is 壹佰零伍."""
    if number < 10:  # noqa: PLR2004 — the base of the numerals
        return _FORMAL_DIGITS[number]
    hundreds, tens, units = number // 100, number // 10 % 10, number % 10
    text = f"{_FORMAL_DIGITS[hundreds]}佰" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _FORMAL_DIGITS[tens]) + "拾"
    elif hundreds and units:
        text += _FORMAL_DIGITS[0]
    return text + (_FORMAL_DIGITS[units] if units else "")
