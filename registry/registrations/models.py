"""The table of registrations."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.mixins import Dated, Numbered, Revised
from registry.database.types import Instant, Line, state_column, type_json
from registry.registrations.rules import RegistrationState


class Registration(Numbered, Dated, Revised, Base):
    """A place at an event. ``person_id`` is empty for who registered without an account.

    ``code`` is the secret in the QR code and in the link with which the registration is changed or cancelled.
    ``accepted_rules`` are the keys of the Code of Conduct's items, each accepted by itself. ``check_in_key`` names the
    scan that checked the person in, so that a device which sends it again counts nothing twice.
    """

    __tablename__ = "registrations"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    state: Mapped[RegistrationState] = mapped_column(
        state_column(RegistrationState), default=RegistrationState.CONFIRMED, server_default="confirmed"
    )
    code: Mapped[str | None] = mapped_column(String(32), unique=True)
    badge_name: Mapped[Line]
    keywords: Mapped[list[str]] = mapped_column(type_json, default=list)
    is_newcomer: Mapped[bool | None]
    photo_consent: Mapped[bool | None]
    meal: Mapped[str | None] = mapped_column(String(60))
    accepted_rules: Mapped[list[str]] = mapped_column(type_json, default=list, server_default="[]")
    language: Mapped[str | None] = mapped_column(String(35))
    mail_address: Mapped[str | None] = mapped_column(String(254))
    waiting_since: Mapped[Instant | None]
    cancelled_at: Mapped[Instant | None]
    checked_in_at: Mapped[Instant | None]
    checked_in_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    check_in_key: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        UniqueConstraint("event_id", "person_id"),
        Index("ix_registrations_event_id_state_waiting_since", "event_id", "state", "waiting_since"),
    )
