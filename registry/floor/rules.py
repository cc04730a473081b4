"""When owners take tables, sign up for the demos, and when people join at a table."""

from datetime import datetime, timedelta
from typing import NamedTuple

from registry.events.rules import EventState
from registry.programme.rules import SlotState

AT_TABLE = "table"
"""The source of a contribution that somebody said with a click, or with the QR code, at the table."""
JOINED = "joined"
OPENS_BEFORE = timedelta(hours=12)
JOINING_AFTER = timedelta(hours=24)


class FloorTimes(NamedTuple):
    """What decides what can be done at an event now: declared state, hours, and whether its demos are closed."""

    state: EventState
    starts_at: datetime
    ends_at: datetime
    demos_closed_at: datetime | None

    def can_take_tables(self, now: datetime) -> bool:
        """Whether tables are given out: from the evening before until the event's end."""
        return self._is_held and self.starts_at - OPENS_BEFORE <= now < self.ends_at

    def can_join(self, now: datetime) -> bool:
        """Whether people say that they joined a project here: a day longer, for who forgot to at the table."""
        return self._is_held and self.starts_at - OPENS_BEFORE <= now < self.ends_at + JOINING_AFTER

    def can_sign_up_for_demos(self, now: datetime) -> bool:
        """Whether projects sign up for the demos: until organisers close them, or else until the event's end."""
        return self._is_held and self.demos_closed_at is None and now < self.ends_at

    @property
    def _is_held(self) -> bool:
        return self.state is EventState.PUBLISHED


def can_withdraw_demo(state: SlotState) -> bool:
    """Whether a project may take its demo back: until it is on stage."""
    return state is SlotState.WAITING
