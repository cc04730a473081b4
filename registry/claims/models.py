"""The table of claims."""

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.activity.rules import Subject
from registry.claims.rules import ClaimState
from registry.database.base import Base
from registry.database.mixins import Numbered
from registry.database.types import Instant, Prose, state_column


class Claim(Numbered, Base):
    """Somebody says that an imported person is them, or that a project is theirs, and why one may believe it.

    ``merge_id`` is the merge that an approved claim on a person led to.
    """

    __tablename__ = "claims"

    subject: Mapped[Subject] = mapped_column(state_column(Subject))
    subject_id: Mapped[int]
    claimer_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    state: Mapped[ClaimState] = mapped_column(state_column(ClaimState), default=ClaimState.OPEN)
    evidence: Mapped[Prose]
    evidence_url: Mapped[Prose | None]
    made_at: Mapped[Instant]
    decided_at: Mapped[Instant | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    reason: Mapped[Prose | None]
    merge_id: Mapped[int | None] = mapped_column(ForeignKey("merges.id", ondelete="SET NULL"))

    __table_args__ = (
        Index(
            "ux_claims_claimer_id_subject_subject_id", "claimer_id", "subject", "subject_id", unique=True,
            sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'"),
        ),
        Index("ix_claims_state_id", "state", "id"),
        Index("ix_claims_subject_subject_id", "subject", "subject_id"),
    )
