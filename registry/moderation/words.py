"""What reports, their states and the kinds of record are called, in the reader's words."""

from datetime import timedelta

from registry.activity.rules import Subject
from registry.moderation.rules import LIMITS, Allowance, Limit, ReportReason, ReportState
from registry.web.i18n import gettext as _


def reason_name(reason: ReportReason) -> str:
    """What is the matter with a record."""
    return {
        ReportReason.WRONG: _("Something is wrong"),
        ReportReason.PERSONAL: _("It shows somebody's personal data"),
        ReportReason.MYSELF: _("This is me, please hide it"),
        ReportReason.SPAM: _("Spam or advertising"),
        ReportReason.HARM: _("It hurts or threatens someone"),
        ReportReason.COPYRIGHT: _("It breaks a copyright or a licence"),
        ReportReason.OTHER: _("Something else"),
    }[reason]


def state_name(state: ReportState) -> str:
    """What became of a report."""
    return {
        ReportState.OPEN: _("Open"), ReportState.HIDDEN: _("Hidden"), ReportState.DISMISSED: _("Left as it is"),
    }[state]


def kind_name(subject: Subject) -> str:
    """One record of a kind that can be hidden."""
    return {
        Subject.PROJECT: _("Project"), Subject.EVENT: _("Event"), Subject.PROPOSAL: _("Proposal"),
        Subject.PERSON: _("Person"), Subject.TAG: _("Topic"), Subject.CASE: _("Case study"),
    }[subject]


def limit_rows(settings: object) -> list[tuple[str, str, str]]:
    """Every limit that an installation has: its name, what it counts, how often within how long."""
    rows = []
    for limit in LIMITS.values():
        allowance = limit.allowance(settings)
        if allowance.most:
            rows.append((limit.name, _limit_words(limit), _often(allowance)))
    return rows


def _limit_words(limit: Limit) -> str:
    return {
        "requests": _("Requests to the API, from one address"),
        "token-requests": _("Requests to the API with access tokens, of one account"),
        "searches": _("Searches, from one address"),
        "sign-ins": _("Sign-ins begun, from one address"),
        "reports": _("Reports without an account, from one address"),
        "registrations": _("Registrations without an account, from one address"),
        "writes": _("Changes of any kind, by one account"),
        "things": _("New things of one kind, by one account"),
        "new-things": _("New things of one kind, by an account that is new"),
        "new-things-daily": _("New things of one kind in a day, by an account that is new"),
    }[limit.name]


def _often(allowance: Allowance) -> str:
    words = {
        timedelta(minutes=1): _("%(num)s a minute"), timedelta(hours=1): _("%(num)s an hour"),
        timedelta(days=1): _("%(num)s a day"),
    }[allowance.within]
    return words % {"num": allowance.most}
