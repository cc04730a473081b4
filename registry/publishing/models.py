"""What was offered to a repository."""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.activity.rules import Subject
from registry.database.base import Base
from registry.database.mixins import Numbered
from registry.database.types import Instant, Prose, state_column, type_json


class Publication(Numbered, Base):
    """A record whose files are offered to a repository as a pull request, again whenever they change.

    ``digest`` tells what was last offered, ``asked`` how often anything was; ``message_key`` is that of its message
    in the outbox. ``files`` are the paths that hold it on the branch, with what git calls their contents; ``url`` is
    the pull request, if there is one.
    """

    __tablename__ = "publications"

    subject: Mapped[Subject] = mapped_column(state_column(Subject))
    subject_id: Mapped[int]
    digest: Mapped[str] = mapped_column(String(32))
    asked: Mapped[int] = mapped_column(default=0)
    message_key: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[Instant] = mapped_column(index=True)
    files: Mapped[dict[str, str]] = mapped_column(type_json, default=dict)
    url: Mapped[Prose | None]

    __table_args__ = (UniqueConstraint("subject", "subject_id"),)
