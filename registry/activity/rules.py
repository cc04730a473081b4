"""The kinds of record that activity speaks of; what of a change can be taken back, and who may see it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec


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


IMPORTED = "import:"
UNDONE = "undone"
MERGED = "merged"
NOTES = frozenset({"undid", "merge", "reason"})
"""Parts of a change that tell about it and are no fields of the record."""
PUBLIC_ACTIONS = frozenset({
    "import.create", "import.fill", MERGED, UNDONE,
    "project founded", "project edited", "need opened", "need filled", "need closed", "stage moved", "update posted",
    "update removed", "owner wanted", "pitched", "pitch changed", "pitch withdrawn", "event created", "event edited",
    "event published", "event cancelled", "venue changed", "agenda changed", "conduct changed",
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
