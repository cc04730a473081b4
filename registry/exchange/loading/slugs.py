"""Addresses that are still free."""

from registry.projects.rules import slug_of

LONGEST = 120


class Slugs:
    """The slugs of one kind of record, old ones included, and new ones as they are given out."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self._next: dict[str, int] = {}

    def take(self, text: str, *, otherwise: str) -> str:
        """Give out a free slug for a text: its own, or its own and the next free number from 2 on.

        ``otherwise`` stands in for a text without letters and digits.
        """
        base = slug_of(text, longest=LONGEST - 8) or otherwise
        slug, number = base, self._next.get(base, 2)
        while slug in self._taken:
            slug = f"{base}-{number}"
            number += 1
        self._next[base] = number
        self._taken.add(slug)
        return slug
