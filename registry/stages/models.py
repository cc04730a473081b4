"""The history of a project's stages and the evidence for its checkpoints."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.mixins import Numbered
from registry.database.types import Instant, Prose, type_json


class StageChange(Numbered, Base):
    """A move along the ladder; ``by_person_id`` is empty when an import set the stage from the record."""

    __tablename__ = "stage_changes"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    from_stage: Mapped[str | None] = mapped_column(String(40))
    to_stage: Mapped[str] = mapped_column(String(40))
    by_person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    reason: Mapped[Prose]
    unmet_checkpoints: Mapped[list[str]] = mapped_column(type_json, default=list)
    changed_at: Mapped[Instant]

    __table_args__ = (Index("ix_stage_changes_project_id_changed_at", "project_id", "changed_at"),)


class CheckpointEvidence(Numbered, Base):
    """What shows that a project meets a checkpoint: found in the record or said by a person."""

    __tablename__ = "checkpoint_evidence"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    checkpoint_key: Mapped[str] = mapped_column(String(60))
    source: Mapped[str] = mapped_column(String(40))
    url: Mapped[Prose | None]
    note: Mapped[Prose | None]
    said_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    noted_at: Mapped[Instant]

    __table_args__ = (Index("ix_checkpoint_evidence_project_id_checkpoint_key", "project_id", "checkpoint_key"),)
