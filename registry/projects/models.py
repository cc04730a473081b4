"""Projects and what hangs on them: aliases, links, needs, tags, relations."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.mixins import Dated, Hideable, Numbered, Revised
from registry.database.types import Instant, Line, Prose, Slug, Words, state_column
from registry.projects.rules import LinkHealth, LinkKind, NeedState, RelationKind, Standing


class Project(Numbered, Dated, Hideable, Revised, Base):
    """Something people build over years. ``stage_key`` is a key of ``handbook/stages.toml``.

    ``last_active_on`` is the latest day anything is known to have happened (a pitch, later a commit).
    ``pitch_count`` and ``first_pitched_on`` repeat what the proposals say, so that lists need no grouping.
    """

    __tablename__ = "projects"

    slug: Mapped[Slug]
    name: Mapped[Words]
    sort_name: Mapped[Line]
    summary: Mapped[Words]
    description: Mapped[Words]
    description_html: Mapped[Words]
    stage_key: Mapped[str] = mapped_column(String(40))
    standing: Mapped[Standing] = mapped_column(state_column(Standing), default=Standing.ACTIVE)
    code_licence: Mapped[str | None] = mapped_column(String(200))
    content_licence: Mapped[str | None] = mapped_column(String(200))
    has_repository: Mapped[bool] = mapped_column(default=False)
    is_example: Mapped[bool] = mapped_column(default=False)
    pitch_count: Mapped[int] = mapped_column(default=0)
    first_pitched_on: Mapped[date | None]
    last_active_on: Mapped[date | None]

    __table_args__ = (
        # Lists walk along these, and see in them whom to pass over.
        Index("ix_projects_by_activity", "last_active_on", "id", "hidden_at", "stage_key"),
        Index("ix_projects_created_at_id", "created_at", "id"),
        Index("ix_projects_by_first_pitch", "first_pitched_on", "id", "hidden_at", "stage_key"),
        Index("ix_projects_by_pitches", "pitch_count", "id", "hidden_at", "stage_key"),
        Index("ix_projects_by_name", "sort_name", "id", "hidden_at", "stage_key"),
        Index("ix_projects_stage_key_last_active_on_id", "stage_key", "last_active_on", "id"),
        Index("ix_projects_standing_last_active_on_id", "standing", "last_active_on", "id"),
        Index("ix_projects_code_licence", "code_licence"),
    )


class ProjectAlias(Numbered, Base):
    """Another name under which a project was pitched; ``normalised`` is what matching compares."""

    __tablename__ = "project_aliases"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    name: Mapped[Line]
    normalised: Mapped[Line] = mapped_column(index=True)

    __table_args__ = (UniqueConstraint("project_id", "normalised"),)


class ProjectRelation(Numbered, Base):
    """One project's relation to another, said once from the side of ``project_id``."""

    __tablename__ = "project_relations"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    kind: Mapped[RelationKind] = mapped_column(state_column(RelationKind))

    __table_args__ = (UniqueConstraint("project_id", "other_id", "kind"),)


_DEAD = "health = 'dead'"


class Link(Numbered, Dated, Base):
    """An address that belongs to a project or to one of its proposals, and what checking it found."""

    __tablename__ = "links"

    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposals.id", ondelete="CASCADE"), index=True)
    kind: Mapped[LinkKind] = mapped_column(state_column(LinkKind), default=LinkKind.OTHER)
    url: Mapped[Prose]
    label: Mapped[Line | None]
    health: Mapped[LinkHealth] = mapped_column(state_column(LinkHealth), default=LinkHealth.UNKNOWN)
    checked_at: Mapped[Instant | None] = mapped_column(index=True)
    failed_checks: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (
        CheckConstraint("(project_id IS NULL) <> (proposal_id IS NULL)", name="one_owner"),
        UniqueConstraint("project_id", "url"),
        UniqueConstraint("proposal_id", "url"),
        Index("ix_links_dead", "checked_at", "id", sqlite_where=text(_DEAD), postgresql_where=text(_DEAD)),
    )


class Need(Numbered, Dated, Base):
    """A role that a project wants. ``key`` is one of ``handbook/needs.toml``; ``line`` says it in the owner's words."""

    __tablename__ = "needs"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposals.id", ondelete="SET NULL"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    line: Mapped[Words]
    state: Mapped[NeedState] = mapped_column(state_column(NeedState), default=NeedState.OPEN)
    opened_on: Mapped[date | None]
    filled_on: Mapped[date | None]
    closed_on: Mapped[date | None]

    __table_args__ = (
        UniqueConstraint("project_id", "key"),
        Index("ix_needs_key_state_project_id", "key", "state", "project_id"),
    )


class Update(Numbered, Hideable, Base):
    """A short post about what is going on. A picture stays where it is: its address, and words for what it shows."""

    __tablename__ = "updates"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    text: Mapped[Words]
    text_html: Mapped[Words]
    picture_url: Mapped[Prose | None]
    picture_text: Mapped[Line | None]
    posted_at: Mapped[Instant]

    __table_args__ = (Index("ix_updates_project_id_posted_at_id", "project_id", "posted_at", "id"),)


class Tag(Numbered, Hideable, Base):
    """A topic."""

    __tablename__ = "tags"

    slug: Mapped[Slug]
    name: Mapped[Words]


class ProjectTag(Base):
    """Which projects have which topics."""

    __tablename__ = "project_tags"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True)

    __table_args__ = (Index("ix_project_tags_tag_id_project_id", "tag_id", "project_id"),)
