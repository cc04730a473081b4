"""What the kinds of proposal are called."""

from registry.proposals.rules import ProposalKind
from registry.web.i18n import gettext as _


def kind_name(kind: ProposalKind) -> str:
    """What is put on the programme, in the reader's words."""
    return {
        ProposalKind.PITCH: _("Pitch"),
        ProposalKind.TALK: _("Short talk"),
        ProposalKind.WORKSHOP: _("Workshop"),
    }[kind]
