"""Who may do what: the one table that routes, templates and the API ask. Limits of sign-ins and sessions."""

import re
from datetime import datetime, timedelta
from enum import StrEnum

SIGN_IN_TIME = timedelta(minutes=10)
SEEN_AGAIN_AFTER = timedelta(days=1)
LONGEST_RETURN_PATH = 2000
_UNPRINTED = re.compile(r"[^!-~]|\\")
_ENCODED_START = re.compile(r"/(?:%2f|%5c|%0[0-9a-d]|%25|\.)", re.IGNORECASE)


class Role(StrEnum):
    """What a person is to the site, to an event, to a project or to a case (domain: people and rights)."""

    VISITOR = "visitor"
    MEMBER = "member"
    REGISTERED = "registered"
    HELPER = "helper"
    INITIATOR = "initiator"
    CONTRIBUTOR = "contributor"
    MAINTAINER = "maintainer"
    OWNER = "owner"
    WRITER = "writer"
    ORGANISER = "organiser"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """Something that a route does, from the reader's side."""

    READ = "read"
    SIGN_IN = "sign_in"
    MANAGE_OWN_ACCOUNT = "manage_own_account"
    PITCH = "pitch"
    EDIT_PITCH = "edit_pitch"
    OPEN_OWN_LINK = "open_own_link"
    CALL_HOOK = "call_hook"
    FOUND_PROJECT = "found_project"
    OFFER_HELP = "offer_help"
    EDIT_PROJECT = "edit_project"
    HAND_OVER_PROJECT = "hand_over_project"
    LEAVE_PROJECT = "leave_project"
    WORK_AT_EVENT = "work_at_event"
    TAKE_TABLE = "take_table"
    SHOW_DEMO = "show_demo"
    REGISTER = "register"
    RUN_EVENT = "run_event"
    HELP_AT_EVENT = "help_at_event"
    BEGIN_CASE = "begin_case"
    EDIT_CASE = "edit_case"
    PUBLISH_CASE = "publish_case"
    REPORT = "report"
    MODERATE = "moderate"
    READ_AUDIT = "read_audit"
    IMPORT = "import"
    CLAIM = "claim"
    TELL_PROGRAMS = "tell_programs"


class SignInProblem(StrEnum):
    """Why a sign-in came back without a person."""

    EXPIRED = "expired"
    DECLINED = "declined"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TAKEN = "taken"
    LEFT = "left"


_EVERYONE = frozenset(Role)
_SIGNED_IN = _EVERYONE - {Role.VISITOR}
_IN_CHARGE = frozenset({Role.ORGANISER, Role.ADMINISTRATOR})

ALLOWED: dict[Permission, frozenset[Role]] = {
    Permission.READ: _EVERYONE,
    Permission.SIGN_IN: _EVERYONE,
    Permission.MANAGE_OWN_ACCOUNT: _SIGNED_IN,
    Permission.PITCH: _SIGNED_IN,
    Permission.EDIT_PITCH: _IN_CHARGE | {Role.INITIATOR, Role.OWNER, Role.MAINTAINER},
    Permission.OPEN_OWN_LINK: _EVERYONE,  # a signed link in a letter or a feed reader: nobody is signed in there
    Permission.CALL_HOOK: _EVERYONE,  # other systems, which nobody signs in: each call carries its own proof
    Permission.FOUND_PROJECT: _SIGNED_IN,
    Permission.OFFER_HELP: _SIGNED_IN,
    Permission.EDIT_PROJECT: _IN_CHARGE | {Role.OWNER, Role.MAINTAINER},
    Permission.HAND_OVER_PROJECT: _IN_CHARGE | {Role.OWNER},
    Permission.LEAVE_PROJECT: frozenset({Role.CONTRIBUTOR, Role.MAINTAINER, Role.OWNER, Role.ADMINISTRATOR}),
    Permission.WORK_AT_EVENT: _SIGNED_IN,
    Permission.TAKE_TABLE: _IN_CHARGE | {Role.OWNER, Role.MAINTAINER},
    Permission.SHOW_DEMO: _IN_CHARGE | {Role.OWNER, Role.MAINTAINER, Role.CONTRIBUTOR},
    Permission.REGISTER: _EVERYONE,
    Permission.RUN_EVENT: _IN_CHARGE,
    Permission.HELP_AT_EVENT: _IN_CHARGE | {Role.HELPER},
    Permission.BEGIN_CASE: _SIGNED_IN,
    Permission.EDIT_CASE: _IN_CHARGE | {Role.OWNER, Role.MAINTAINER, Role.WRITER},
    Permission.PUBLISH_CASE: _IN_CHARGE,
    Permission.REPORT: _EVERYONE,
    Permission.MODERATE: _IN_CHARGE,
    Permission.READ_AUDIT: _IN_CHARGE,
    Permission.IMPORT: _IN_CHARGE,
    Permission.CLAIM: _SIGNED_IN,
    Permission.TELL_PROGRAMS: _IN_CHARGE | {Role.OWNER},
}
"""Each role counts for what it belongs to: an initiator's for their pitch, an owner's for their project, an
organiser's for their event or, when it was given for all events, everywhere; member and administrator everywhere.
A draft is its initiators' alone, whatever the roles of others (`registry.proposals.editing`)."""


def allows(permission: Permission, roles: frozenset[Role]) -> bool:
    """Whether any of ``roles`` carries ``permission``."""
    return not ALLOWED[permission].isdisjoint(roles)


def session_is_alive(
    *, started_at: datetime, last_seen_at: datetime, now: datetime, idle: timedelta, life: timedelta
) -> bool:
    """Whether a session is within both its limits: ``idle`` unused, ``life`` in all."""
    return now - last_seen_at < idle and now - started_at < life


def safe_return_path(wish: str | None) -> str:
    r"""A path of this site to go back to after signing in; the front page for anything else.

    Refused are other hosts in every disguise that browsers accept: ``//host``, ``\\host``, the same percent-encoded
    (once or twice), dots that a browser takes away, control characters and what is not ASCII.
    """
    if not wish or len(wish) > LONGEST_RETURN_PATH or not wish.startswith("/"):
        return "/"
    is_suspicious = wish.startswith("//") or _UNPRINTED.search(wish) or _ENCODED_START.match(wish)
    return "/" if is_suspicious else wish
