"""What Alembic runs: it is handed an open connection by ``registry.database.migrate``."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON, Enum

from registry.database.tables import Base
from registry.database.types import UTCDateTime


def _ours(name: str | None, kind: str, _parent: Any) -> bool:
    # The full-text tables of SQLite bring shadow tables along that are not in the metadata, and some indexes are
    # PostgreSQL's alone.
    return not (kind in {"table", "index"} and name is not None and name.startswith(("fts_", "pg_")))


def _plain_type(kind: str, column_type: Any, _context: Any) -> str | Literal[False]:
    # A migration says what the database stores, not how today's code reads it.
    if kind != "type":
        return False
    if isinstance(column_type, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(column_type, JSON):
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    if isinstance(column_type, Enum):
        return f"sa.String(length={column_type.length})"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    include_name=_ours,
    render_item=_plain_type,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
