"""Proposals and the names credited on them."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.mixins import Dated, Hideable, Numbered, Revised
from registry.database.types import Line, Prose, Slug, Words, state_column
from registry.proposals.rules import ProposalKind, ProposalState


class Proposal(Numbered, Dated, Hideable, Revised, Base):
    """One pitch of one project at one event: what was said then.

    The texts follow the handbook's pitch: ``summary`` is the one sentence, ``why`` the problem, ``who`` the users,
    ``how`` the approach; ``needs_text`` keeps what was wanted in the words it was written in.
    """

    __tablename__ = "proposals"

    slug: Mapped[Slug]
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    kind: Mapped[ProposalKind] = mapped_column(state_column(ProposalKind), default=ProposalKind.PITCH)
    state: Mapped[ProposalState] = mapped_column(state_column(ProposalState), default=ProposalState.SUBMITTED)
    position: Mapped[int | None]
    title: Mapped[Words]
    summary: Mapped[Words]
    why: Mapped[Words]
    who: Mapped[Words]
    how: Mapped[Words]
    difficulties: Mapped[Words]
    needs_text: Mapped[Prose | None]
    similar_projects: Mapped[Prose | None]
    data_sources: Mapped[Prose | None]
    notes: Mapped[Prose | None]
    code_licence: Mapped[str | None] = mapped_column(String(200))
    content_licence: Mapped[str | None] = mapped_column(String(200))
    is_open_source: Mapped[bool | None]
    interests: Mapped[Prose | None]
    is_anonymous: Mapped[bool] = mapped_column(default=False)
    is_for_education: Mapped[bool] = mapped_column(default=False)
    result: Mapped[Words]
    continued: Mapped[bool | None]

    __table_args__ = (
        Index("ix_proposals_event_id_position_id", "event_id", "position", "id"),
        Index("ix_proposals_created_at_id", "created_at", "id"),
    )


class Credit(Numbered, Base):
    """A name on a proposal, as written in its source; ``person_id`` is whom the registry takes it for."""

    __tablename__ = "credits"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    name_as_written: Mapped[Line]
    position: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("proposal_id", "person_id"),)
