"""What is news, where it stands on its way to a chat, and when it goes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

from registry.activity.rules import Subject
from registry.inbox.rules import needs_opened

GRACE: Final = timedelta(minutes=2)
"""How long news waits, so that a slip of the hand is mended before others read it."""
ORDER_GRACE: Final = timedelta(minutes=10)
DIGEST: Final = timedelta(hours=1)
"""News of one kind comes to a channel at most once in this time; what comes together is one message."""
PATIENCE: Final = timedelta(minutes=1)
"""How long a change of what is out already waits for the next one."""
CLOSING_SOON: Final = timedelta(days=3)
RELEASED_LATELY: Final = timedelta(days=3)


class FactKind(StrEnum):
    """The kinds of thing that a chat is told."""

    PITCHED = "pitched"
    EVENT_PUBLISHED = "event_published"
    CALL_CLOSING = "call_closing"
    RUNNING_ORDER = "running_order"
    NEED_OPENED = "need_opened"
    STAGE_REACHED = "stage_reached"
    UPDATE_POSTED = "update_posted"
    RELEASED = "released"
    CASE_PUBLISHED = "case_published"


AT_EVENTS: Final = frozenset({
    FactKind.PITCHED, FactKind.EVENT_PUBLISHED, FactKind.CALL_CLOSING, FactKind.RUNNING_ORDER,
})
"""The kinds that belong to an event, so that its organisers may choose a channel for them."""


class AnnouncementState(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    HELD = "held"
    GOING = "going"
    OUT = "out"
    TAKEN_BACK = "taken_back"
    DROPPED = "dropped"


OPEN_STATES: Final = frozenset({AnnouncementState.WAITING, AnnouncementState.HELD})
"""Before it goes: further facts of its kind join it, and it can be held, let go and dropped."""


class Fact(NamedTuple):
    """One thing to tell: of which record, with a ``detail`` of it (a need, a stage, a release).

    ``mark`` sets apart what happens to one record more than once, as a need that is opened again.
    """

    kind: FactKind
    subject: Subject
    subject_id: int
    detail: str = ""
    mark: str = ""

    @property
    def key(self) -> str:
        """What makes it one fact."""
        return ":".join([self.kind, str(self.subject_id), self.detail, self.mark])[:200]


_FACTS: Final[Mapping[tuple[Subject, str], FactKind]] = {
    (Subject.PROPOSAL, "pitched"): FactKind.PITCHED,
    (Subject.EVENT, "event published"): FactKind.EVENT_PUBLISHED,
    (Subject.EVENT, "running order filled"): FactKind.RUNNING_ORDER,
    (Subject.CASE, "case published"): FactKind.CASE_PUBLISHED,
}


def facts_of(
    subject: Subject, subject_id: int, action: str, changes: Mapping[str, Any], *, at: datetime, stages: Sequence[str]
) -> list[Fact]:
    """The news in one row of the audit log; ``stages`` are the ladder's, from the first."""
    if kind := _FACTS.get((subject, action)):
        is_news = kind is not FactKind.RUNNING_ORDER or "pitches_order" in changes
        return [Fact(kind, subject, subject_id)] if is_news else []
    if subject is not Subject.PROJECT:
        return []
    if action == "stage moved" and (stage := _stage_reached(changes, stages)):
        return [Fact(FactKind.STAGE_REACHED, subject, subject_id, stage)]
    if action == "update posted" and (update := _update_posted(changes)):
        return [Fact(FactKind.UPDATE_POSTED, subject, subject_id, update)]
    opened = needs_opened(changes) if action in {"need opened", "project edited"} else ()
    return [Fact(FactKind.NEED_OPENED, subject, subject_id, key, at.date().isoformat()) for key in sorted(opened)]


def _stage_reached(changes: Mapping[str, Any], stages: Sequence[str]) -> str | None:
    match changes.get("stage_key"):
        case [str() as before, str() as after] if after in stages:
            return after if before not in stages or stages.index(after) > stages.index(before) else None
        case _:
            return None


def _update_posted(changes: Mapping[str, Any]) -> str | None:
    match changes.get("update"):
        case [None, {"id": int() as number}]:
            return str(number)
        case _:
            return None


def due_at(kind: FactKind, *, now: datetime, last_due_at: datetime | None) -> datetime:
    """When a message of a kind goes, after the last one of that kind that its channel had."""
    soon = now + (ORDER_GRACE if kind is FactKind.RUNNING_ORDER else GRACE)
    return soon if last_due_at is None else max(soon, last_due_at + DIGEST)


def calls_for_a_reply(action: str, kinds: Collection[FactKind]) -> bool:
    """Whether a change is said beneath the message too: nobody is told of a message that was merely rewritten."""
    return action == "event cancelled" and FactKind.EVENT_PUBLISHED in kinds
