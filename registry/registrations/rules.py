"""Where a registration stands."""

from enum import StrEnum


class RegistrationState(StrEnum):
    """Whether there is a place for the person."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    CANCELLED = "cancelled"
