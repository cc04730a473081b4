"""Case studies, their versions, and the answers on the axes."""

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.cases.rules import Axis, CaseState
from registry.database.base import Base
from registry.database.mixins import Dated, Hideable, Numbered
from registry.database.types import Instant, Prose, Slug, Words, state_column, type_json


class CaseStudy(Numbered, Dated, Hideable, Base):
    """What a project set out to do and what became of it."""

    __tablename__ = "case_studies"

    slug: Mapped[Slug]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    title: Mapped[Words]
    state: Mapped[CaseState] = mapped_column(state_column(CaseState), default=CaseState.DRAFT)
    published_at: Mapped[Instant | None]


class CaseVersion(Numbered, Base):
    """One saved state of a case study's text."""

    __tablename__ = "case_versions"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_studies.id", ondelete="CASCADE"))
    number: Mapped[int]
    sections: Mapped[dict[str, dict[str, str]]] = mapped_column(type_json)
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    written_at: Mapped[Instant]

    __table_args__ = (UniqueConstraint("case_id", "number"),)


class AxisAnswer(Numbered, Base):
    """What a project's people answered on one axis: the choices, and the text as they wrote it."""

    __tablename__ = "axis_answers"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    axis: Mapped[Axis] = mapped_column(state_column(Axis))
    choices: Mapped[list[str]] = mapped_column(type_json, default=list)
    text: Mapped[Prose | None]
    answered_on: Mapped[date | None]

    __table_args__ = (UniqueConstraint("project_id", "axis", "answered_on"),)
