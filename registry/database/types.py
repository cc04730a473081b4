"""Column types that behave the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, Integer, String, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import mapped_column

type_json = JSON().with_variant(JSONB(), "postgresql")

Localized = dict[str, str]
"""A text in one or more languages, keyed by language tag: ``{"zh-Hant": "坑", "en": "pit"}``."""


class UTCDateTime(TypeDecorator[datetime]):
    """An instant. Takes aware datetimes only, stores UTC, gives back aware UTC (SQLite drops the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Convert to UTC.

        Raises:
            ValueError: the datetime has no time zone.

        """
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a stored time needs its time zone"
            raise ValueError(message)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the instant back as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def state_column(states: type[StrEnum], *, length: int = 20) -> Enum:
    """A column type for a state: its value as text, checked by Python and readable in the database."""
    return Enum(
        states, native_enum=False, create_constraint=False, length=length,
        values_callable=lambda members: [member.value for member in members],
    )


def to_json(value: Any) -> str:
    """JSON text with every character as itself, so that the database stays readable."""
    return msgspec.json.encode(value).decode()


Id = Annotated[int, mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)]
Slug = Annotated[str, mapped_column(String(120), unique=True)]
Words = Annotated[Localized, mapped_column(type_json, default=dict)]
Line = Annotated[str, mapped_column(String(500))]
Prose = Annotated[str, mapped_column(Text)]
Instant = Annotated[datetime, mapped_column(UTCDateTime)]
