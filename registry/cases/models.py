"""Case studies, their versions, who writes them and what reviewers say; the answers of projects on the axes."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.cases.rules import Axis, CaseState
from registry.database.base import Base
from registry.database.mixins import Dated, Hideable, Numbered, Revised
from registry.database.types import Instant, Prose, Slug, Words, state_column, type_json


class CaseStudy(Numbered, Dated, Revised, Hideable, Base):
    """What a project set out to do and what became of it.

    ``draft`` is what is being worked on, whose place ``state`` tells. ``version`` is the number of the newest
    published version, and ``title`` and ``summary`` are its own; as long as there is none they are the draft's.
    ``published_at`` is when the first was published.
    """

    __tablename__ = "case_studies"

    slug: Mapped[Slug]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    title: Mapped[Words]
    summary: Mapped[Words]
    draft: Mapped[dict[str, Any]] = mapped_column(type_json, default=dict)
    state: Mapped[CaseState] = mapped_column(state_column(CaseState), default=CaseState.DRAFT, index=True)
    version: Mapped[int | None]
    published_at: Mapped[Instant | None] = mapped_column(index=True)


class CaseVersion(Numbered, Base):
    """A case study as it was published, with its Markdown rendered. ``note`` tells what was corrected in it."""

    __tablename__ = "case_versions"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_studies.id", ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(type_json, default=dict)
    html: Mapped[dict[str, dict[str, str]]] = mapped_column(type_json, default=dict)
    note: Mapped[Words]
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    written_at: Mapped[Instant]

    __table_args__ = (UniqueConstraint("case_id", "number"),)


class CaseWriter(Base):
    """A person who writes a case study, and is named for it as far as they show themselves."""

    __tablename__ = "case_writers"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_studies.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    since: Mapped[Instant]


class CaseComment(Numbered, Base):
    """What somebody says about a part of a draft, for its writers and reviewers, until it is settled."""

    __tablename__ = "case_comments"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_studies.id", ondelete="CASCADE"), index=True)
    part: Mapped[str] = mapped_column(String(20))
    text: Mapped[Prose]
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    written_at: Mapped[Instant]
    settled_at: Mapped[Instant | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))


class CaseChoice(Base):
    """Where the newest published version of a case stands on an axis, for finding it by that."""

    __tablename__ = "case_choices"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_studies.id", ondelete="CASCADE"), primary_key=True)
    axis: Mapped[Axis] = mapped_column(state_column(Axis), primary_key=True)
    choice: Mapped[str] = mapped_column(String(40), primary_key=True)

    __table_args__ = (Index("ix_case_choices_axis_choice", "axis", "choice"),)


class AxisAnswer(Numbered, Base):
    """What a project's people answered on one axis: the choices, and the text as they wrote it."""

    __tablename__ = "axis_answers"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    axis: Mapped[Axis] = mapped_column(state_column(Axis))
    choices: Mapped[list[str]] = mapped_column(type_json, default=list)
    text: Mapped[Prose | None]
    answered_on: Mapped[date | None]

    __table_args__ = (UniqueConstraint("project_id", "axis", "answered_on"),)
