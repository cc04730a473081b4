"""The history of a project's stages and standings, the evidence for its checkpoints, and whether it is still alive."""

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.mixins import Numbered
from registry.database.types import Instant, Prose, state_column, type_json
from registry.projects.rules import Standing
from registry.stages.rules import AliveAnswer


class StageChange(Numbered, Base):
    """A move along the ladder. ``is_imported`` says that an import set the stage: nobody knows when it was reached."""

    __tablename__ = "stage_changes"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    from_stage: Mapped[str | None] = mapped_column(String(40))
    to_stage: Mapped[str] = mapped_column(String(40))
    by_person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    reason: Mapped[Prose]
    unmet_checkpoints: Mapped[list[str]] = mapped_column(type_json, default=list)
    is_imported: Mapped[bool] = mapped_column(default=False, server_default=false())
    changed_at: Mapped[Instant]

    __table_args__ = (
        Index("ix_stage_changes_project_id_changed_at", "project_id", "changed_at"),
        Index("ix_stage_changes_changed_at_id", "changed_at", "id"),
    )


class StandingChange(Numbered, Base):
    """A change of a project's standing. ``reason`` is empty when it answers a ``DormancyQuestion``."""

    __tablename__ = "standing_changes"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    from_standing: Mapped[Standing] = mapped_column(state_column(Standing))
    to_standing: Mapped[Standing] = mapped_column(state_column(Standing))
    other_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id", ondelete="SET NULL"))
    by_person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    reason: Mapped[Prose]
    changed_at: Mapped[Instant]

    __table_args__ = (Index("ix_standing_changes_project_id_changed_at", "project_id", "changed_at"),)


class CheckpointEvidence(Numbered, Base):
    """What shows that a project meets a checkpoint. ``source`` is "person" when a person said so (``said_by_id``)."""

    __tablename__ = "checkpoint_evidence"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    checkpoint_key: Mapped[str] = mapped_column(String(60))
    source: Mapped[str] = mapped_column(String(40))
    url: Mapped[Prose | None]
    note: Mapped[Prose | None]
    said_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    noted_at: Mapped[Instant]

    __table_args__ = (Index("ix_checkpoint_evidence_project_id_checkpoint_key", "project_id", "checkpoint_key"),)


class DormancyQuestion(Numbered, Base):
    """A quiet project's owners were asked whether it is still alive; ``answer`` is empty until somebody says."""

    __tablename__ = "dormancy_questions"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    asked_at: Mapped[Instant]
    answered_at: Mapped[Instant | None]
    answer: Mapped[AliveAnswer | None] = mapped_column(state_column(AliveAnswer))
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))

    __table_args__ = (
        Index("ix_dormancy_questions_project_id_asked_at", "project_id", "asked_at"),
        Index("ix_dormancy_questions_answered_at_asked_at", "answered_at", "asked_at"),
    )
