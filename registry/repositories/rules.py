"""When a repository is looked at, and what is read from what lies in it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

LOOKS = "look at repositories"
"""How the names of the jobs begin that look at repositories, one a forge."""
ACTIVE_FOR = timedelta(days=90)
QUIET_FOR = timedelta(days=730)
TURN = timedelta(minutes=10)
TURNS_AN_HOUR = 6
TURNS_A_DAY = 24 * TURNS_AN_HOUR
TURNS_A_WEEK = 7 * TURNS_A_DAY
TEAM_OF_TWO = 2
NOBODY_NAMED = 0
"""Stands for an account's number where commits are counted of people who have none, or are not to be named."""
_README = re.compile(r"readme(\.|$)", re.IGNORECASE)
_LICENCE = re.compile(r"(licen[cs]e|copying)([.-]|$)", re.IGNORECASE)
_CONTRIBUTING = re.compile(r"contributing(\.|$)", re.IGNORECASE)
_HOW_TO_HELP = re.compile(
    r"contribut|how to help|get(ting)? involved|join (us|in)|help wanted|貢獻|參與|加入|協作|跳坑|幫忙", re.IGNORECASE
)


class RepositoryState(StrEnum):
    """Whether a repository can be seen; ``closed`` is private, or not ours to see."""

    PRESENT = "present"
    GONE = "gone"
    BLOCKED = "blocked"
    CLOSED = "closed"


CLOCKS_DIFFER = timedelta(hours=1)
"""How far a forge's clock may be ahead of ours; what is said to be later than that says nothing of order."""


@dataclass(frozen=True, kw_only=True)
class RepositoryStanding:
    """What a forge may tell of a repository by itself; ``told_at`` is as of when, by the forge's clock."""

    full_name: str
    is_archived: bool
    state: RepositoryState
    told_at: datetime | None


def after_telling(known: RepositoryStanding, told: RepositoryStanding, *, now: datetime) -> RepositoryStanding:
    """How a repository stands after something was told, which may come late, twice, or before what came earlier.

    What is older than what is known changes nothing. A deletion has no moment of its own, so of two tellings of one
    moment it is the later one. Whether what is blocked can be seen again is found out by looking.
    """
    at, before = told.told_at, known.told_at
    if at is None or at > now + CLOCKS_DIFFER or (before is not None and at < before):
        return known
    if known.state is RepositoryState.GONE and at == before:
        return known
    is_left = known.state is RepositoryState.BLOCKED and told.state is RepositoryState.PRESENT
    return replace(told, state=known.state) if is_left else told


def is_overtaken(
    read: datetime | None, told: datetime | None, *, heard_at: Iterable[datetime | None], now: datetime
) -> bool:
    """Whether a look shows a repository as it was before what we know, for a forge may lag behind itself.

    ``read`` and ``told`` are as of when, by the forge's clock; ``heard_at`` is when we came to know. A forge does not
    lag for an hour: after that a look is the truth again, whatever was told.
    """
    if read is None or told is None or read >= told:
        return False
    return any(at is not None and now - at < CLOCKS_DIFFER for at in heard_at)


class Evidence(StrEnum):
    """The facts of ``registry.stages.rules.FOUND_IN_REPOSITORY``."""

    README = "readme"
    LICENCE_FILE = "licence_file"
    RELEASE = "release"
    GOOD_FIRST_ISSUE = "good_first_issue"
    TWO_PEOPLE = "two_people"


def turns_between(state: RepositoryState, *, pushed_at: datetime | None, now: datetime) -> int:
    """How many turns lie between two looks: an active repository's an hour, a quiet one's a day, else a week."""
    if state is not RepositoryState.PRESENT or pushed_at is None or now - pushed_at > QUIET_FOR:
        return TURNS_A_WEEK
    return TURNS_AN_HOUR if now - pushed_at <= ACTIVE_FOR else TURNS_A_DAY


def is_turn_of(repository_id: int, *, turns: range, between: int) -> bool:
    """Whether one of ``turns`` is a repository's: its number spreads the repositories over the time between."""
    first = turns.start + (repository_id - turns.start) % between
    return first < turns.stop


def turn_at(now: datetime) -> int:
    """The number of the turn that a moment belongs to."""
    return int(now.timestamp() // TURN.total_seconds())


def is_bot(login: str, kind: str, *, bots: Iterable[str]) -> bool:
    """Whether an account is a program: it says so, or the installation's settings name it."""
    folded = login.casefold()
    return kind.casefold() == "bot" or folded.endswith("[bot]") or folded in {one.casefold() for one in bots}


def evidence_in(
    file_names: Iterable[str], *, readme: str, has_release: bool, has_first_issue: bool, committer_count: int = 0
) -> frozenset[Evidence]:
    """What a repository shows: a README counts where it, or a file of its own, tells how to help."""
    names = list(file_names)
    tells_how = bool(_HOW_TO_HELP.search(readme)) or any(_CONTRIBUTING.match(name) for name in names)
    holds = {
        Evidence.README: tells_how and any(_README.match(name) for name in names),
        Evidence.LICENCE_FILE: any(_LICENCE.match(name) for name in names),
        Evidence.RELEASE: has_release,
        Evidence.GOOD_FIRST_ISSUE: has_first_issue,
        Evidence.TWO_PEOPLE: committer_count >= TEAM_OF_TWO,
    }
    return frozenset(evidence for evidence, is_so in holds.items() if is_so)
