"""How a repository stands, and what is to be put right in its files, in the reader's words."""

from registry.repositories.files.fields import Fault, FaultKind
from registry.repositories.rules import Evidence, RepositoryState
from registry.web.i18n import format_alternatives
from registry.web.i18n import gettext as _

_MOST_WORDS = 12


def state_words(state: RepositoryState, *, is_archived: bool) -> str:
    """How a repository stands, and what its owner can do about it."""
    if state is RepositoryState.PRESENT:
        return _(
            "It is archived: it can be read, and takes no changes. Say on the project's page whether the project has "
            "ended or goes on elsewhere."
        ) if is_archived else _("It can be seen.")
    return {
        RepositoryState.GONE: _(
            "There is nothing at this address any more. Put the new address among the project's links."
        ),
        RepositoryState.CLOSED: _(
            "It is private, or not ours to see. Make it public on its forge, or put a public address among the "
            "project's links; what was read before is kept."
        ),
        RepositoryState.BLOCKED: _("Its forge blocks it for legal reasons. Its page there says why and how to answer."),
    }[state]


def evidence_words(evidence: str) -> str:
    """What was found in a repository; the fact itself where it has no words."""
    return {
        Evidence.README.value: _("A README that tells how to help"),
        Evidence.LICENCE_FILE.value: _("A licence file"),
        Evidence.RELEASE.value: _("A release"),
        Evidence.GOOD_FIRST_ISSUE.value: _("Issues to start with"),
        Evidence.TWO_PEOPLE.value: _("Commits of more than one person"),
    }.get(evidence, evidence)


def fault_words(fault: Fault) -> str:
    """What cannot be understood in a file, and what to write instead."""
    said = {"field": fault.field, "given": fault.given, "number": fault.number}
    if fault.kind is FaultKind.OTHER_WORD and len(fault.words) <= _MOST_WORDS:
        said["words"] = format_alternatives(list(fault.words))
    return {
        FaultKind.TOO_LARGE: _("It has more than %(number)s,000 characters and was not read. Make it shorter."),
        FaultKind.UNREADABLE: _(
            "It cannot be read from line %(number)s on. Look there for a comma, a quotation mark or an indentation too "
            "much or too few."
        ),
        FaultKind.NO_FIELDS: _("It holds no fields. Write names with values, as the format's example does."),
        FaultKind.MISSING: _("“%(field)s” is missing or empty. Please fill it in."),
        FaultKind.NO_TEXT: _("“%(field)s” should be a text. Put it in quotation marks."),
        FaultKind.TOO_LONG: _("“%(field)s” is too long. Use at most %(number)s characters."),
        FaultKind.NO_ADDRESS: _(
            "“%(field)s” is “%(given)s”, which is no web address. Write one that begins with https://."
        ),
        FaultKind.NO_LIST: _("“%(field)s” should be a list. Write it with [ ], even around a single value."),
        FaultKind.NO_LICENCE: _(
            "“%(field)s” is “%(given)s”. Write the licence's SPDX identifier instead, such as MIT, GPL-3.0-or-later or "
            "CC0-1.0."
        ),
        FaultKind.OTHER_WORD: _("“%(field)s” is “%(given)s”. Write one of these instead: %(words)s."),
    }[fault.kind] % {"words": ", ".join(fault.words), **said}
