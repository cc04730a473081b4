"""Audit rows, provenance, old slugs, likely duplicates and the outbox."""

from datetime import date
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.activity.rules import CandidateState, Subject
from registry.database.base import Base
from registry.database.mixins import Numbered
from registry.database.types import Instant, Line, Prose, state_column, type_json

_WAITING = "delivered_at IS NULL AND given_up_at IS NULL"
_GIVEN_UP = "given_up_at IS NOT NULL"


class AuditEntry(Numbered, Base):
    """One change: who, when, what. ``actor`` names a person (`person:slug`) or a part of the system (`import:aray`).

    ``token`` is the beginning of the access token by which it came; where the actor is not named, only that it was one.
    """

    __tablename__ = "audit"

    at: Mapped[Instant]
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[Subject] = mapped_column(state_column(Subject))
    subject_id: Mapped[int]
    changes: Mapped[dict[str, Any]] = mapped_column(type_json, default=dict)
    token: Mapped[str | None] = mapped_column(String(20))

    __table_args__ = (
        Index("ix_audit_subject_subject_id_at", "subject", "subject_id", "at"),
        # One for each filter of the page that lists them, in its order.
        Index("ix_audit_at_id", "at", "id"),
        Index("ix_audit_actor_at_id", "actor", "at", "id"),
        Index("ix_audit_action_at_id", "action", "at", "id"),
        Index("ix_audit_subject_at_id", "subject", "at", "id"),
    )


class Provenance(Numbered, Base):
    """Where a record's facts came from: one row of one source.

    ``digest`` is what the row said when it was last read: the same row is left alone the next time, so that nothing
    a person has removed since comes back.
    """

    __tablename__ = "provenance"

    subject: Mapped[Subject] = mapped_column(state_column(Subject))
    subject_id: Mapped[int]
    source: Mapped[str] = mapped_column(String(40))
    file: Mapped[Line]
    row: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(32))
    imported_on: Mapped[date]

    __table_args__ = (
        UniqueConstraint("source", "row", "subject", "subject_id"),
        Index("ix_provenance_subject_subject_id", "subject", "subject_id"),
    )


class SlugRedirect(Numbered, Base):
    """An address a record once had; it leads to the record for ever."""

    __tablename__ = "slug_redirects"

    subject: Mapped[Subject] = mapped_column(state_column(Subject))
    old_slug: Mapped[str] = mapped_column(String(120))
    subject_id: Mapped[int]

    __table_args__ = (UniqueConstraint("subject", "old_slug"),)


class DuplicateCandidate(Numbered, Base):
    """Two records that may be one, with the signs; an organiser decides. ``left_id`` is the smaller row number."""

    __tablename__ = "duplicate_candidates"

    subject: Mapped[Subject] = mapped_column(state_column(Subject))
    left_id: Mapped[int]
    right_id: Mapped[int]
    signs: Mapped[list[str]] = mapped_column(type_json, default=list)
    likeness: Mapped[float]
    state: Mapped[CandidateState] = mapped_column(state_column(CandidateState), default=CandidateState.OPEN)
    found_at: Mapped[Instant]
    decided_at: Mapped[Instant | None]
    decided_by: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (
        UniqueConstraint("subject", "left_id", "right_id"),
        Index("ix_duplicate_candidates_state_likeness", "state", "likeness"),
    )


class OutboxMessage(Numbered, Base):
    """Something that must leave the system, written with the change that causes it. ``key`` makes it go out once.

    ``claimed_until`` is set while a worker delivers it. ``may_be_out`` says that an attempt ended without an answer.
    Messages of one ``lane`` leave in the order in which they were written, each after the one before has left or was
    given up.
    """

    __tablename__ = "outbox"

    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    lane: Mapped[str | None] = mapped_column(String(160))
    payload: Mapped[dict[str, Any]] = mapped_column(type_json)
    created_at: Mapped[Instant]
    due_at: Mapped[Instant]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[Prose | None]
    claimed_until: Mapped[Instant | None]
    may_be_out: Mapped[bool] = mapped_column(default=False, server_default=false())
    delivered_at: Mapped[Instant | None] = mapped_column(index=True)
    given_up_at: Mapped[Instant | None]

    __table_args__ = (
        Index(
            "ix_outbox_waiting", "kind", "due_at", "id",
            sqlite_where=text(_WAITING), postgresql_where=text(_WAITING),
        ),
        Index("ix_outbox_lane", "lane", "id", sqlite_where=text(_WAITING), postgresql_where=text(_WAITING)),
        Index(
            "ix_outbox_given_up", "given_up_at", "id",
            sqlite_where=text(_GIVEN_UP), postgresql_where=text(_GIVEN_UP),
        ),
    )


class FormAnswer(Base):
    """A form that was sent and what it was answered with, so that sending it again does nothing twice."""

    __tablename__ = "form_answers"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    path: Mapped[Prose]
    sent_at: Mapped[Instant] = mapped_column(index=True)
