"""What a project is: standings, kinds of link, states of a need."""

from datetime import date
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


class ProjectOrder(StrEnum):
    """How a list of projects can be sorted; the first is the usual one."""

    ACTIVE = "active"
    NEWEST = "newest"
    NAME = "name"
    PITCHED = "pitched"


def standing_today(standing: Standing, *, last_active_on: date | None, quiet_before: date) -> Standing:
    """What a reader is told: an active project of which nothing was heard since ``quiet_before`` rests."""
    if standing is Standing.ACTIVE and last_active_on is not None and last_active_on < quiet_before:
        return Standing.DORMANT
    return standing
