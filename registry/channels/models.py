"""The tables of channels and of the projects that meet in them."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.mixins import Numbered
from registry.database.types import Instant, Line, Prose


class Channel(Numbered, Base):
    """A public channel, by the chat's own id: its name changes, and holds Chinese, emoji and anything else.

    ``seen_at`` is when the chat last told of it; ``gone_at`` since when a whole look at the chat did not find it.
    """

    __tablename__ = "chat_channels"

    chat: Mapped[str] = mapped_column(String(20))
    channel_id: Mapped[str] = mapped_column(String(120))
    name: Mapped[Line]
    topic: Mapped[Prose] = mapped_column(default="")
    member_count: Mapped[int | None]
    last_message_at: Mapped[Instant | None]
    is_archived: Mapped[bool] = mapped_column(default=False, server_default=false())
    gone_at: Mapped[Instant | None]
    seen_at: Mapped[Instant]

    __table_args__ = (
        UniqueConstraint("chat", "channel_id"), Index("ix_chat_channels_member_count_id", "member_count", "id"),
    )


class ProjectChannel(Base):
    """A project meets in a channel; it may in several, and several may in one."""

    __tablename__ = "project_channels"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    channel_id: Mapped[int] = mapped_column(
        ForeignKey("chat_channels.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    linked_at: Mapped[Instant]
