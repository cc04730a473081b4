"""What readers call the kinds of record."""

from registry.activity.rules import Subject
from registry.web.i18n import gettext as _


def kind_name(subject: Subject) -> str:
    """One record of a kind, in the reader's language."""
    return {
        Subject.PROJECT: _("Project"), Subject.EVENT: _("Event"), Subject.PROPOSAL: _("Proposal"),
        Subject.PERSON: _("Person"), Subject.TAG: _("Topic"), Subject.NEED: _("Need"),
        Subject.CHAPTER: _("Handbook chapter"), Subject.CASE: _("Case study"),
    }[subject]


def kinds_name(subject: Subject) -> str:
    """All records of a kind, in the reader's language."""
    return {
        Subject.PROJECT: _("Projects"), Subject.EVENT: _("Events"), Subject.PROPOSAL: _("Proposals"),
        Subject.PERSON: _("People"), Subject.TAG: _("Topics"), Subject.NEED: _("Needs"),
        Subject.CHAPTER: _("Handbook"), Subject.CASE: _("Case studies"),
    }[subject]
