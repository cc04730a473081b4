"""Offers of help."""

from sqlalchemy import ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.mixins import Dated, Numbered
from registry.database.types import Instant, Prose, state_column
from registry.joining.rules import DeclineReason, OfferState


class Offer(Numbered, Dated, Base):
    """Somebody's offer to help a project. The note and the answer are between the two; neither is public.

    ``need_key`` is the need it is for, empty when it is for the project as a whole. ``identity_id`` is the account
    elsewhere at which the project's people may reach them, where they chose one.
    """

    __tablename__ = "offers"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    need_key: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[Prose]
    hours: Mapped[int | None] = mapped_column(SmallInteger)
    identity_id: Mapped[int | None] = mapped_column(ForeignKey("identities.id", ondelete="SET NULL"), index=True)
    state: Mapped[OfferState] = mapped_column(state_column(OfferState), default=OfferState.OPEN)
    decline_reason: Mapped[DeclineReason | None] = mapped_column(state_column(DeclineReason))
    answer: Mapped[Prose | None]
    answered_at: Mapped[Instant | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)

    __table_args__ = (
        # One open offer for each person and need, whatever two requests at once say.
        Index(
            "uq_offers_open", "person_id", "project_id", "need_key", unique=True,
            sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'"),
        ),
        Index("ix_offers_project_id_state_id", "project_id", "state", "id"),
        Index("ix_offers_person_id_id", "person_id", "id"),
        Index("ix_offers_state_id", "state", "id"),
    )
