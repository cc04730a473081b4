"""The kinds of thing a person is told."""

from enum import StrEnum


class NoticeKind(StrEnum):
    """Why somebody is told something. Each has its sentence in ``registry.inbox.words``."""

    OWNER_ADDED = "owner_added"
    MAINTAINER_ADDED = "maintainer_added"
    CONTRIBUTOR_ADDED = "contributor_added"
    PART_ENDED = "part_ended"
    MEMBER_LEFT = "member_left"
    HANDED_OVER = "handed_over"
    ALIVE_ASKED = "alive_asked"
    MOVED_UP = "moved_up"


class MailPace(StrEnum):
    """How often somebody is mailed what they are told."""

    NEVER = "never"
    DAILY = "daily"
    AT_ONCE = "at_once"
