"""The tables of announcements: where each kind goes, the messages, and the facts that each tells."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from registry.activity.rules import Subject
from registry.announcements.rules import AnnouncementState, FactKind
from registry.database.base import Base
from registry.database.mixins import Numbered, Revised
from registry.database.types import Instant, Words, state_column


class AnnouncementRoute(Numbered, Base):
    """News of a kind goes to a channel: of one event, or of all (``event_id`` is empty).

    ``is_looked_at``: it is held until an organiser has seen it.
    """

    __tablename__ = "announcement_routes"

    fact: Mapped[FactKind] = mapped_column(state_column(FactKind))
    channel_id: Mapped[int] = mapped_column(ForeignKey("chat_channels.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    is_looked_at: Mapped[bool] = mapped_column(default=False, server_default=false())

    __table_args__ = (UniqueConstraint("fact", "channel_id", "event_id"),)


class Announcement(Numbered, Revised, Base):
    """One message in one channel, which tells one or several facts of a kind.

    ``words`` are an organiser's own, where they wrote some. ``message_id`` is what the chat calls the message once it
    is there, ``told`` a digest of what it says. ``revision`` counts what was to be said anew.
    """

    __tablename__ = "announcements"

    channel_id: Mapped[int] = mapped_column(ForeignKey("chat_channels.id", ondelete="CASCADE"))
    fact: Mapped[FactKind] = mapped_column(state_column(FactKind))
    state: Mapped[AnnouncementState] = mapped_column(state_column(AnnouncementState))
    noted_at: Mapped[Instant]
    due_at: Mapped[Instant]
    words: Mapped[Words]
    message_id: Mapped[str | None] = mapped_column(String(120))
    told: Mapped[str | None] = mapped_column(String(64))
    out_at: Mapped[Instant | None]

    __table_args__ = (
        Index("ix_announcements_channel_id_fact_due_at", "channel_id", "fact", "due_at"),
        Index("ix_announcements_state_due_at", "state", "due_at"),
    )


class AnnouncedFact(Numbered, Base):
    """One fact that a message tells. A channel is told of each once."""

    __tablename__ = "announced_facts"

    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcements.id", ondelete="CASCADE"), index=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("chat_channels.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(200))
    subject: Mapped[Subject] = mapped_column(state_column(Subject))
    subject_id: Mapped[int]
    detail: Mapped[str] = mapped_column(String(200), default="")

    __table_args__ = (
        UniqueConstraint("channel_id", "key"), Index("ix_announced_facts_subject_subject_id", "subject", "subject_id"),
    )
