"""A project's way along the ladder: the facts it is known by, what a move leaves unmet, who is asked how it stands."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from registry.projects.rules import LinkKind, Standing

TEAM_OF_TWO = 2
CORE_TEAM = 3
BY_PERSON = "person"
"""The source of evidence that somebody said; all other evidence was found."""
FOUND_IN_REPOSITORY = frozenset({"readme", "good_first_issue", "release", "licence_file", "two_people"})


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordFacts:
    """What is known of a project. ``link_kinds`` and ``languages`` (tags of its names) may hold doubles.

    ``people_count`` counts its public team; ``pitch_count`` and ``demo_count`` how often it was shown;
    ``derived_count`` the projects that name it as their origin; ``evidence`` what the repository says of itself
    (``readme``, ``good_first_issue``, ``release``, ``licence_file``, ``two_people`` with commits).
    """

    link_kinds: Collection[str] = ()
    languages: Collection[str] = ()
    has_problem_written: bool = False
    has_code_licence: bool = False
    has_content_licence: bool = False
    need_count: int = 0
    people_count: int = 0
    pitch_count: int = 0
    demo_count: int = 0
    derived_count: int = 0
    has_published_case: bool = False
    evidence: Collection[str] = ()


class Rung(Protocol):
    """As much of a handbook's stage as placing a project needs."""

    @property
    def key(self) -> str:
        """The stage's key."""

    @property
    def imported_when(self) -> Sequence[str]:
        """The facts of which any one places a project here."""


def met_evidence(facts: RecordFacts) -> frozenset[str]:
    """The names, as ``handbook/stages.toml`` lists them, of all the facts that hold."""
    holds = {
        "problem_written": facts.has_problem_written,
        "pitched": facts.pitch_count > 0,
        "demoed": facts.demo_count > 0,
        "names_in_two_languages": len(set(facts.languages)) > 1,
        "needs_listed": facts.need_count > 0,
        "licence_stated": facts.has_code_licence and facts.has_content_licence,
        "two_people": facts.people_count >= TEAM_OF_TWO,
        "core_team": facts.people_count >= CORE_TEAM,
        "derived_projects": facts.derived_count > 0,
        "case_published": facts.has_published_case,
    }
    return frozenset(
        {fact for fact, is_so in holds.items() if is_so} | {f"link:{kind}" for kind in facts.link_kinds}
    ).union(facts.evidence)


KNOWN_FACTS = met_evidence(RecordFacts(
    link_kinds=tuple(LinkKind), languages=("zh-Hant", "en"), has_problem_written=True, has_code_licence=True,
    has_content_licence=True, need_count=1, people_count=CORE_TEAM, pitch_count=1, demo_count=1, derived_count=1,
    has_published_case=True, evidence=FOUND_IN_REPOSITORY,
))
"""Every fact that a handbook may ask for: all that hold of a project that has everything."""


def stage_from_record(facts: RecordFacts, stages: Iterable[Rung]) -> str:
    """The key of the stage on which a project found in older records stands.

    ``stages`` is the ladder from its first stage on (``handbook.ladder().stage``). The highest stage of which one
    ``imported_when`` fact holds wins; where none holds, it is the first.
    """
    met = met_evidence(facts)
    rungs = list(stages)
    return next((rung.key for rung in reversed(rungs) if met.intersection(rung.imported_when)), rungs[0].key)


class AliveAnswer(StrEnum):
    """What a quiet project's people say when they are asked whether it is still alive."""

    ALIVE = "alive"
    RESTING = "resting"
    ENDED = "ended"

    @property
    def standing(self) -> Standing:
        """Where the answer leaves the project."""
        return {
            AliveAnswer.ALIVE: Standing.ACTIVE, AliveAnswer.RESTING: Standing.DORMANT,
            AliveAnswer.ENDED: Standing.RETIRED,
        }[self]


NOT_ASKED_AGAIN = timedelta(days=365)
"""How long nobody asks again after an answer."""


def is_to_be_asked(
    standing: Standing, *, last_active_on: date | None, asked_at: datetime | None, answered_at: datetime | None,
    now: datetime, quiet_after: timedelta,
) -> bool:
    """Whether a project's owners are to be asked if it is still alive.

    It counts as active, but nothing is known of it for ``quiet_after``; ``asked_at`` and ``answered_at`` are those of
    the latest question. An open question is not put again, unless something happened since; an answer holds a year.
    """
    if standing is not Standing.ACTIVE or last_active_on is None or last_active_on >= (now - quiet_after).date():
        return False
    if asked_at is None:
        return True
    if answered_at is None:
        return last_active_on > asked_at.date()
    return now - answered_at >= NOT_ASKED_AGAIN


def unmet_on_the_way(
    stages: Sequence[tuple[str, Sequence[str]]], *, leaving: str, to: str, met: Collection[str]
) -> list[str]:
    """The checkpoints that a move leaves behind unmet, in the ladder's order.

    ``stages`` is the ladder: each stage's key with the keys of its checkpoints; ``met`` are those of the checkpoints
    that are met. A move forward leaves the stage it comes from and those it passes over; a move back leaves none. A
    stage that the ladder no longer has counts as the first, as everywhere.
    """
    places = {key: place for place, (key, _) in enumerate(stages)}
    passed = stages[places.get(leaving, 0):places.get(to, 0)]
    return [key for _, checkpoints in passed for key in checkpoints if key not in met]
