"""What a receiver may be told, where a message to it stands, and how it is signed."""

import hmac
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

from registry.announcements.rules import FactKind

TEST: Final = "test"
"""The kind of the message that is sent when somebody wants to see whether a receiver works."""
OF_PROJECTS: Final = frozenset({
    FactKind.PITCHED, FactKind.NEED_OPENED, FactKind.STAGE_REACHED, FactKind.UPDATE_POSTED, FactKind.RELEASED,
    FactKind.CASE_PUBLISHED,
})
"""The kinds that belong to a project, so that its owners may be told of them."""
MOST_OF_ONE: Final = 20
"""Receivers of one project, and those of the whole community."""


class DispatchState(StrEnum):
    """Where a message to a receiver stands."""

    WAITING = "waiting"
    FAILING = "failing"
    ARRIVED = "arrived"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    DROPPED = "dropped"


ON_ITS_WAY: Final = frozenset({DispatchState.WAITING, DispatchState.FAILING})


class OffReason(StrEnum):
    """Why a receiver is told nothing now."""

    BY_HAND = "by_hand"
    FAILING = "failing"
    GONE = "gone"


def signature_header(secret: str, body: bytes, *, at: datetime) -> str:
    """The header that proves who sent a body and when: HMAC-SHA256 over the seconds, a dot and the body as sent."""
    seconds = int(at.timestamp())
    digest = hmac.new(secret.encode(), b"%d.%b" % (seconds, body), sha256).hexdigest()
    return f"t={seconds},v1={digest}"
