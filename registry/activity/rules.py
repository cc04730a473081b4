"""The kinds of record that activity speaks of; what of a change can be taken back, and who may see it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple


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
_MODERATED = frozenset({"hidden_at", "hidden_reason", "hidden"})
_MODERATION = ("hid", "show", "moderat", "report", "remov", "warn", "suspend", "block", "ban", "role ", "claim")


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
    ``current`` cannot be set at all.
    """
    back = {
        name: one.before for name, one in change.items() if name in current and current[name] == one.after
    }
    stuck = {
        name: Stuck(one.before, one.after, current.get(name)) for name, one in change.items() if name not in back
    }
    return Undoing(back, stuck)


def is_for_organisers(action: str, changes: Mapping[str, Any]) -> bool:
    """Whether a change is moderation, which the public does not see in a history."""
    return action.casefold().startswith(_MODERATION) or not _MODERATED.isdisjoint(changes)
