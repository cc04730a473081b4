"""Proposals and the names credited on them."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.mixins import Dated, Hideable, Numbered, Revised
from registry.database.types import Line, Localized, Prose, Slug, Words, state_column, type_json
from registry.proposals.rules import ProposalKind, ProposalState


class Proposal(Numbered, Dated, Hideable, Revised, Base):
    """One pitch of one project at one event: what was said then.

    The texts follow the handbook's pitch: ``summary`` is the one sentence, ``why`` the problem, ``who`` the users,
    ``how`` the approach; ``needs_text`` keeps what was wanted in the words it was written in. Until it is submitted
    it may lack its project, and it may do without an event; then ``pitched_on`` is its day. ``day`` is that, or its
    event's: what lists are sorted by. Triggers of the database keep it, and nothing else writes it.

    ``wanted`` are the needs said in it, in order (pairs ``[key, line]``), ``related`` other projects
    (``{relation: [slug, ...]}``), ``initiators`` names to show that belong to nobody in the record, ``texts_html`` its
    Markdown as HTML (``{field: {language: html}}``). ``is_founding``: its project began with it.
    """

    __tablename__ = "proposals"

    slug: Mapped[Slug]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
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
    initiators: Mapped[Line | None]
    wanted: Mapped[list[Any]] = mapped_column(type_json, default=list, server_default="[]")
    related: Mapped[dict[str, list[str]]] = mapped_column(type_json, default=dict, server_default="{}")
    topics: Mapped[list[str]] = mapped_column(type_json, default=list, server_default="[]")
    texts_html: Mapped[dict[str, Localized]] = mapped_column(type_json, default=dict, server_default="{}")
    pitched_on: Mapped[date | None]
    day: Mapped[date | None]
    is_founding: Mapped[bool] = mapped_column(default=False, server_default=false())

    __table_args__ = (
        CheckConstraint("project_id IS NOT NULL OR state = 'draft'", name="project_unless_draft"),
        Index("ix_proposals_event_id_position_id", "event_id", "position", "id"),
        Index("ix_proposals_created_at_id", "created_at", "id"),
        Index("ix_proposals_day_event_id", "day", "event_id"),
    )


class Credit(Numbered, Base):
    """A name on a proposal, as written in its source; ``person_id`` is whom the registry takes it for."""

    __tablename__ = "credits"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    name_as_written: Mapped[Line]
    position: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("proposal_id", "person_id"),)
