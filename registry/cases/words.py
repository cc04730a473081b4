"""What the parts, axes, choices, states and faults of case studies are called, in the reader's words."""

from registry.cases.faults import Fault, FaultKind
from registry.cases.rules import Axis, CaseState, Section, Unit
from registry.web.i18n import gettext as _
from registry.web.i18n import language_name, ngettext

PARTS = ("names", *(section.value for section in Section), "axes", "numbers", "timeline", "pictures", "links", "case")
"""Everything that is edited or commented on by itself; "case" is all of it."""


def section_name(section: str) -> str:
    """The heading of a section."""
    return {
        Section.PROBLEM: _("The problem before"), Section.BEGINNING: _("Who started it, and where"),
        Section.BUILT: _("What was built"), Section.WORKING: _("How people worked"),
        Section.EFFECT: _("What changed"), Section.LESSONS: _("What was learnt"),
        Section.AFTER: _("What came after"),
    }[Section(section)]


def section_hint(section: str) -> str:
    """What to tell in a section."""
    return {
        Section.PROBLEM: _("Who had it, and how did they get along?"),
        Section.BEGINNING: _("Who began, at which event, and why then? Name people only if they agree."),
        Section.BUILT: _("What can be seen, used or read, and how it works."),
        Section.WORKING: _("Rhythm, channel, tools, how decisions were made."),
        Section.EFFECT: _("Who uses it; what changed in policy, law or habits, and what did not."),
        Section.LESSONS: _("What you would do again, what you would leave out, and at least one thing that failed."),
        Section.AFTER: _("Who carries it on, and which projects grew out of it."),
    }[Section(section)]


def part_name(part: str) -> str:
    """What a part is called; see ``PARTS``."""
    if part in set(Section):
        return section_name(part)
    return {
        "names": _("Title and licence"), "axes": _("The six axes"), "numbers": _("Numbers"),
        "timeline": _("Timeline"), "pictures": _("Its pictures"), "links": _("Links"),
        "case": _("The whole case study"),
    }[part]


def content_part_name(name: str) -> str:
    """What a field of the content is called where versions are compared."""
    return {
        "title": _("Title"), "summary": _("In one sentence"), "licence": _("Licence"), "credits": _("Credits"),
    }.get(name) or part_name(name)


def axis_name(axis: Axis) -> str:
    """The question of an axis in a few words."""
    return {
        Axis.TEAM: _("Who is behind it"), Axis.GOALS: _("What it is after"), Axis.TIME: _("Time spent so far"),
        Axis.COMPLEXITY: _("How hard it is to do"), Axis.REUSE: _("How far its parts can be reused"),
        Axis.DIGITAL: _("How much of it is digital"), Axis.OPENNESS: _("How much of it is public"),
    }[axis]


def choice_name(choice: str) -> str:
    """A place on an axis; one that is none of the handbook's stands for itself."""
    return {
        "student": _("students"), "working-adult": _("working adults"), "ngo": _("an NGO"),
        "legal-entity": _("a legal entity"), "inquiry": _("learning and inquiry"), "prototype": _("a prototype"),
        "product": _("a complete product"), "advocacy": _("policy advocacy"), "solo": _("one person could do it"),
        "several-people": _("several people"), "several-disciplines": _("several disciplines"),
        "data-released": _("data released"), "components": _("parts to reuse"),
        "meant-for-spin-offs": _("meant for spin-offs"), "all-online": _("all online"),
        "mostly-online": _("mostly online"), "half": _("half and half"), "mostly-offline": _("mostly offline"),
        "public": _("all in public"), "partly": _("partly in public"),
    }.get(choice, choice)


def unit_name(unit: Unit) -> str:
    """A unit of time as a choice."""
    return {
        Unit.HOUR: _("hours"), Unit.DAY: _("days"), Unit.WEEK: _("weeks"), Unit.MONTH: _("months"),
        Unit.YEAR: _("years"),
    }[unit]


def spent_words(spent: str) -> str:
    """A length of time as it is kept ("6 month"), for a reader; what has another form stands for itself."""
    amount, _blank, unit = spent.partition(" ")
    if not amount.isdecimal() or unit not in set(Unit):
        return spent
    count = int(amount)
    return {
        Unit.HOUR: ngettext("%(num)s hour", "%(num)s hours", count),
        Unit.DAY: ngettext("%(num)s day", "%(num)s days", count),
        Unit.WEEK: ngettext("%(num)s week", "%(num)s weeks", count),
        Unit.MONTH: ngettext("%(num)s month", "%(num)s months", count),
        Unit.YEAR: ngettext("%(num)s year", "%(num)s years", count),
    }[Unit(unit)] % {"num": count}


def state_name(state: CaseState) -> str:
    """Where the words that are being worked on stand."""
    return {
        CaseState.DRAFT: _("Draft"), CaseState.IN_REVIEW: _("In review"), CaseState.PUBLISHED: _("Published"),
    }[state]


def fault_words(fault: Fault) -> str:
    """What is to be done, in a sentence."""
    return {
        FaultKind.UNTITLED: _("It needs a title and one sentence that says what it is about."),
        FaultKind.NUMBER_WITHOUT_SOURCE: _(
            "A number without a source: “%(about)s”. Add it to the numbers with its day and source, or leave it out."
        ),
        FaultKind.NUMBER_INCOMPLETE: _("The number “%(about)s” lacks its day or its source."),
        FaultKind.PICTURE_WITHOUT_CREDIT: _("A picture without caption, credit or licence: %(about)s"),
        FaultKind.NOT_WRITTEN: _("Nothing is written here yet."),
        FaultKind.NOT_TRANSLATED: _("There is no text in this language: %(language)s."),
        FaultKind.AXIS_OPEN: _("Not placed yet: %(axis)s."),
    }[fault.kind] % {
        "about": fault.about, "language": language_name(fault.language) if fault.language else "",
        "axis": axis_name(Axis(fault.about)) if fault.kind is FaultKind.AXIS_OPEN else "",
    }


def no_such_case() -> str:
    """What a reader is told who asks for a case study that is not there."""
    return _("There is no such case study. It may have another address, or was taken out of the record.")
