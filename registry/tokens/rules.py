"""What an access token may be for, how long it lasts, and what of it is shown afterwards."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

MARK: Final = "keng_"
"""How every token begins, so that a scanner for secrets, or a person, knows one when it lies about."""
SHOWN: Final = len(MARK) + 6
"""How many characters of a token are kept, by which its owner recognises it."""
LASTS: Final = (7, 30, 90, 180, 365)
"""Days that a token may last."""
USUAL_DAYS: Final = 90
MOST_TOKENS: Final = 20
"""That one person may have at a time."""
USED_AGAIN_AFTER: Final = timedelta(hours=1)
"""How old the note of a token's last use gets before another is written."""
ENDED_KEPT: Final = timedelta(days=30)
"""How long a token that has ended stays in its owner's list."""


class Scope(StrEnum):
    """Something that a token lets a script do, as far as its owner may do it themselves."""

    READ = "read"
    PROPOSALS = "proposals:write"
    PROJECTS = "projects:write"
    CONTRIBUTIONS = "contributions:write"
    EVENTS = "events:write"


def scopes_in(text: str) -> frozenset[Scope]:
    """The scopes that a token's row holds, with spaces between; one that is no longer known lets nothing happen."""
    return frozenset(scope for scope in Scope if scope.value in text.split())


def token_is_alive(*, expires_at: datetime, now: datetime) -> bool:
    """Whether a token has not ended."""
    return now < expires_at


def is_use_worth_noting(last_used_at: datetime | None, *, now: datetime) -> bool:
    """Whether a use is written down: each write empties the page cache, so once an hour is enough."""
    return last_used_at is None or now - last_used_at > USED_AGAIN_AFTER
