"""What reports, their states and the kinds of record are called, in the reader's words."""

from registry.activity.rules import Subject
from registry.moderation.rules import ReportReason, ReportState
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
