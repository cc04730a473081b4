"""Who came to an event, in numbers, from the registrations that exist. Pure: no I/O."""

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from registry.exchange.vocabulary import wanted


class GuestRow(msgspec.Struct, frozen=True):
    """What one registration says of a guest; whether they are new is unknown where they did not say."""

    is_in: bool
    is_newcomer: bool | None
    keywords: list[str]


class PeopleCounts(msgspec.Struct, frozen=True):
    """How many registered and came. The rest counts those who came, or all where nobody was checked in.

    ``disciplines`` are the handbook's roles that their keywords speak of, the commonest first.
    """

    registered: int
    checked_in: int
    newcomers: int
    returning: int
    unknown: int
    disciplines: list[tuple[str, int]]


def count_people(guests: Iterable[GuestRow]) -> PeopleCounts | None:
    """The numbers of an event; none where no registration is on record."""
    every = list(guests)
    if not every:
        return None
    came = [guest for guest in every if guest.is_in]
    counted = came or every
    roles = Counter(role for guest in counted for role in _roles(guest))
    return PeopleCounts(
        registered=len(every), checked_in=len(came),
        newcomers=sum(guest.is_newcomer is True for guest in counted),
        returning=sum(guest.is_newcomer is False for guest in counted),
        unknown=sum(guest.is_newcomer is None for guest in counted),
        disciplines=sorted(roles.items(), key=lambda pair: (-pair[1], pair[0])),
    )


def _roles(guest: GuestRow) -> set[str]:
    return {role for word in guest.keywords for role in _roles_of(word)}


@lru_cache(maxsize=4_000)
def _roles_of(word: str) -> frozenset[str]:
    return frozenset(wanted(word))
