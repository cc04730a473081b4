"""Contributions in the reader's words."""

from registry.contributions.rules import SAID, ContributionState
from registry.contributions.statement import StatementState
from registry.web.i18n import gettext as _


def state_name(state: ContributionState) -> str:
    """Where a contribution stands."""
    return {
        ContributionState.WAITING: _("Waits to be confirmed"), ContributionState.CONFIRMED: _("Confirmed"),
        ContributionState.DECLINED: _("Not confirmed"),
    }[state]


def duration(minutes: int) -> str:
    """A length of time in hours and minutes."""
    hours, rest = divmod(minutes, 60)
    if not rest:
        return _("%(hours)s h") % {"hours": hours}
    if not hours:
        return _("%(minutes)s min") % {"minutes": rest}
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}


def source_name(source: str) -> str:
    """Where a fact is known from; a source that has no words here is called by its own name."""
    return {
        SAID: _("said by the person"), "github": "GitHub", "slack": "Slack", "check-in": _("checked in at the event"),
        "team": _("the event's team"), "members": _("the project's members"),
    }.get(source, source)


def part_at_event_name(part: str) -> str:
    """As what somebody was at an event."""
    return {
        "attended": _("took part"), "event_help": _("helped"), "organised": _("organised"),
    }[part]


def confirmer_name(role: str) -> str:
    """As what somebody confirmed a contribution."""
    return {
        "owner": _("an owner of the project"), "maintainer": _("a maintainer of the project"),
        "organiser": _("an organiser"), "administrator": _("an administrator"),
    }[role]


def statement_state_name(state: StatementState) -> str:
    """Whether a statement stands."""
    return {
        StatementState.VALID: _("Valid, and unchanged since it was issued"),
        StatementState.REVOKED: _("Revoked: it no longer stands"),
        StatementState.CHANGED: _("Not as it was issued: do not rely on it"),
        StatementState.ERASED: _("Withdrawn, with all that it said"),
    }[state]
