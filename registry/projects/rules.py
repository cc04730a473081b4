"""What a project is: standings, kinds of link, states of a need."""

from enum import StrEnum


class Standing(StrEnum):
    """How a project stands beside its stage, as its people said."""

    ACTIVE = "active"
    DORMANT = "dormant"
    RETIRED = "retired"
    SUCCEEDED = "succeeded"


class LinkKind(StrEnum):
    """What a link leads to."""

    REPOSITORY = "repository"
    SITE = "site"
    NOTE = "note"
    SLIDES = "slides"
    VIDEO = "video"
    DOCUMENT = "document"
    CHAT = "chat"
    SOCIAL = "social"
    OTHER = "other"


class LinkHealth(StrEnum):
    """What the last check of a link found."""

    UNKNOWN = "unknown"
    ALIVE = "alive"
    DEAD = "dead"


class NeedState(StrEnum):
    """Whether a role is still wanted."""

    OPEN = "open"
    FILLED = "filled"


class RelationKind(StrEnum):
    """How one project relates to another."""

    DERIVED_FROM = "derived_from"
    SPAWNED = "spawned"
    USES = "uses"
    SUCCEEDED_BY = "succeeded_by"
