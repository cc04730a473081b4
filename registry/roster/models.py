"""The tables of the chat's members and of how far a look at all of them has come."""

from sqlalchemy import Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.types import Instant, Line, Prose


class RosterMember(Base):
    """A member of a chat: what everyone there sees, and no e-mail address.

    ``subject`` is what an identity of the registry holds, so that a member is a person of the record exactly when that
    person has signed in with it. ``changed_at`` is the chat's own time of the last change: an older word that comes
    later changes nothing. Of someone who was erased from the record nothing is kept but that (``is_forgotten``).
    """

    __tablename__ = "chat_members"

    chat: Mapped[str] = mapped_column(String(20), primary_key=True)
    subject: Mapped[str] = mapped_column(String(200), primary_key=True)
    display_name: Mapped[Line]
    timezone: Mapped[str | None] = mapped_column(String(64))
    is_bot: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_gone: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_forgotten: Mapped[bool] = mapped_column(default=False, server_default=false())
    changed_at: Mapped[Instant]
    seen_at: Mapped[Instant]

    __table_args__ = (Index("ix_chat_members_chat_seen_at", "chat", "seen_at"),)


class RosterSweep(Base):
    """How far the look at all members of a chat has come; ``cursor`` is empty when it is over or has not begun."""

    __tablename__ = "roster_sweeps"

    chat: Mapped[str] = mapped_column(String(20), primary_key=True)
    cursor: Mapped[Prose | None]
    started_at: Mapped[Instant]
    seen_count: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[Instant | None]
