"""What the scopes of access tokens are called."""

from registry.tokens.rules import Scope
from registry.web.i18n import gettext as _
from registry.web.i18n import ngettext


def scope_words(scope: Scope) -> str:
    """What a scope lets a script do, in the reader's words."""
    return {
        Scope.READ: _("Read what is yours: who you are here, and your own pitches, drafts too"),
        Scope.PROPOSALS: _("Pitch, and change, submit or withdraw pitches"),
        Scope.PROJECTS: _("Change projects: words, links, topics, licences, needs, stage and updates"),
        Scope.CONTRIBUTIONS: _("Say what you did for a project or at an event"),
        Scope.EVENTS: _("Register for events; organisers also make, change and publish them"),
    }[scope]


def lasting_words(days: int) -> str:
    """How long a token lasts, as a choice."""
    return ngettext("%(num)s day", "%(num)s days", days) % {"num": days}
