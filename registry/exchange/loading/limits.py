"""What a row must keep to before it is loaded, whatever source it comes from."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from registry.exchange.rows import AnyRow, EventRow, ProjectRow, ProposalRow, Sourced
from registry.handbook import needs

LONGEST_KEY = 200
"""Characters, the width of ``provenance.row``."""


def is_within_limits(sourced: Sourced[AnyRow]) -> bool:
    """Check a row against the limits that ``rows.py`` declares and those between its fields; refuse it otherwise."""
    field, reason = _complaint(sourced)
    if reason:
        sourced.place.refuse(field, getattr(sourced.row, field, ""), reason)
    return not reason


def _complaint(sourced: Sourced[AnyRow]) -> tuple[str, str]:
    row = sourced.row
    try:
        encoded = msgspec.json.encode(row)
        msgspec.json.decode(encoded, type=type(row))
    except msgspec.ValidationError as error:
        reason, _, field = str(error).partition(" - at ")
        return field.strip("`$."), reason
    except UnicodeEncodeError:
        return "", "not UTF-8 text"
    if b"\\u0000" in encoded:
        return "", "the text holds a NUL"
    if len(sourced.key) > LONGEST_KEY:
        return "key", f"a row's key has at most {LONGEST_KEY} characters"
    return _complaint_of_event(row) if isinstance(row, EventRow) else _complaint_of_needs(row)


def _complaint_of_needs(row: AnyRow) -> tuple[str, str]:
    keys = [need.key for need in row.needs] if isinstance(row, ProjectRow) else []
    keys += [*row.needs, *(one.key for one in row.wanted)] if isinstance(row, ProposalRow) else []
    unknown = next((key for key in keys if key not in needs()), None)
    return ("needs", f"the handbook has no need {unknown}") if unknown else ("", "")


def _complaint_of_event(row: EventRow) -> tuple[str, str]:
    if row.starts_at and row.ends_at and row.ends_at < row.starts_at:
        return "ends_at", "the end lies before the start"
    if any(moment and moment.tzinfo is None for moment in (row.starts_at, row.ends_at)):
        return "starts_at", "a moment needs its offset from UTC"
    try:
        ZoneInfo(row.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "timezone", "no such time zone"
    return "", ""
