"""What other systems told us, until it is worked on and for some days after."""

from typing import Any

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.mixins import Numbered
from registry.database.types import Instant, type_json

_WAITING = "worked_at IS NULL"


class HookDelivery(Numbered, Base):
    """Something that ``source`` told us under ``delivery_id``, its own name for this telling.

    ``payload`` is what of the body is needed, and nothing else of it. ``failures`` counts how often work on it failed.
    """

    __tablename__ = "hook_deliveries"

    source: Mapped[str] = mapped_column(String(20))
    delivery_id: Mapped[str] = mapped_column(String(200))
    event: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(type_json, default=dict)
    received_at: Mapped[Instant] = mapped_column(index=True)
    worked_at: Mapped[Instant | None]
    failures: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (
        UniqueConstraint("source", "delivery_id"),
        Index(
            "ix_hook_deliveries_waiting", "source", "id",
            sqlite_where=text(_WAITING), postgresql_where=text(_WAITING),
        ),
    )
