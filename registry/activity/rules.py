"""The kinds of record that activity speaks of; what of a change can be taken back; how often a message is tried."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

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
    MESSAGE = "message"
    ANNOUNCEMENT = "announcement"
    CHANNEL = "channel"
    RECEIVER = "receiver"


class CandidateState(StrEnum):
    """What an organiser decided about two records that look alike."""

    OPEN = "open"
    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


class Changed(NamedTuple):
    """One field of a change: what it was, and what it became."""

    before: Any
    after: Any


class Stuck(NamedTuple):
    """A field that a change cannot be taken back in: what the change made of it, and what it is now."""

    wanted: Any
    left_as: Any
    now: Any


class Undoing(NamedTuple):
    """What taking a change back comes to: values to set, and the fields that have moved on since."""

    back: dict[str, Any]
    stuck: dict[str, Stuck]


UNDONE = "undone"
MERGED = "merged"
NOTES = frozenset({"undid", "merge", "reason"})
"""Parts of a change that tell about it and are no fields of the record."""
PUBLIC_ACTIONS = frozenset({
    "import.create", "import.fill", "filled from repository", MERGED, UNDONE,
    "project founded", "project edited", "need opened", "need filled", "need closed", "stage moved", "update posted",
    "update removed", "owner wanted", "pitched", "pitch changed", "pitch withdrawn", "event created", "event edited",
    "event published", "event cancelled", "venue changed", "agenda changed", "conduct changed",
    "table taken", "demo signed up", "result written", "videos added",
    "meals changed", "case published", "channel linked", "channel unlinked",
})
"""What a record's history tells everyone. Any other action (moderation, people's parts, offers of help) is shown to
organisers alone, so that a new kind of change is never shown by mistake."""


def changes_of(action: str, changes: Mapping[str, Any]) -> dict[str, Changed]:
    """The fields of an audit row, whose changes are ``{field: [before, after]}``.

    An import notes only what it added, so that what was before is not known and counts as nothing.
    """
    if action.startswith("import."):
        return {name: Changed(None, value) for name, value in changes.items()}
    return {
        name: Changed(*pair) for name, pair in changes.items()
        if name not in NOTES and isinstance(pair, list) and len(pair) == len(Changed._fields)
    }


def plan_undo(current: Mapping[str, Any], change: Mapping[str, Changed]) -> Undoing:
    """What to set in a record so that a change is taken back, given what its fields hold now.

    Only a field that is still as the change left it goes back; nobody's later words are lost. A field that is not in
    ``current`` cannot be set at all. The order of a list says nothing.
    """
    back = {
        name: one.before for name, one in change.items() if name in current and _are_same(current[name], one.after)
    }
    stuck = {
        name: Stuck(one.before, one.after, current.get(name)) for name, one in change.items() if name not in back
    }
    return Undoing(back, stuck)


def _are_same(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(_canonical, one)) == sorted(map(_canonical, other))
    return bool(one == other)


def _canonical(row: Any) -> bytes:
    """A row of a list for comparing: PostgreSQL gives the keys of an object back in an order of its own."""
    return msgspec.json.encode(row, order="deterministic")


def pause_before(attempt: int, *, chance: float) -> timedelta:
    """How long to wait before a message's next attempt, after ``attempt`` (from 1) that failed.

    Doubles from half a minute to six hours; ``chance`` (0 to 1) spreads it by a quarter either way, so that messages
    that failed together do not come back together. All of ``MOST_ATTEMPTS`` take about 15 hours.
    """
    return min(_FIRST_PAUSE * float(2 ** (min(attempt, 30) - 1)), _LONGEST_PAUSE) * (0.75 + chance / 2)


def has_had_its_chances(attempt: int) -> bool:
    """Whether a message is given up after this attempt failed."""
    return attempt >= MOST_ATTEMPTS
