"""What an event is and when it counts as upcoming or over."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


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


class SignUp(NamedTuple):
    """What decides whether an event still takes pitches: declared state, end, the day announced, and by whom closed."""

    state: EventState
    ends_at: datetime
    close_at: datetime | None
    closed_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        """Whether it takes pitches at ``now``: until the announced time, or else its end, unless closed before."""
        is_held = self.state is EventState.PUBLISHED and now < self.ends_at
        return is_held and self.closed_at is None and (self.close_at is None or now < self.close_at)
