"""The kinds of record that activity speaks of, and how often a message for outside is tried."""

from datetime import timedelta
from enum import StrEnum

MOST_ATTEMPTS = 12
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=6)


class Subject(StrEnum):
    """A kind of record with a page of its own."""

    EVENT = "event"
    PROJECT = "project"
    PROPOSAL = "proposal"
    PERSON = "person"
    CASE = "case"
    TAG = "tag"
    NEED = "need"
    CHAPTER = "chapter"
    REPORT = "report"


class CandidateState(StrEnum):
    """What an organiser decided about two records that look alike."""

    OPEN = "open"
    SAME = "same"
    DIFFERENT = "different"


def pause_before(attempt: int, *, chance: float) -> timedelta:
    """How long to wait before a message's next attempt, after ``attempt`` (from 1) that failed.

    Doubles from half a minute to six hours; ``chance`` (0 to 1) spreads it by a quarter either way, so that messages
    that failed together do not come back together. All of ``MOST_ATTEMPTS`` take a day and a half.
    """
    return min(_FIRST_PAUSE * float(2 ** (min(attempt, 30) - 1)), _LONGEST_PAUSE) * (0.75 + chance / 2)


def has_had_its_chances(attempt: int) -> bool:
    """Whether a message is given up after this attempt failed."""
    return attempt >= MOST_ATTEMPTS
