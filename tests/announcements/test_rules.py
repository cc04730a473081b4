"""What is news, and when it goes."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.activity.rules import Subject
from registry.announcements.rules import DIGEST, FactKind, due_at, facts_of

NOW = datetime(2026, 7, 25, 1, tzinfo=UTC)
OPEN = {"key": "designer", "state": "open"}


@pytest.mark.parametrize(("subject", "action", "changes", "told"), [
    (Subject.PROPOSAL, "pitched", {}, ["pitched:7::"]),
    (Subject.PROPOSAL, "pitch changed", {}, []),
    (Subject.EVENT, "event published", {}, ["event_published:7::"]),
    (Subject.EVENT, "running order filled", {"pitches_order": [[], [1]]}, ["running_order:7::"]),
    (Subject.EVENT, "running order filled", {"talks_order": [[], [1]]}, []),
    (Subject.PROJECT, "need opened", {"needs": [[], [OPEN]]}, ["need_opened:7:designer:2026-07-25"]),
    (Subject.PROJECT, "project edited", {"needs": [[OPEN], [OPEN]]}, []),
    (Subject.PROJECT, "import.create", {"needs": [[], [OPEN]]}, []),
    (Subject.PROJECT, "stage moved", {"stage_key": ["idea", "blueprint"]}, ["stage_reached:7:blueprint:"]),
    (Subject.PROJECT, "stage moved", {"stage_key": ["blueprint", "idea"]}, []),
    (Subject.PROJECT, "stage moved", {"stage_key": ["gone", "idea"]}, ["stage_reached:7:idea:"]),
    (Subject.PROJECT, "update posted", {"update": [None, {"id": 3, "text": {}}]}, ["update_posted:7:3:"]),
    (Subject.PROJECT, "update removed", {"update": [{"id": 3, "text": {}}, None]}, []),
    (Subject.PERSON, "pitched", {}, []),
])
def test_only_what_is_news_is_a_fact(
    subject: Subject, action: str, changes: dict[str, Any], told: list[str]
) -> None:
    facts = facts_of(subject, 7, action, changes, at=NOW, stages=["idea", "blueprint"])
    assert [fact.key for fact in facts] == told


@given(st.lists(st.integers(0, 300), max_size=40), st.sampled_from(FactKind))
def test_a_channel_gets_at_most_one_message_of_a_kind_an_hour(minutes: list[int], kind: FactKind) -> None:
    """Facts as they come: each joins what waits, or begins a message of its own."""
    due: list[datetime] = []
    for minute in sorted(minutes):
        now = NOW + timedelta(minutes=minute)
        if not due or due[-1] <= now:
            due.append(due_at(kind, now=now, last_due_at=due[-1] if due else None))
        assert now < due[-1] <= now + DIGEST + timedelta(minutes=10)
    assert all(later - earlier >= DIGEST for earlier, later in pairwise(due))
