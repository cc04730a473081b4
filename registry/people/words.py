"""What people's parts in projects are called."""

from registry.people.rules import MembershipRole
from registry.web.i18n import gettext as _


def role_name(role: MembershipRole) -> str:
    """A person's part in a project, in the reader's words."""
    return {
        MembershipRole.OWNER: _("Owner"), MembershipRole.MAINTAINER: _("Maintainer"),
        MembershipRole.CONTRIBUTOR: _("Contributor"),
    }[role]

