"""The panel of filters beside the list of projects: each choice in the reader's words, with its address and count."""

import msgspec

from registry.handbook import ladder, needs
from registry.projects.filters import ProjectFilters
from registry.projects.queries.listing import FacetCount, ProjectListing
from registry.projects.rules import ProjectOrder
from registry.web.i18n import gettext as _
from registry.web.i18n import language_name, languages, plain

FACETS = ("stage", "need", "tag", "standing", "has_repository", "year", "licence", "language")
_OPEN = ("stage", "need", "tag", "standing", "has_repository")
_SHORT = ("stage", "standing", "has_repository", "language")


class Choice(msgspec.Struct, frozen=True):
    """One value of a facet; ``url`` chooses it, or drops it when it ``is_chosen``."""

    label: str
    url: str
    count: int
    is_chosen: bool


class Facet(msgspec.Struct, frozen=True):
    """A filter with its choices; ``is_open`` when they are shown at once."""

    name: str
    title: str
    choices: list[Choice]
    is_open: bool


class Chip(msgspec.Struct, frozen=True):
    """A filter in force; ``url`` drops it. A value that the registry does not know is not ``is_known``."""

    label: str
    url: str
    is_known: bool


class FilterPanel(msgspec.Struct, frozen=True):
    """All the facets, and what is chosen of them."""

    facets: list[Facet]
    chips: list[Chip]


def filter_panel(filters: ProjectFilters, listing: ProjectListing) -> FilterPanel:
    """Put the counts of ``listing`` into words for the current reader."""
    words = _words(listing)
    return FilterPanel(
        facets=[
            Facet(name, title, _choices(filters, name, words.get(name), listing.facets.get(name, [])), name in _OPEN)
            for name, title in _titles().items() if name in FACETS
        ],
        chips=[_chip(filters, name, value, words.get(name)) for name, value in filters.chosen().items()],
    )


def sorting(filters: ProjectFilters) -> list[Choice]:
    """The ways to sort the list, each with its address; their counts mean nothing."""
    words = {
        ProjectOrder.ACTIVE: _("Recently active"), ProjectOrder.NEWEST: _("Newest"), ProjectOrder.NAME: _("Name"),
        ProjectOrder.PITCHED: _("Most pitched"),
    }
    return [
        Choice(
            label=label, count=0, is_chosen=order is filters.order,
            url=filters.url(sort="" if order is ProjectOrder.ACTIVE else order.value),
        )
        for order, label in words.items()
    ]


def _titles() -> dict[str, str]:
    return {
        "q": _("Words"), "stage": _("Stage"), "need": _("Looking for"), "tag": _("Tag"),
        "standing": _("Active or resting"), "has_repository": _("Source code"), "year": _("Pitched in"),
        "event": _("Pitched at"), "licence": _("Licence of the code"), "language": _("Language"),
    }


def _words(listing: ProjectListing) -> dict[str, dict[str, str]]:
    """The reader's words for the values that do not say it themselves, in the order in which they are offered."""
    return {
        "stage": {stage.key: plain(stage.name) for stage in ladder().stage},
        "need": {need.key: plain(need.name) for need in needs().values()},
        "standing": {standing.key: plain(standing.name) for standing in ladder().standing},
        "has_repository": {"yes": _("With a repository"), "no": _("Without one")},
        "language": {tag: language_name(tag) for tag in languages()},
        "tag": _labels(listing, "tag") | _labels(listing, "tag_name"),
        "event": _labels(listing, "event_name"),
        "year": {choice.value: choice.value for choice in listing.facets.get("year", [])},
    }


def _labels(listing: ProjectListing, facet: str) -> dict[str, str]:
    return {choice.value: plain(choice.label) for choice in listing.facets.get(facet, [])}


def _choices(
    filters: ProjectFilters, name: str, words: dict[str, str] | None, counts: list[FacetCount]
) -> list[Choice]:
    """The choices of a facet: all of a short vocabulary, else those that would find something."""
    count_of = {choice.value: choice.count for choice in counts}
    chosen = getattr(filters, name)
    values = list(words or count_of) if name in _SHORT else list(count_of)
    if chosen and chosen not in values:
        values.append(chosen)
    return [
        Choice(
            label=(words or {}).get(value, value), count=count_of.get(value, 0), is_chosen=value == chosen,
            url=filters.url(**{name: "" if value == chosen else value}),
        )
        for value in values
    ]


def _chip(filters: ProjectFilters, name: str, value: str, words: dict[str, str] | None) -> Chip:
    return Chip(
        label=_("%(filter)s: %(choice)s") % {"filter": _titles()[name], "choice": (words or {}).get(value, value)},
        url=filters.url(**{name: ""}), is_known=words is None or value in words,
    )
