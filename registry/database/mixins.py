"""Columns that several tables share."""

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.types import Id, Instant, UTCDateTime


class Numbered:
    """A row number of its own. It never leaves the system: addresses use slugs."""

    id: Mapped[Id]


class Dated:
    """When the row was made and last changed (UTC)."""

    created_at: Mapped[Instant] = mapped_column(UTCDateTime, server_default=func.now())
    updated_at: Mapped[Instant] = mapped_column(UTCDateTime, server_default=func.now())


class Hideable:
    """A moderator can hide the row from the public, with a reason, and show it again."""

    hidden_at: Mapped[Instant | None]
    hidden_reason: Mapped[str | None]


class Revised:
    """Counts its revisions, so that a form filled from an older one is noticed."""

    revision: Mapped[int] = mapped_column(default=1, server_default="1")
