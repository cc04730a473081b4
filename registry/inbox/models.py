"""The tables of what people follow, what they were told, and how they want to be told."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from registry.activity.rules import Subject
from registry.database.base import Base
from registry.database.mixins import Numbered
from registry.database.types import Instant, Prose, state_column, type_json
from registry.inbox.rules import MailPace, NoticeKind


class Notice(Numbered, Base):
    """One thing that one person is told. ``facts`` fills the sentence of its kind; ``path`` is where it leads.

    Texts among the facts are kept by language, so that the sentence is the reader's whenever they read it.
    """

    __tablename__ = "notices"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    kind: Mapped[NoticeKind] = mapped_column(state_column(NoticeKind, length=40))
    facts: Mapped[dict[str, Any]] = mapped_column(type_json, default=dict)
    path: Mapped[Prose]
    told_at: Mapped[Instant]
    read_at: Mapped[Instant | None]

    __table_args__ = (Index("ix_notices_person_id_read_at_id", "person_id", "read_at", "id"),)


class Follow(Numbered, Base):
    """Somebody wants to be told what happens to a record. ``target`` is its row number, or the key of a need."""

    __tablename__ = "follows"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    subject: Mapped[Subject] = mapped_column(state_column(Subject))
    target: Mapped[str] = mapped_column(String(120))
    since: Mapped[Instant]

    __table_args__ = (
        UniqueConstraint("person_id", "subject", "target"),
        Index("ix_follows_subject_target", "subject", "target"),
    )


class Delivery(Base):
    """How one person wants to be told: their language, by e-mail or not, and by a feed of their own.

    The e-mail address is here alone. It is never shown to others, never written to the audit log and never used to
    find out who somebody is. ``feed_key`` and ``mail_key`` are halves of addresses whose other half is made with the
    installation's secret, so that a copy of the database opens neither.
    """

    __tablename__ = "notice_deliveries"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str | None] = mapped_column(String(35))
    email: Mapped[str | None] = mapped_column(String(254))
    unconfirmed_email: Mapped[str | None] = mapped_column(String(254))
    confirmation_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    confirmation_sent_at: Mapped[Instant | None]
    pace: Mapped[MailPace] = mapped_column(state_column(MailPace), default=MailPace.NEVER, index=True)
    mailed_notice_id: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    mailed_at: Mapped[Instant | None]
    mail_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    takes_direct: Mapped[bool] = mapped_column(default=True, server_default=true())
    feed_key: Mapped[str | None] = mapped_column(String(64), unique=True)
