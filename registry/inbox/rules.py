"""The kinds of thing a person is told, and which changes followers hear of."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from registry.activity.rules import Subject


class NoticeKind(StrEnum):
    """Why somebody is told something. Each has its sentence in ``registry.inbox.words``."""

    OWNER_ADDED = "owner_added"
    REPORT_HIDDEN = "report_hidden"
    REPORT_DISMISSED = "report_dismissed"
    RECORD_HIDDEN = "record_hidden"
    RECORD_SHOWN = "record_shown"
    PROJECT_PITCHED = "project_pitched"
    FOLLOWED_PITCH = "followed_pitch"
    FOLLOWED_FOUNDING = "followed_founding"
    FOLLOWED_UPDATE = "followed_update"
    FOLLOWED_NEED = "followed_need"
    FOLLOWED_STAGE = "followed_stage"
    FOLLOWED_HANDOVER = "followed_handover"
    FOLLOWED_MERGE = "followed_merge"
    FOLLOWED_EVENT = "followed_event"
    FOLLOWED_CANCELLATION = "followed_cancellation"
    GIVEN_UP = "given_up"
    CLAIM_MADE = "claim_made"
    CLAIM_APPROVED = "claim_approved"
    CLAIM_DECLINED = "claim_declined"
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
    REPOSITORY_GONE = "repository_gone"
    REPOSITORY_CLOSED = "repository_closed"
    REPOSITORY_BLOCKED = "repository_blocked"
    REPOSITORY_MOVED = "repository_moved"
    REPOSITORY_ARCHIVED = "repository_archived"
    REPOSITORY_FAULTY = "repository_faulty"
    CONTRIBUTION_SAID = "contribution_said"
    CONTRIBUTION_CONFIRMED = "contribution_confirmed"
    CONTRIBUTION_DECLINED = "contribution_declined"
    MOVED_UP = "moved_up"
    CHANNEL_MADE = "channel_made"
    STAGE_CUED = "stage_cued"
    DEMOS_CALLED = "demos_called"
    FOLLOWED_CASE = "followed_case"
    CASE_BEGUN = "case_begun"
    CASE_WRITER = "case_writer"
    CASE_IN_REVIEW = "case_in_review"
    CASE_COMMENTED = "case_commented"
    CASE_SENT_BACK = "case_sent_back"
    CASE_PUBLISHED = "case_published"
    RECEIVER_OFF = "receiver_off"
    ACCESS_GIVEN = "access_given"


class MailPace(StrEnum):
    """How often somebody is mailed what they are told."""

    NEVER = "never"
    DAILY = "daily"
    AT_ONCE = "at_once"


class Told(NamedTuple):
    """What followers are told of a change, and the followers of which kinds of record."""

    kind: NoticeKind
    reaches: frozenset[Subject]


FOLLOWABLE: Final = {
    "projects": Subject.PROJECT, "events": Subject.EVENT, "tags": Subject.TAG, "needs": Subject.NEED,
}
"""What can be followed, by the first part of its address."""

TOLD: Final[dict[tuple[Subject, str], Told]] = {
    (Subject.PROPOSAL, "pitched"): Told(
        NoticeKind.FOLLOWED_PITCH, frozenset({Subject.PROJECT, Subject.EVENT, Subject.TAG})
    ),
    (Subject.PROJECT, "project founded"): Told(NoticeKind.FOLLOWED_FOUNDING, frozenset({Subject.TAG})),
    (Subject.PROJECT, "update posted"): Told(NoticeKind.FOLLOWED_UPDATE, frozenset({Subject.PROJECT})),
    (Subject.PROJECT, "need opened"): Told(NoticeKind.FOLLOWED_NEED, frozenset({Subject.PROJECT, Subject.NEED})),
    (Subject.PROJECT, "stage moved"): Told(NoticeKind.FOLLOWED_STAGE, frozenset({Subject.PROJECT})),
    (Subject.PROJECT, "handed over"): Told(NoticeKind.FOLLOWED_HANDOVER, frozenset({Subject.PROJECT})),
    (Subject.PROJECT, "merged"): Told(NoticeKind.FOLLOWED_MERGE, frozenset({Subject.PROJECT})),
    (Subject.CASE, "case published"): Told(
        NoticeKind.FOLLOWED_CASE, frozenset({Subject.PROJECT, Subject.TAG})
    ),
    (Subject.EVENT, "event published"): Told(NoticeKind.FOLLOWED_EVENT, frozenset({Subject.EVENT})),
    (Subject.EVENT, "event cancelled"): Told(NoticeKind.FOLLOWED_CANCELLATION, frozenset({Subject.EVENT})),
}
"""The actions of the audit log that followers hear of. Every other action is nobody's news."""
HIDDEN: Final = "hidden"
"""The action after which what was told of a record is taken back."""


def told_of(subject: Subject, action: str) -> Told | None:
    """What followers are told of an action; none for one that is not in the table."""
    return TOLD.get((subject, action))


def needs_opened(changes: Mapping[str, object]) -> frozenset[str]:
    """The keys of the needs that a change opened, from its ``needs: [before, after]``; empty when it tells none."""
    match changes.get("needs"):
        case [list() as before, list() as after]:
            return _open_keys(after) - _open_keys(before)
        case _:
            return frozenset()


def _open_keys(needs: list[object]) -> frozenset[str]:
    return frozenset(
        str(need["key"]) for need in needs if isinstance(need, dict) and need.get("state") == "open" and "key" in need
    )
