"""What a proposal is and the states it goes through."""

from enum import StrEnum


class ProposalKind(StrEnum):
    """What is put on the programme."""

    PITCH = "pitch"
    TALK = "talk"
    WORKSHOP = "workshop"


class ProposalState(StrEnum):
    """Whether the public sees it."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
