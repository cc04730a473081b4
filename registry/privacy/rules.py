"""What is kept about a person: one table, from which they are told of it, given it, and erased from it.

A test holds it against the tables of the database: whatever is tied to a person must stand here.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec


class Tie(StrEnum):
    """How a row belongs to a person: what the column of an entry holds."""

    ROW = "their row number"
    LABEL = "how the log names them"
    PATH = "an address of their page"
    NAME = "their name as written"
    SUBJECT = "the row number beside a kind of record"
    ACCOUNT = "the number of their account where repositories live"
    MEMBER = "what stands for their account in the chat"


class Ending(StrEnum):
    """What an erasure does with a row."""

    REMOVED = "removed"
    UNNAMED = "unnamed"


class Purpose(StrEnum):
    """What something is kept for. Its words are in ``registry.privacy.words``."""

    ACCOUNT = "account"
    PAGE = "page"
    TEAM = "team"
    EVENT = "event"
    WORK = "work"
    NOTICE = "notice"
    MODERATION = "moderation"
    LOG = "log"


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of a table that one column ties to a person.

    ``cleared`` is what an unnamed row's columns are set to. Of the columns, ``secret`` ones are never given to
    anybody; where others' data stands beside, only those ``shown`` are given.
    """

    table: str
    column: str
    purpose: Purpose
    tie: Tie = Tie.ROW
    ending: Ending = Ending.UNNAMED
    cleared: Mapping[str, Any] = {}
    secret: frozenset[str] = frozenset()
    shown: tuple[str, ...] = ()


_REGISTRATION: dict[str, Any] = {
    "badge_name": "", "keywords": [], "is_newcomer": None, "photo_consent": None, "code": None, "meal": None,
    "accepted_rules": [], "language": None, "mail_address": None, "check_in_key": None,
}
_REMOVED = Ending.REMOVED
KEPT: tuple[Kept, ...] = (
    Kept(table="people", column="id", purpose=Purpose.PAGE, cleared={
        "display_name": "", "sort_name": "", "bio": {}, "offers": [], "is_public": False, "claimed_at": None,
        "shows_calendar": False,
        "hidden_reason": None,
    }),
    Kept(table="slug_redirects", column="subject_id", tie=Tie.SUBJECT, purpose=Purpose.PAGE, ending=_REMOVED),
    Kept(table="provenance", column="subject_id", tie=Tie.SUBJECT, purpose=Purpose.PAGE, ending=_REMOVED),
    Kept(table="search_documents", column="subject_id", tie=Tie.SUBJECT, purpose=Purpose.PAGE, ending=_REMOVED,
         shown=("title", "body")),
    Kept(table="duplicate_candidates", column="left_id", tie=Tie.SUBJECT, purpose=Purpose.PAGE, ending=_REMOVED),
    Kept(table="duplicate_candidates", column="right_id", tie=Tie.SUBJECT, purpose=Purpose.PAGE, ending=_REMOVED),
    Kept(table="claims", column="claimer_id", purpose=Purpose.PAGE, ending=_REMOVED),
    Kept(table="claims", column="subject_id", tie=Tie.SUBJECT, purpose=Purpose.PAGE, ending=_REMOVED,
         shown=("state", "made_at", "decided_at")),
    Kept(table="claims", column="decided_by_id", purpose=Purpose.PAGE, shown=("subject", "state", "decided_at")),
    Kept(table="merges", column="kept_id", tie=Tie.SUBJECT, purpose=Purpose.PAGE, ending=_REMOVED,
         shown=("merged_at", "unmerged_at")),
    Kept(table="announced_facts", column="subject_id", tie=Tie.SUBJECT, purpose=Purpose.PAGE, ending=_REMOVED),
    Kept(table="receivers", column="made_by_id", purpose=Purpose.WORK, ending=_REMOVED, secret=frozenset({"key"})),
    Kept(table="dispatches", column="subject_id", tie=Tie.SUBJECT, purpose=Purpose.PAGE, ending=_REMOVED,
         shown=("kind", "noted_at", "state")),
    Kept(table="publications", column="subject_id", tie=Tie.SUBJECT, purpose=Purpose.PAGE, ending=_REMOVED),
    Kept(table="chat_members", column="subject", tie=Tie.MEMBER, purpose=Purpose.ACCOUNT, cleared={
        "display_name": "", "timezone": None, "is_forgotten": True,
    }),
    Kept(table="identities", column="person_id", purpose=Purpose.ACCOUNT, ending=_REMOVED),
    Kept(table="sessions", column="person_id", purpose=Purpose.ACCOUNT, ending=_REMOVED,
         secret=frozenset({"token_hash"})),
    Kept(table="access_tokens", column="person_id", purpose=Purpose.ACCOUNT, ending=_REMOVED,
         secret=frozenset({"token_hash"})),
    Kept(table="sign_in_attempts", column="linking_person_id", purpose=Purpose.ACCOUNT, ending=_REMOVED,
         shown=("provider", "return_path", "started_at")),
    Kept(table="sign_in_attempts", column="return_path", tie=Tie.PATH, purpose=Purpose.ACCOUNT, ending=_REMOVED),
    Kept(table="role_grants", column="person_id", purpose=Purpose.ACCOUNT, ending=_REMOVED),
    Kept(table="erasure_requests", column="person_id", purpose=Purpose.ACCOUNT, ending=_REMOVED),
    Kept(table="memberships", column="person_id", purpose=Purpose.TEAM, cleared={"reason": None}),
    Kept(table="credits", column="person_id", purpose=Purpose.TEAM, cleared={"name_as_written": ""}),
    Kept(table="contributions", column="person_id", purpose=Purpose.WORK, cleared={
        "note": None, "decline_reason": None,
    }),
    Kept(table="repository_contributors", column="account_id", tie=Tie.ACCOUNT, purpose=Purpose.WORK, ending=_REMOVED),
    Kept(table="commit_weeks", column="account_id", tie=Tie.ACCOUNT, purpose=Purpose.WORK, ending=_REMOVED),
    Kept(table="contributions", column="decided_by_id", purpose=Purpose.WORK,
         shown=("kind", "happened_on", "confirmed_at", "declined_at", "decline_reason", "decided_as")),
    Kept(table="statements", column="person_id", purpose=Purpose.WORK, cleared={"content": {}, "content_hash": ""}),
    Kept(table="uploads", column="person_id", purpose=Purpose.WORK, ending=_REMOVED,
         shown=("name", "source", "uploaded_at", "imported_at")),
    Kept(table="offers", column="person_id", purpose=Purpose.TEAM, ending=_REMOVED),
    Kept(table="offers", column="answered_by", purpose=Purpose.TEAM, shown=("project_id", "state", "answered_at")),
    Kept(table="updates", column="author_id", purpose=Purpose.WORK),
    Kept(table="stage_changes", column="by_person_id", purpose=Purpose.WORK),
    Kept(table="standing_changes", column="by_person_id", purpose=Purpose.WORK),
    Kept(table="dormancy_questions", column="answered_by_id", purpose=Purpose.WORK),
    Kept(table="checkpoint_evidence", column="said_by_id", purpose=Purpose.WORK),
    Kept(table="case_versions", column="written_by_id", purpose=Purpose.WORK,
         shown=("case_id", "number", "note", "written_at")),
    Kept(table="case_writers", column="person_id", purpose=Purpose.WORK),
    Kept(table="case_comments", column="written_by_id", purpose=Purpose.WORK,
         shown=("case_id", "part", "text", "written_at")),
    Kept(table="case_comments", column="settled_by_id", purpose=Purpose.WORK, shown=("case_id", "settled_at")),
    Kept(table="registrations", column="person_id", purpose=Purpose.EVENT, cleared=_REGISTRATION,
         secret=frozenset({"code", "check_in_key"})),
    Kept(table="registrations", column="checked_in_by_id", purpose=Purpose.EVENT, shown=("event_id", "checked_in_at")),
    Kept(table="event_helpers", column="person_id", purpose=Purpose.EVENT, ending=_REMOVED),
    Kept(table="work_tables", column="taken_by_id", purpose=Purpose.EVENT),
    Kept(table="slots", column="presenter", tie=Tie.NAME, purpose=Purpose.EVENT, cleared={"presenter": None}),
    Kept(table="notices", column="person_id", purpose=Purpose.NOTICE, ending=_REMOVED),
    Kept(table="follows", column="person_id", purpose=Purpose.NOTICE, ending=_REMOVED),
    Kept(table="notice_deliveries", column="person_id", purpose=Purpose.NOTICE, ending=_REMOVED,
         secret=frozenset({"confirmation_hash", "mail_key", "feed_key"})),
    Kept(table="notices", column="path", tie=Tie.PATH, purpose=Purpose.NOTICE, cleared={"path": "/people"}),
    Kept(table="form_answers", column="path", tie=Tie.PATH, purpose=Purpose.NOTICE, ending=_REMOVED),
    Kept(table="reports", column="reporter_id", purpose=Purpose.MODERATION,
         cleared={"reporter_id": None, "text": "", "reach": "", "answer": ""},
         secret=frozenset({"note", "decided_by"})),
    Kept(table="reports", column="subject_id", tie=Tie.SUBJECT, purpose=Purpose.MODERATION,
         cleared={"text": "", "note": "", "answer": ""}, shown=("reason", "reported_at", "state", "answer")),
    Kept(table="reports", column="decided_by", tie=Tie.LABEL, purpose=Purpose.MODERATION,
         shown=("state", "decided_at")),
    Kept(table="sweeps", column="person_id", purpose=Purpose.MODERATION, ending=_REMOVED,
         shown=("swept_at", "reason", "undone_at")),
    Kept(table="sweeps", column="swept_by", tie=Tie.LABEL, purpose=Purpose.MODERATION, shown=("swept_at", "reason")),
    Kept(table="role_grants", column="granted_by", tie=Tie.LABEL, purpose=Purpose.LOG, shown=("role", "granted_at")),
    Kept(table="duplicate_candidates", column="decided_by", tie=Tie.LABEL, purpose=Purpose.LOG,
         shown=("subject", "state", "decided_at")),
    Kept(table="merges", column="merged_by", tie=Tie.LABEL, purpose=Purpose.LOG, shown=("subject", "merged_at")),
    Kept(table="merges", column="unmerged_by", tie=Tie.LABEL, purpose=Purpose.LOG, shown=("subject", "unmerged_at")),
    Kept(table="audit", column="actor", tie=Tie.LABEL, purpose=Purpose.LOG),
    Kept(table="audit", column="subject_id", tie=Tie.SUBJECT, purpose=Purpose.LOG, cleared={"changes": {}},
         shown=("at", "action", "changes")),
)
MENTIONS = (
    ("audit", "changes"), ("merges", "rows"), ("notices", "facts"), ("outbox", "payload"),
    ("hook_deliveries", "payload"), ("uploads", "columns"), ("uploads", "report"),
)
"""Columns of structured facts that may name a person whose row it is not: an erasure looks through all of them."""


def without_mentions(value: Any, mentions: frozenset[str], instead: Any) -> Any:
    """Structured facts in which each text that is one of ``mentions`` is replaced; others stay as they are."""
    if isinstance(value, dict):
        return {
            (key if key not in mentions else str(instead)): without_mentions(part, mentions, instead)
            for key, part in value.items()
        }
    if isinstance(value, list):
        return [without_mentions(part, mentions, instead) for part in value]
    return instead if isinstance(value, str) and value in mentions else value
