"""What a case study is: its states and the axes along which cases are compared."""

from enum import StrEnum


class CaseState(StrEnum):
    """From an owner's draft to the public page."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"


class Axis(StrEnum):
    """The handbook's axes of comparison."""

    TEAM = "team"
    GOALS = "goals"
    TIME = "time"
    COMPLEXITY = "complexity"
    REUSE = "reuse"
    DIGITAL = "digital"
    OPENNESS = "openness"
