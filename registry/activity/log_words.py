"""What the log calls the kinds of record."""

from registry.activity.rules import Subject
from registry.web.i18n import gettext as _


def subject_name(subject: Subject) -> str:
    """One record of a kind, in the reader's words."""
    return {
        Subject.PROJECT: _("Project"), Subject.EVENT: _("Event"), Subject.PROPOSAL: _("Proposal"),
        Subject.PERSON: _("Person"), Subject.TAG: _("Tag"), Subject.NEED: _("Need"),
        Subject.CHAPTER: _("Handbook chapter"), Subject.CASE: _("Case study"), Subject.REPORT: _("Report"),
        Subject.MESSAGE: _("Message"), Subject.ANNOUNCEMENT: _("Announcement"), Subject.CHANNEL: _("Chat channel"),
    }.get(subject, subject.value)
