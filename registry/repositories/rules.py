"""When a repository is looked at, and what is read from what lies in it."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

ACTIVE_FOR = timedelta(days=90)
QUIET_FOR = timedelta(days=730)
TURN = timedelta(minutes=10)
TURNS_AN_HOUR = 6
TURNS_A_DAY = 24 * TURNS_AN_HOUR
TURNS_A_WEEK = 7 * TURNS_A_DAY
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


class Evidence(StrEnum):
    """The facts of ``registry.stages.rules.FOUND_IN_REPOSITORY``."""

    README = "readme"
    LICENCE_FILE = "licence_file"
    RELEASE = "release"
    GOOD_FIRST_ISSUE = "good_first_issue"


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
    file_names: Iterable[str], *, readme: str, has_release: bool, has_first_issue: bool
) -> frozenset[Evidence]:
    """What a repository shows: a README counts where it, or a file of its own, tells how to help."""
    names = list(file_names)
    tells_how = bool(_HOW_TO_HELP.search(readme)) or any(_CONTRIBUTING.match(name) for name in names)
    holds = {
        Evidence.README: tells_how and any(_README.match(name) for name in names),
        Evidence.LICENCE_FILE: any(_LICENCE.match(name) for name in names),
        Evidence.RELEASE: has_release,
        Evidence.GOOD_FIRST_ISSUE: has_first_issue,
    }
    return frozenset(evidence for evidence, is_so in holds.items() if is_so)
