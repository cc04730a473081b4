"""What an organiser can say of two records that may be one, and when a person may be merged by whom."""

from enum import StrEnum


class Decision(StrEnum):
    """What is said of a pair."""

    KEEP_LEFT = "keep_left"
    KEEP_RIGHT = "keep_right"
    DIFFERENT = "different"
    UNSURE = "unsure"


class CandidateList(StrEnum):
    """The lists of pairs that organisers work through."""

    OPEN = "open"
    UNSURE = "unsure"
    DECIDED = "decided"


NOTED = "noted"
"""The sign of a pair that a person put on the list."""
HIDDEN_BY_MERGE = "merged"
"""Why a record is hidden that went into another one."""


def carries_power(*, identity_count: int, grant_count: int) -> bool:
    """Whether someone signs in as a person, or the person holds a role.

    Who is merged into another gives them all of that, so only an administrator may decide it.
    """
    return identity_count > 0 or grant_count > 0
