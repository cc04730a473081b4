"""The handbook's needs as importers use them."""

from functools import cache

from registry.exchange.fields.needs import read_needs
from registry.handbook import needs
from registry.projects.rules import normalise_name


def wanted(text: str) -> tuple[str, ...]:
    """The keys of the handbook's needs that a free text speaks of; the words themselves are kept elsewhere."""
    return read_needs(text, _synonyms()).keys


@cache
def _synonyms() -> dict[str, str]:
    return {
        normalise_name(word): need.key
        for need in needs().values()
        for word in (need.key, *need.name.values(), *need.synonyms)
    }
