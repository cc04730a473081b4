"""Who acts in the tests of moderation."""

from datetime import UTC, datetime

from registry.accounts.queries import Actor
from registry.accounts.rules import Role
from registry.people.models import Person

NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
ORGANISER = Actor(person_id=None, slug="keeper", name="Keeper", roles=frozenset({Role.ORGANISER}))


def acting(person: Person, *roles: Role) -> Actor:
    """A person as the one who does something."""
    return Actor(
        person_id=person.id, slug=person.slug, name=person.display_name, roles=frozenset({Role.MEMBER, *roles})
    )
