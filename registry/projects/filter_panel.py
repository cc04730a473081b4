"""The filters beside the list of projects in the reader's words."""

import msgspec

from registry.handbook import ladder, need_words
from registry.projects.queries.facets import ProjectListing
from registry.web.choices import Choice, Chosen
from registry.web.i18n import gettext as _
from registry.web.i18n import language_name, languages, plain


class Facet(msgspec.Struct, frozen=True):
    """A filter with its choices; ``is_open`` when they are shown at once."""

    title: str
    choices: list[Choice]
    is_open: bool = True


Words = dict[str, dict[str, str]]
"""By filter: the reader's word for each value, in the order in which they are offered."""


def filter_words(listing: ProjectListing) -> Words:
    """What the values of each filter are called; those of ``q`` have no words."""
    names = {
        facet: {slug: plain(name) for slug, name in its_names.items()} for facet, its_names in listing.names.items()
    }
    return {
        "stage": {stage.key: plain(stage.name) for stage in ladder().stage},
        "need": {key: plain(need_words(key).name) for key in listing.facets["need"]},
        "tag": names["tag"],
        "event": names["event"],
        "standing": {words.key: plain(words.name) for words in ladder().standing},
        "has_repository": {"yes": _("With a repository"), "no": _("Without a repository")},
        "year": {year: year for year in listing.facets["year"]},
        "licence": {licence: licence for licence in listing.facets["licence"]},
        "language": {tag: language_name(tag) for tag in languages()},
    }


def filter_facets(chosen: Chosen, listing: ProjectListing, words: Words) -> list[Facet]:
    """The filters with the choices that would find something, and how many each."""

    def choices(name: str) -> list[Choice]:
        return chosen.choices(name, words[name], listing.facets[name])

    return [
        Facet(_("Stage"), choices("stage")),
        Facet(_("Looking for"), choices("need")),
        Facet(_("Topic"), choices("tag")),
        Facet(_("Active or resting"), choices("standing")),
        Facet(_("Source code"), choices("has_repository")),
        Facet(_("Pitched in"), choices("year"), is_open=False),
        Facet(_("Licence of the code"), choices("licence"), is_open=False),
        Facet(_("Language"), choices("language"), is_open=False),
    ]


def empty_hint(chosen: Chosen, words: Words) -> str:
    """What to tell a reader whose filters find nothing: which value is unknown, if one is."""
    unknown = next((value for name, value in chosen.values.items() if value not in words.get(name, {value: ""})), None)
    if unknown:
        return _("“%(value)s” is nothing that a project could be found by. Drop it, and see more.") % {"value": unknown}
    return _("Nothing has all of what you chose. Drop one of these, and see more.")
