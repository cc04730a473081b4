"""What lists of claims and their states are called."""

from registry.claims.queries import ClaimList
from registry.claims.rules import ClaimState
from registry.web.i18n import gettext as _


def list_words(which: ClaimList) -> str:
    """What a list of claims is called."""
    return {
        ClaimList.OPEN: _("Waiting for an answer"), ClaimList.ANSWERED: _("Answered"), ClaimList.MINE: _("My own"),
    }[which]


def state_words(state: ClaimState) -> str:
    """Where a claim stands."""
    return {
        ClaimState.OPEN: _("Waits for an answer"), ClaimState.APPROVED: _("Approved"),
        ClaimState.DECLINED: _("Declined"), ClaimState.WITHDRAWN: _("Taken back"),
    }[state]
