"""The kinds of thing a person is told."""

from enum import StrEnum


class NoticeKind(StrEnum):
    """Why somebody is told something. Each has its sentence in ``registry.inbox.words``."""

    OWNER_ADDED = "owner_added"
    REPORT_HIDDEN = "report_hidden"
    REPORT_DISMISSED = "report_dismissed"
    RECORD_HIDDEN = "record_hidden"
    RECORD_SHOWN = "record_shown"
    PROJECT_PITCHED = "project_pitched"
    MAINTAINER_ADDED = "maintainer_added"
    CONTRIBUTOR_ADDED = "contributor_added"
    PART_ENDED = "part_ended"
    MEMBER_LEFT = "member_left"
    HANDED_OVER = "handed_over"
    HELP_OFFERED = "help_offered"
    HELP_WITHDRAWN = "help_withdrawn"
    HELP_ACCEPTED = "help_accepted"
    HELP_THANKED = "help_thanked"
    HELP_DECLINED = "help_declined"
    ALIVE_ASKED = "alive_asked"
    JOINED_AT_TABLE = "joined_at_table"
    RESULT_ASKED = "result_asked"


class MailPace(StrEnum):
    """How often somebody is mailed what they are told."""

    NEVER = "never"
    DAILY = "daily"
    AT_ONCE = "at_once"
