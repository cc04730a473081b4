"""How long a result may be, when owners are asked for it, and what became of projects after an event."""

import re
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

MOST_WORDS = 150
MONTHS = (3, 6, 12)
"""After how many months the record says what became of an event's projects."""
ASKED_AFTER = (timedelta(days=3), timedelta(days=10))
ASKED_NO_LATER_THAN = timedelta(days=30)
"""A new installation, or one whose jobs stood still, asks nobody about events that are long over."""
_WORD = re.compile(
    r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\u3105-\u312f\U00020000-\U0003ffff]"
    r"|[^\W_\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\u3105-\u312f\U00020000-\U0003ffff]"
    r"(?:[^\W_\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\u3105-\u312f\U00020000-\U0003ffff]|['’.\-](?=\w))*"
)


class Sureness(StrEnum):
    """How sure it is that a video shows a pitch."""

    CERTAIN = "certain"
    LIKELY = "likely"
    NONE = "none"


class VideoKind(StrEnum):
    """What a recording shows."""

    PITCH = "pitch"
    TALK = "talk"
    DEMO = "demo"


class FactKind(StrEnum):
    """What is known to have happened to a project."""

    PITCHED = "pitched"
    STAGE = "stage"
    STANDING = "standing"
    UPDATED = "updated"
    CONTRIBUTED = "contributed"


class Fact(NamedTuple):
    """Something that happened to a project: the last time ``on`` a day, so many ``times`` in its span of months.

    ``key`` is the stage or standing reached, or the slug of the pitch.
    """

    kind: FactKind
    on: date
    times: int = 1
    key: str = ""


class Span(NamedTuple):
    """A part of the year after an event, with what is known of it. ``is_over`` says that nothing can be added."""

    months: int
    begins_on: date
    ends_on: date
    has_begun: bool
    is_over: bool
    facts: tuple[Fact, ...]


def count_words(text: str) -> int:
    """How many words a text has: each Chinese character, kana or zhuyin sign is one, as is each word of letters.

    Signs of punctuation count nothing; an apostrophe, a hyphen or a point within a word parts nothing.
    """
    return len(_WORD.findall(text))


def reminder_due(ended_at: datetime, *, sent: Collection[int], now: datetime) -> int | None:
    """Which reminder (1 or 2) is due for the result of a pitch; none when none is.

    Whoever was not asked in time is asked once, not twice in a row.
    """
    since = now - ended_at
    number = sum(since >= after for after in ASKED_AFTER)
    if number == 0 or since >= ASKED_NO_LATER_THAN or max(sent, default=0) >= number:
        return None
    return number


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a month that is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))


def spans_after(last_day: date) -> list[tuple[int, date, date]]:
    """The spans after an event's last day: months, first day, last day; each begins where the one before ended."""
    ends = [months_after(last_day, months) for months in MONTHS]
    begins = [last_day + timedelta(days=1), *(end + timedelta(days=1) for end in ends[:-1])]
    return list(zip(MONTHS, begins, ends, strict=True))


def what_became(facts: Iterable[Fact], *, last_day: date, today: date) -> list[Span]:
    """What is known of a project 3, 6 and 12 months after an event, each fact in the one span of its day."""
    known = sorted(facts, key=lambda fact: (fact.on, fact.kind, fact.key))
    return [
        Span(
            months, begins_on, ends_on, has_begun=today >= begins_on, is_over=today > ends_on,
            facts=tuple(fact for fact in known if begins_on <= fact.on <= ends_on),
        )
        for months, begins_on, ends_on in spans_after(last_day)
    ]
