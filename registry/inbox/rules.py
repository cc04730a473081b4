"""The kinds of thing a person is told."""

from enum import StrEnum


class NoticeKind(StrEnum):
    """Why somebody is told something. Each has its sentence in ``registry.inbox.words``."""

    OWNER_ADDED = "owner_added"
    ALIVE_ASKED = "alive_asked"


class MailPace(StrEnum):
    """How often somebody is mailed what they are told."""

    NEVER = "never"
    DAILY = "daily"
    AT_ONCE = "at_once"
