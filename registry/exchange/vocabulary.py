"""The handbook's needs as importers use them."""

from registry.community import Community
from registry.community.current import once_a_community
from registry.exchange.fields.needs import read_needs
from registry.handbook import needs
from registry.projects.rules import normalise_name


def wanted(text: str) -> tuple[str, ...]:
    """The keys of the handbook's needs that a free text speaks of; the words themselves are kept elsewhere."""
    return read_needs(text, _synonyms()).keys


@once_a_community
def _synonyms(_here: Community) -> dict[str, str]:
    return {
        normalise_name(word): need.key
        for need in needs().values()
        for word in (need.key, *need.name.values(), *need.synonyms)
    }
