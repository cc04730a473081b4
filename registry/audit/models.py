"""The seals of the audit log."""

from sqlalchemy import BigInteger, Integer, String, false
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.types import Instant

_number = BigInteger().with_variant(Integer, "sqlite")


class AuditSeal(Base):
    """One link of the chain: what an audit row said when it was sealed. Nothing of it is ever changed but its salt.

    ``number`` counts without a gap. ``digest`` is of the row behind ``salt``, which an erasure takes away, so that
    nobody can try out what the row said; the next seal of the row then names the erasure's own audit row in
    ``because_id``. ``was_altered`` says that the row was not as it had been sealed when the erasure came. ``link`` is
    the hash of this row and the ``link`` before it.
    """

    __tablename__ = "audit_seals"

    number: Mapped[int] = mapped_column(_number, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(_number, index=True)
    because_id: Mapped[int | None] = mapped_column(_number)
    was_altered: Mapped[bool] = mapped_column(default=False, server_default=false())
    sealed_at: Mapped[Instant]
    salt: Mapped[str | None] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64))
    link: Mapped[str] = mapped_column(String(64))
