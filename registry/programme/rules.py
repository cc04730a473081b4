"""The sessions of a hackathon's stage, and where a slot and the clock stand."""

from enum import StrEnum


class StageSession(StrEnum):
    """What is on stage one after another; each has a running order of its own."""

    PITCHES = "pitches"
    TALKS = "talks"
    DEMOS = "demos"


class SlotState(StrEnum):
    """Where a slot of the running order stands."""

    WAITING = "waiting"
    ON_STAGE = "on_stage"
    DONE = "done"
    ABSENT = "absent"


class ClockState(StrEnum):
    """What the clock of a session does."""

    STOPPED = "stopped"
    RUNNING = "running"
    PAUSED = "paused"


MINUTES = {StageSession.PITCHES: 3, StageSession.TALKS: 8, StageSession.DEMOS: 5}
"""How long one slot lasts (handbook: a hackathon day)."""
