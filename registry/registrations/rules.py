"""Where a registration stands, when one can register, and who gets the places there are."""

import hashlib
import unicodedata
from datetime import datetime
from enum import StrEnum

KEYWORDS = 3
_GUEST_ID_LENGTH = 24
_NAME_SIZES = (("large", 16), ("medium", 44), ("small", float("inf")))


class RegistrationState(StrEnum):
    """Whether there is a place for the person."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    CANCELLED = "cancelled"


class Registering(StrEnum):
    """Whether one can register for a published event now, or why not."""

    OPEN = "open"
    NOT_YET = "not_yet"
    CLOSED = "closed"
    ELSEWHERE = "elsewhere"
    NOT_OFFERED = "not_offered"
    CALLED_OFF = "called_off"


class DoorAnswer(StrEnum):
    """What became of one check-in that a device at the door sent."""

    IN = "in"
    ALREADY = "already"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


def registering(
    *, is_called_off: bool, is_elsewhere: bool, opens_at: datetime | None, closes_at: datetime | None,
    ends_at: datetime, now: datetime,
) -> Registering:
    """Whether one can register for a published event at ``now``.

    Without an opening time nobody registers here; without a closing time one can until the event ends. The opening
    itself is open, the closing itself closed.
    """
    if is_called_off:
        return Registering.CALLED_OFF
    if is_elsewhere:
        return Registering.ELSEWHERE
    if opens_at is None:
        return Registering.NOT_OFFERED
    if now >= min(closes_at or ends_at, ends_at):
        return Registering.CLOSED
    return Registering.OPEN if now >= opens_at else Registering.NOT_YET


def free_places(*, capacity: int | None, confirmed: int) -> int | None:
    """How many places are free; none where there is no limit. Never negative: a lowered capacity sends nobody away."""
    return None if capacity is None else max(0, capacity - confirmed)


def state_of_next(*, capacity: int | None, confirmed: int, waiting: int) -> RegistrationState:
    """Where the next registration stands: nobody passes those who wait."""
    has_place = free_places(capacity=capacity, confirmed=confirmed) != 0 and not waiting
    return RegistrationState.CONFIRMED if has_place else RegistrationState.WAITING


def how_many_move_up(*, capacity: int | None, confirmed: int, waiting: int) -> int:
    """How many of those who wait have a place now."""
    free = free_places(capacity=capacity, confirmed=confirmed)
    return waiting if free is None else min(free, waiting)


def can_change(*, state: RegistrationState, is_in: bool, ends_at: datetime, now: datetime) -> bool:
    """Whether a registration can still be changed or cancelled with its link."""
    return state is not RegistrationState.CANCELLED and not is_in and now < ends_at


def name_size(name: str) -> str:
    """How large a name can stand on a badge; a Han character is as wide as two Latin ones."""
    width = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in name)
    return next(size for size, most in _NAME_SIZES if width <= most)


def guest_id(code: str) -> str:
    """How the door and the organisers' pages name a registration: from it nobody finds the secret ``code``."""
    return hashlib.sha256(code.encode()).hexdigest()[:_GUEST_ID_LENGTH]
