"""What a claim goes through, and its limits."""

from enum import StrEnum

MOST_OPEN_CLAIMS = 10
"""Claims of one person that may wait for an answer at once."""


class ClaimState(StrEnum):
    """Whether a claim was answered, and how."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
