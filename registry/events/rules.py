"""What an event is and when it counts as upcoming or over."""

from datetime import datetime
from enum import StrEnum


class EventKind(StrEnum):
    """The sizes of gathering the community knows."""

    LARGE = "large"
    SMALL = "small"
    INFRASTRUCTURE = "infrastructure"
    OTHER = "other"


class EventState(StrEnum):
    """What an organiser has declared; whether a published event runs or is over follows from the clock."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Attendance(StrEnum):
    """How one takes part."""

    ONSITE = "onsite"
    ONLINE = "online"
    HYBRID = "hybrid"


class AgendaKind(StrEnum):
    """The parts of a hackathon's day (handbook: how a hackathon day runs)."""

    HANGOUT = "hangout"
    CHECK_IN = "check_in"
    LESSON = "lesson"
    PITCHES = "pitches"
    INTRODUCTIONS = "introductions"
    WORK = "work"
    MEAL = "meal"
    TALKS = "talks"
    DEMOS = "demos"
    SURVEY = "survey"
    OTHER = "other"


class HelperTask(StrEnum):
    """What someone does at an event; the four on stage are the handbook's."""

    SLIDES = "slides"
    CALLER = "caller"
    MODERATOR = "moderator"
    TIMEKEEPER = "timekeeper"
    DOOR = "door"
    NEWCOMERS = "newcomers"
    OTHER = "other"


class EventPhase(StrEnum):
    """Where a published event stands at a moment."""

    UPCOMING = "upcoming"
    RUNNING = "running"
    OVER = "over"


def event_phase(*, starts_at: datetime, ends_at: datetime, now: datetime) -> EventPhase:
    """Where an event stands at ``now``; the end itself counts as over."""
    if now < starts_at:
        return EventPhase.UPCOMING
    return EventPhase.RUNNING if now < ends_at else EventPhase.OVER
