"""What may follow on an offer of help; which projects the sorting hat gives a newcomer, and why."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from enum import StrEnum

import msgspec

LONGEST_NOTE = 2_000
LONGEST_ANSWER = 2_000
MOST_HOURS = 80
"""Hours a week that anybody could mean."""
MOST_OPEN_OFFERS = 10
"""Offers of one person that wait for an answer: who offers to everybody helps nobody."""
PROJECTS_GIVEN = 7
MOST_OF_A_TOPIC = 3
LASTING_PITCHES = 3


class OfferState(StrEnum):
    """Where an offer of help stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    THANKED = "thanked"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Side(StrEnum):
    """Who moves an offer: whoever made it, or the people of the project."""

    OFFERER = "offerer"
    PROJECT = "project"


MOVES: dict[tuple[OfferState, OfferState], Side] = {
    (OfferState.OPEN, OfferState.ACCEPTED): Side.PROJECT,
    (OfferState.OPEN, OfferState.THANKED): Side.PROJECT,
    (OfferState.OPEN, OfferState.DECLINED): Side.PROJECT,
    (OfferState.OPEN, OfferState.WITHDRAWN): Side.OFFERER,
    (OfferState.THANKED, OfferState.ACCEPTED): Side.PROJECT,
    (OfferState.THANKED, OfferState.WITHDRAWN): Side.OFFERER,
}
"""What may follow what, and by whom. Thanked means "we are full now": the offer stays on the project's list."""


class DeclineReason(StrEnum):
    """Sentences to decline with, for those who do not find their own."""

    FOUND = "found"
    CHANGED = "changed"
    NO_TIME = "no_time"
    OTHER_EXPERIENCE = "other_experience"


def may_follow(state: OfferState, to: OfferState, *, side: Side) -> bool:
    """Whether an offer in ``state`` may become ``to`` by that side."""
    return MOVES.get((state, to)) is side


def moves_of(state: OfferState, *, side: Side) -> list[OfferState]:
    """What a side may make of an offer, in the order in which it is offered to them."""
    return [to for (before, to), mover in MOVES.items() if before is state and mover is side]


class TimeGiven(StrEnum):
    """How much time a newcomer has."""

    EVENING = "evening"
    DAY = "day"
    WEEKLY = "weekly"
    LONG = "long"


_SHORT = {TimeGiven.EVENING, TimeGiven.DAY}


class ReasonKind(StrEnum):
    """Why a project is given, the weightiest first."""

    NEED = "need"
    TOPIC = "topic"
    WORD = "word"
    NEAR_NEED = "near_need"
    FIRST_TASK = "first_task"
    LAST_EVENT = "last_event"
    LASTING = "lasting"
    LANGUAGE = "language"


_POINTS = {
    ReasonKind.NEED: 8, ReasonKind.TOPIC: 5, ReasonKind.WORD: 4, ReasonKind.NEAR_NEED: 3, ReasonKind.FIRST_TASK: 2,
    ReasonKind.LAST_EVENT: 2, ReasonKind.LASTING: 2, ReasonKind.LANGUAGE: 1,
}
_FITTING = {ReasonKind.NEED, ReasonKind.TOPIC, ReasonKind.WORD, ReasonKind.NEAR_NEED}


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a newcomer says of themselves.

    ``needs`` are the roles they offer and ``near_needs`` those that are near to these (keys of the handbook);
    ``topics`` are slugs, ``languages`` are tags.
    """

    words: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()
    near_needs: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    time: TimeGiven | None = None

    @property
    def names_something(self) -> bool:
        """Whether anything is named that a project could have; time and language alone fit everywhere."""
        return bool(self.words or self.needs or self.topics)


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """What the hat looks at in a project: ``words`` are those of the wish that its texts hold."""

    slug: str
    needs: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    languages: frozenset[str] = frozenset()
    is_resting: bool = False
    was_at_last_event: bool = False
    has_first_task: bool = False
    pitch_count: int = 0
    last_active_on: date | None = None


class Reason(msgspec.Struct, frozen=True):
    """One reason: ``detail`` is the need's key, the topic's slug, the word or the language that fits."""

    kind: ReasonKind
    detail: str = ""


class Match(msgspec.Struct, frozen=True):
    """A project that the hat gives, with its reasons, the weightiest first."""

    slug: str
    reasons: tuple[Reason, ...]


def sort_into_projects(wish: Wish, candidates: Iterable[Candidate], *, most: int = PROJECTS_GIVEN) -> list[Match]:
    """The few projects that fit a wish best, the best first, and not all of one topic.

    A project that rests is given only when nothing else fits. The order of ``candidates`` does not matter. Whoever
    comes to look for something that the newcomer offers never gets a later place by it.
    """
    fitting = [
        (one, reasons) for one in candidates
        if (reasons := reasons_for(wish, one)) and (not wish.names_something or _fits(reasons))
    ]
    awake = [(one, reasons) for one, reasons in fitting if not one.is_resting]
    best_first = sorted(awake or fitting, key=lambda found: _place(*found))
    return [Match(one.slug, reasons) for one, reasons in _varied(best_first, wish.topics)][:most]


def reasons_for(wish: Wish, candidate: Candidate) -> tuple[Reason, ...]:
    """Why a project fits a wish, the weightiest reason first; empty when it does not."""
    return tuple(sorted(_reasons(wish, candidate), key=lambda reason: -_POINTS[reason.kind]))


def _reasons(wish: Wish, candidate: Candidate) -> Iterator[Reason]:
    for need in candidate.needs:
        if need in wish.needs:
            yield Reason(ReasonKind.NEED, need)
        elif need in wish.near_needs:
            yield Reason(ReasonKind.NEAR_NEED, need)
    yield from (Reason(ReasonKind.TOPIC, topic) for topic in candidate.topics if topic in wish.topics)
    yield from (Reason(ReasonKind.WORD, word) for word in wish.words if word in candidate.words)
    if candidate.has_first_task and wish.time is not TimeGiven.LONG:
        yield Reason(ReasonKind.FIRST_TASK)
    if candidate.was_at_last_event:
        yield Reason(ReasonKind.LAST_EVENT)
    if candidate.pitch_count >= LASTING_PITCHES and wish.time is not None and wish.time not in _SHORT:
        yield Reason(ReasonKind.LASTING, str(candidate.pitch_count))
    yield from (Reason(ReasonKind.LANGUAGE, one) for one in sorted(wish.languages & candidate.languages))


def _fits(reasons: Collection[Reason]) -> bool:
    return any(reason.kind in _FITTING for reason in reasons)


def _place(candidate: Candidate, reasons: Collection[Reason]) -> tuple[int, int, str]:
    latest = candidate.last_active_on.toordinal() if candidate.last_active_on else 0
    return -sum(_POINTS[reason.kind] for reason in reasons), -latest, candidate.slug


def _varied(
    best_first: list[tuple[Candidate, tuple[Reason, ...]]], asked_for: Collection[str]
) -> list[tuple[Candidate, tuple[Reason, ...]]]:
    """The same with those put last that would be one too many of a topic nobody asked for."""
    given: Counter[str] = Counter()
    first, last = [], []
    for candidate, reasons in best_first:
        topics = set(candidate.topics).difference(asked_for)
        if any(given[topic] >= MOST_OF_A_TOPIC for topic in topics):
            last.append((candidate, reasons))
        else:
            given.update(topics)
            first.append((candidate, reasons))
    return first + last
