"""What people's parts and contributions are called."""

from registry.people.rules import MembershipRole
from registry.web.i18n import gettext as _


def role_name(role: MembershipRole) -> str:
    """A person's part in a project, in the reader's words."""
    return {
        MembershipRole.OWNER: _("Owner"), MembershipRole.MAINTAINER: _("Maintainer"),
        MembershipRole.CONTRIBUTOR: _("Contributor"),
    }[role]


def contribution_name(kind: str) -> str:
    """A kind of contribution in the reader's words; a kind that nobody named stays as it is written."""
    return {
        "commit": _("Commits"), "pull_request": _("Pull requests"), "review": _("Reviews"), "issue": _("Issues"),
        "release": _("Releases"), "documentation": _("Documentation"), "design": _("Design"),
        "translation": _("Translation"), "mentoring": _("Mentoring"), "event_help": _("Help at events"),
        "pitched": _("Pitches"), "attended": _("Events attended"), "demoed": _("Demos"),
        "organised": _("Events organised"), "hours": _("Hours given"),
    }.get(kind, kind)
