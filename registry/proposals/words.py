"""What the kinds of proposal are called, its states and parts, and what to say of a name."""

import msgspec

from registry.proposals.naming import NameForms, is_pronounceable, is_short_enough, name_forms
from registry.proposals.rules import Part, ProposalKind, ProposalState
from registry.web.i18n import gettext as _


def kind_name(kind: ProposalKind) -> str:
    """What is put on the programme, in the reader's words."""
    return {
        ProposalKind.PITCH: _("Pitch"),
        ProposalKind.TALK: _("Short talk"),
        ProposalKind.WORKSHOP: _("Workshop"),
    }[kind]


def state_name(state: ProposalState) -> str:
    """Where a pitch stands, for those who wrote it."""
    return {
        ProposalState.DRAFT: _("Draft: only you see it"),
        ProposalState.SUBMITTED: _("Out: everybody sees it"),
        ProposalState.WITHDRAWN: _("Withdrawn: only you see it"),
    }[state]


def part_name(part: Part) -> str:
    """A part of a good pitch, as its checklist calls it."""
    return {
        Part.TITLE: _("A title"),
        Part.SUMMARY: _("One sentence that says it all"),
        Part.ENGLISH_NAME: _("An English name"),
        Part.WHY: _("Why: the problem"),
        Part.WHO: _("Who: the people it is for"),
        Part.HOW: _("How: what you will do"),
        Part.NEEDS: _("Whom you look for"),
        Part.INITIATORS: _("Names to show, or that you stay anonymous"),
        Part.SIMILAR: _("What is there already"),
        Part.LICENCE: _("A licence"),
        Part.NOTE: _("A shared note"),
        Part.EVENT: _("An event to pitch at"),
    }[part]


class NameReport(msgspec.Struct, frozen=True):
    """What an English name gives: how it is written elsewhere, and what is good or should be thought over."""

    forms: NameForms
    good: list[str]
    doubtful: list[str]


def report_on_name(name: str, *, is_taken: bool) -> NameReport | None:
    """What to say of an English name; none where there is none to speak of."""
    if not name.strip():
        return None
    forms = name_forms(name)
    verdicts = [
        (not is_taken and bool(forms.slug), _("Nobody here has it yet."), _("Another project has it already.")
         if forms.slug else _("No Latin letter or digit is in it.")),
        (is_pronounceable(name), _("It can be said aloud."), _("It is hard to say aloud.")),
        (is_short_enough(name), _("It is short enough to type."), _("It is long to type.")),
    ]
    return NameReport(
        forms=forms, good=[good for is_good, good, _doubt in verdicts if is_good],
        doubtful=[doubt for is_good, _good, doubt in verdicts if not is_good],
    )
