"""How an audit row is sealed, how seals hang together, and what is wrong where they do not."""

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

VERIFY = "verify the log of changes"
"""The job that walks along the chain."""
BEGINNING = "0" * 64
"""What the first link of a chain hangs on."""


class Entry(msgspec.Struct, frozen=True):
    """An audit row as text, whatever somebody may have written into it."""

    id: int
    at: str
    actor: str
    action: str
    subject: str
    subject_id: int
    changes: str
    token: str | None


class Seal(msgspec.Struct, frozen=True, kw_only=True):
    """A seal without its link; ``registry.audit.models`` says what each part is."""

    number: int
    entry_id: int
    because_id: int | None = None
    was_altered: bool = False
    sealed_at: str
    digest: str


class Head(msgspec.Struct, frozen=True):
    """The end of the chain at some moment: whoever noted it elsewhere sees whether what came before is still there."""

    number: int = 0
    link: str = BEGINNING

    def __str__(self) -> str:
        """As it is noted and typed in."""
        return f"{self.number}:{self.link}"


class Fault(StrEnum):
    """What can be wrong with the log or its seals, in words for whoever runs the registry."""

    ALTERED = "row {entry} of the log was altered"
    MISSING = "row {entry} of the log is missing"
    INSERTED = "row {entry} of the log was put in afterwards"
    REORDERED = "row {entry} of the log was sealed out of its order"
    BROKEN = "seal {seal} (of row {entry}) was altered, or what stood before it was"
    LOST = "seals are missing before seal {seal} (of row {entry})"
    UNSEALED = "row {entry} of the log lost the salt of its seal, and no erasure did that"
    WITHOUT_ERASURE = "seal {seal} (of row {entry}) says that an erasure changed the row, and there was none"
    ALTERED_BEFORE = "row {entry} of the log had been altered before an erasure changed it"
    OTHER_CHAIN = "the chain does not hold seal {seal} as it was noted: it was begun anew, or cut"


class Flaw(msgspec.Struct, frozen=True):
    """One thing that is wrong, with its place."""

    fault: Fault
    entry: int = 0
    seal: int = 0

    def __str__(self) -> str:
        """In words."""
        return self.fault.format(entry=self.entry, seal=self.seal)


def digest_of(entry: Entry, salt: str) -> str:
    """The salted hash of an audit row: the same on every database, whatever the order in which JSON is kept there."""
    parts = {**msgspec.to_builtins(entry), "at": moment_text(entry.at), "changes": _facts(entry.changes)}
    return _hash(salt, parts)


def link_of(former: str, seal: Seal) -> str:
    """The hash of a seal and all that stand before it."""
    return _hash(former, {**msgspec.to_builtins(seal), "sealed_at": moment_text(seal.sealed_at)})


def moment_text(written: str) -> str:
    """An instant in one form; what is none stays as it is."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return written
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.isoformat(timespec="microseconds")


def head_noted(text: str) -> Head | None:
    """A head as somebody typed it in; none for what is none."""
    number, _mark, link = text.strip().partition(":")
    is_one = number.isascii() and number.isdecimal() and len(link) == len(BEGINNING)
    return Head(int(number), link.lower()) if is_one else None


def _hash(first: str, parts: dict[str, Any]) -> str:
    return hashlib.sha256(first.encode() + b"\n" + msgspec.json.encode(parts, order="sorted")).hexdigest()


def _facts(changes: str) -> Any:
    try:
        return _with_plain_numbers(msgspec.json.decode(changes))
    except msgspec.DecodeError:
        return changes


def _with_plain_numbers(value: Any) -> Any:
    """Facts in which a number reads the same from either database: PostgreSQL tells 1e23 as an integer."""
    if isinstance(value, dict):
        return {name: _with_plain_numbers(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_with_plain_numbers(part) for part in value]
    return int(Decimal(repr(value))) if isinstance(value, float) and value.is_integer() else value
