"""What a case study is made of: its states and moves, its sections, the axes along which cases are compared."""

from collections.abc import Mapping
from enum import StrEnum


class CaseState(StrEnum):
    """Where the words that are being worked on stand; what was published before stays readable meanwhile."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"


class Section(StrEnum):
    """The parts of the text, in the handbook's order."""

    PROBLEM = "problem"
    BEGINNING = "beginning"
    BUILT = "built"
    WORKING = "working"
    EFFECT = "effect"
    LESSONS = "lessons"
    AFTER = "after"


class Axis(StrEnum):
    """The handbook's axes of comparison."""

    TEAM = "team"
    GOALS = "goals"
    TIME = "time"
    COMPLEXITY = "complexity"
    REUSE = "reuse"
    DIGITAL = "digital"
    OPENNESS = "openness"


class Unit(StrEnum):
    """In what the time spent on a goal is counted."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


CHOICES: Mapping[Axis, tuple[str, ...]] = {
    Axis.TEAM: ("student", "working-adult", "ngo", "legal-entity"),
    Axis.GOALS: ("inquiry", "prototype", "product", "advocacy"),
    Axis.COMPLEXITY: ("solo", "several-people", "several-disciplines"),
    Axis.REUSE: ("data-released", "components", "meant-for-spin-offs"),
    Axis.DIGITAL: ("all-online", "mostly-online", "half", "mostly-offline"),
    Axis.OPENNESS: ("public", "partly"),
}
"""The six axes on which a case is placed, each with what to choose from. The time spent belongs to the goals."""
SEVERAL = frozenset({Axis.TEAM, Axis.GOALS, Axis.REUSE})
"""Axes of which several choices are possible."""
LEAST_COMPARED, MOST_COMPARED = 2, 4
DEFAULT_LICENCE = "CC-BY-4.0"

_MOVES: Mapping[CaseState, frozenset[CaseState]] = {
    CaseState.DRAFT: frozenset({CaseState.IN_REVIEW}),
    CaseState.IN_REVIEW: frozenset({CaseState.DRAFT, CaseState.PUBLISHED}),
    CaseState.PUBLISHED: frozenset({CaseState.DRAFT}),
}


def may_move(before: CaseState, after: CaseState) -> bool:
    """Whether one state may follow another: nothing is published that was not sent for review."""
    return after in _MOVES[before]


def state_after_change(state: CaseState) -> CaseState:
    """Where a case stands once its words are changed: in review it stays there, after publishing a new draft begins."""
    return CaseState.DRAFT if state is CaseState.PUBLISHED else state
