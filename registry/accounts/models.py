"""Sessions, sign-ins under way, and granted roles."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.accounts.rules import Role
from registry.database.base import Base
from registry.database.mixins import Numbered
from registry.database.types import Instant, Prose, state_column
from registry.people.rules import IdentityProvider


class SignInSession(Numbered, Base):
    """A signed-in browser. Only a hash of its cookie is kept, so that a copy of the database signs nobody in."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    browser: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[Instant]
    last_seen_at: Mapped[Instant]


class SignInAttempt(Numbered, Base):
    """A sign-in that has left for its provider and has not come back. It can come back once."""

    __tablename__ = "sign_in_attempts"

    state_hash: Mapped[str] = mapped_column(String(64), unique=True)
    provider: Mapped[IdentityProvider] = mapped_column(state_column(IdentityProvider))
    nonce: Mapped[str] = mapped_column(String(100))
    code_verifier: Mapped[str] = mapped_column(String(128))
    return_path: Mapped[Prose]
    linking_person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    started_at: Mapped[Instant] = mapped_column(index=True)


class RoleGrant(Numbered, Base):
    """Organiser (of one event, or of all where ``event_id`` is empty) or administrator, with who gave it."""

    __tablename__ = "role_grants"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(state_column(Role))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    granted_by: Mapped[str] = mapped_column(String(200))
    granted_at: Mapped[Instant]

    __table_args__ = (UniqueConstraint("person_id", "role", "event_id"),)
