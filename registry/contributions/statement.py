"""What a statement of contributions says, and how anyone can tell that it still says what was issued. Pure: no I/O."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

import msgspec

from registry.contributions.rules import SAID
from registry.database.types import Localized

MEMBERSHIP = "membership"
"""Stands among the kinds for a part in a project's team."""
_SYMBOLS = "23456789abcdefghjkmnpqrstvwxyz"  # without those that are mistaken for each other on paper
_GROUPS, _GROUP = 6, 4


class StatementState(StrEnum):
    """What somebody who opens a statement's address is told."""

    VALID = "valid"
    REVOKED = "revoked"
    CHANGED = "changed"
    ERASED = "erased"


class StatedFact(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was done, or several of one kind from one source.

    Who confirmed is kept by number, not by name: their name is shown for as long as they show it.
    """

    kind: str
    name: Localized
    source: str
    count: int
    first_on: date
    last_on: date
    minutes: int | None = None
    note: str | None = None
    evidence_url: str | None = None
    confirmed_on: date | None = None
    confirmed_by: int | None = None
    confirmed_as: str | None = None

    @property
    def is_said(self) -> bool:
        """Whether the person said it, and somebody confirmed it."""
        return self.source == SAID


class StatedPart(msgspec.Struct, frozen=True):
    """A part in a project's team, with its days where they are known."""

    role: str
    joined_on: date | None
    left_on: date | None


class StatedPlace(msgspec.Struct, frozen=True):
    """A project or an event, with what somebody was and did there."""

    key: str
    name: Localized
    parts: list[StatedPart]
    facts: list[StatedFact]

    @property
    def minutes(self) -> int:
        """All the time that is stated here."""
        return sum(fact.minutes or 0 for fact in self.facts)


class StatementContent(msgspec.Struct, frozen=True, kw_only=True):
    """All that a statement says."""

    code: str
    issued_on: date
    community: str
    name: str
    since: date
    until: date
    languages: list[str]
    places: list[StatedPlace]

    @property
    def minutes(self) -> int:
        """All the time that is stated."""
        return sum(place.minutes for place in self.places)

    @property
    def confirmers(self) -> set[int]:
        """The row numbers of those who confirmed something."""
        return {
            fact.confirmed_by for place in self.places for fact in place.facts if fact.confirmed_by is not None
        }


def new_code() -> str:
    """The part of a statement's address that nobody guesses (117 bits) and anybody can type from paper."""
    return "-".join("".join(secrets.choice(_SYMBOLS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def fingerprint(content: Mapping[str, Any]) -> str:
    """A hash of all that a statement says: another as soon as one character of it is."""
    return sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


def statement_state(
    content: Mapping[str, Any], *, code: str, content_hash: str, revoked_at: datetime | None
) -> StatementState:
    """How a stored statement stands; one whose content was emptied says nothing, whatever else is stored."""
    if not content:
        return StatementState.ERASED
    if revoked_at is not None:
        return StatementState.REVOKED
    is_as_issued = fingerprint(content) == content_hash and content.get("code") == code
    return StatementState.VALID if is_as_issued else StatementState.CHANGED


def chosen_places(
    places: Sequence[StatedPlace], *, keys: Collection[str], kinds: Collection[str]
) -> list[StatedPlace]:
    """Only the places and kinds that were chosen; places of which nothing is left are left out."""
    chosen = [
        StatedPlace(
            place.key, place.name, place.parts if MEMBERSHIP in kinds else [],
            [fact for fact in place.facts if fact.kind in kinds],
        )
        for place in places if place.key in keys
    ]
    return [place for place in chosen if place.parts or place.facts]


def kinds_in(places: Sequence[StatedPlace]) -> dict[str, Localized]:
    """The kinds of all that could be stated, with their names; parts in a team not among them."""
    return {fact.kind: fact.name for place in places for fact in place.facts}
