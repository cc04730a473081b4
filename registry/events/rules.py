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


class EventMove(StrEnum):
    """What an organiser can do with an event's state; each is also the end of its audit row's action."""

    PUBLISH = "published"
    UNPUBLISH = "unpublished"
    CANCEL = "cancelled"


_MOVES: dict[EventMove, dict[EventState, EventState]] = {
    EventMove.PUBLISH: {EventState.DRAFT: EventState.PUBLISHED, EventState.CANCELLED: EventState.PUBLISHED},
    EventMove.UNPUBLISH: {EventState.PUBLISHED: EventState.DRAFT},
    EventMove.CANCEL: {EventState.PUBLISHED: EventState.CANCELLED},
}


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


class DayMessage(StrEnum):
    """What people of an event are told by itself on its day and after; organisers can silence each."""

    CUES = "cues"
    DEMOS = "demos"
    RESULTS = "results"


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


def state_after(state: EventState, move: EventMove) -> EventState | None:
    """The state in which a move leaves an event; none where it cannot be made."""
    return _MOVES[move].get(state)


def moves_from(state: EventState) -> list[EventMove]:
    """What can be done with an event in a state."""
    return [move for move, ways in _MOVES.items() if state in ways]
