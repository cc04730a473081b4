"""Why two records may be one, and what stays when a merge is taken back, in the reader's words."""

from registry.duplicates.rules import NOTED, CandidateList
from registry.web.i18n import gettext as _


def sign_words(sign: str) -> str:
    """Why two records may be one."""
    return {
        "same_number": _("the same number"), "same_day": _("on the same day"), "same_name": _("the same name"),
        "same_repository": _("the same repository"), "same_pitch": _("pitched under the same title at one event"),
        "name_contained": _("one name is part of the other"), "name_alike": _("names that are alike"),
        NOTED: _("put on the list by somebody"),
    }.get(sign, sign)


def list_words(which: CandidateList) -> str:
    """What a list of pairs is called."""
    return {
        CandidateList.OPEN: _("To decide"), CandidateList.UNSURE: _("Not sure"), CandidateList.DECIDED: _("Decided"),
    }[which]


def stayed_words(table: str) -> str:
    """What of a merge stays with the record that was kept, by the name of its table."""
    return {
        "projects": _("texts and facts of the project"), "people": _("texts of the person"),
        "events": _("texts and facts of the event"), "proposals": _("pitches"), "links": _("links"),
        "needs": _("roles that are wanted"), "memberships": _("parts in a team"), "credits": _("names on pitches"),
        "contributions": _("contributions"), "project_tags": _("topics"), "project_aliases": _("other names"),
        "project_relations": _("related projects"), "registrations": _("registrations"),
        "slug_redirects": _("old addresses"), "provenance": _("sources"), "claims": _("claims"),
    }.get(table, _("something else"))
