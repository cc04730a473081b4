"""Who may do what. The one table that routes, templates and the API ask."""

from datetime import datetime, timedelta
from enum import StrEnum

SESSION_IDLE = timedelta(days=14)
SESSION_LIFE = timedelta(days=90)
SIGN_IN_TIME = timedelta(minutes=10)


class Role(StrEnum):
    """What a person is to the site, to an event, to a project or to a case (domain: people and rights)."""

    VISITOR = "visitor"
    MEMBER = "member"
    REGISTERED = "registered"
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
    GRANT_ROLES = "grant_roles"


_EVERYONE = frozenset(Role)
_SIGNED_IN = _EVERYONE - {Role.VISITOR}

ALLOWED: dict[Permission, frozenset[Role]] = {
    Permission.READ: _EVERYONE,
    Permission.SIGN_IN: _EVERYONE,
    Permission.MANAGE_OWN_ACCOUNT: _SIGNED_IN,
    Permission.GRANT_ROLES: frozenset({Role.ADMINISTRATOR}),
}


def allows(permission: Permission, roles: frozenset[Role]) -> bool:
    """Whether any of ``roles`` carries ``permission``."""
    return not ALLOWED[permission].isdisjoint(roles)


def session_is_alive(*, started_at: datetime, last_seen_at: datetime, now: datetime) -> bool:
    """Whether a session is within both its limits: 14 days unused, 90 days in all."""
    return now - last_seen_at < SESSION_IDLE and now - started_at < SESSION_LIFE


def safe_return_path(wish: str | None) -> str:
    """A path of this site to go back to after signing in; the front page for anything else.

    Refused are other hosts in every disguise browsers accept: ``//host``, ``\\\\host``, encoded slashes, control
    characters, user info.
    """
    if not wish or len(wish) > 2000 or not wish.startswith("/"):  # noqa: PLR2004 — the longest address we make
        return "/"
    suspicious = wish[1:2] in {"/", "\\"} or any(ord(letter) < 33 or letter in "\\\x7f" for letter in wish)  # noqa: PLR2004
    encoded = wish[:12].casefold()
    return "/" if suspicious or encoded.startswith(("/%2f", "/%5c", "/%09", "/%0a", "/%0d")) else wish
